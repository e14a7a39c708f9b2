//! Evidence where it is made: what the hardware of this host signs, and what the host says of itself.
//!
//! The agent speaks to a network and touches no device; this crate touches devices and speaks to no network. It writes
//! nothing but the request for evidence itself, into the device that answers it.

mod root;
mod software;
mod source;
#[cfg(feature = "tpm")]
pub mod tpm;

pub mod doctor;
pub mod inventory;
pub mod nvidia;

pub use root::Root;
pub use software::Software;
pub use source::{Piece, Source, Unavailable};
