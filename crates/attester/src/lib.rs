//! Evidence where it is made: what the hardware of this host signs, and what the host says of itself.
//!
//! The agent speaks to a network and touches no device; this crate touches devices and speaks to no network. It writes
//! nothing but the request for evidence itself, into the device that answers it.

pub mod chain;
mod ghcb;
mod root;
mod software;
mod source;
mod tsm;

pub mod doctor;
pub mod inventory;
pub mod nvidia;
#[cfg(feature = "tpm")]
pub mod tpm;

pub use root::Root;
pub use software::Software;
pub use source::{Piece, Source, Unavailable};
pub use tsm::{TSM_ROOT, Tsm};
