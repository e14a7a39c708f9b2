//! Who a machine is: SPIFFE IDs, certificates that are renewed while it runs, TLS with them, a private authority.
//!
//! [`Identity`] is what this program is now: the newest good certificate and the newest bundle of roots, from files that
//! are read again when they change or from the SPIFFE Workload API. Its TLS configurations look at the newest state at
//! each handshake, so that a rotation needs no restart, and resume no session, so that a root that was taken out of the
//! bundle opens nothing. TLS 1.3 only, by aws-lc-rs.

#[cfg(feature = "authority")]
pub mod authority;
pub mod dial;
#[cfg(feature = "authority")]
pub mod enrolment;
pub mod possession;

mod bundle;
mod client;
mod credentials;
mod error;
mod facts;
mod files;
mod identity;
mod peer;
mod provider;
mod roots;
mod server;
mod settings;
mod source;
mod spiffe_id;
mod svid;
#[cfg(feature = "authority")]
mod write;

pub use credentials::Credentials;
pub use error::IdentityError;
pub use identity::Identity;
pub use peer::{CERTIFICATES_MAX, Peer, PeerError};
pub use roots::Roots;
pub use settings::{InvalidTls, TlsSettings};
pub use spiffe_id::{InvalidSpiffeId, SpiffeId};
