//! Keys at rest: made, read, their permissions checked.
//!
//! Knows files, two kinds of key and where chance comes from. It knows no protocol and no wire message: what a
//! key signs or agrees on is its users' business. A secret is on disk for its owner's eyes only, in memory until
//! it is dropped and then overwritten, and in no text that is printed.

mod error;
mod file;
mod identity;
mod text;

pub use error::Error;
pub use identity::{ExchangeIdentity, SigningIdentity};
