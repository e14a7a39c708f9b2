//! A token for a person at a terminal: the device authorization grant (RFC 8628).
//!
//! The person reads a code here, confirms it in a browser anywhere, and the program, which asks again and again
//! meanwhile, gets a token. It is kept in a file that only its owner can read, refreshed while the provider allows it, and
//! given back at the end.

mod bearer;
mod error;
mod file;
mod flow;
mod login;
mod secret;

pub use bearer::Bearer;
pub use error::DeviceError;
pub use file::TokenFile;
pub use flow::{Prompt, Request};
pub use login::Login;
pub use secret::Secret;
