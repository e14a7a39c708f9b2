//! X.509 certificates and chains (RFC 5280), as far as device identities need them: signatures, names, times, the
//! right to sign, and pinned roots. Revocation is another matter; it needs a network.

mod certificate;
mod chain;
mod pem;

pub(crate) use certificate::Certificate;
pub(crate) use chain::{CHAIN_MAX, Chain};
pub(crate) use pem::{certificates, to_pem};
