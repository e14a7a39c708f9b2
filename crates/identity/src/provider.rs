//! The one provider of cryptography, given explicitly: a default would depend on who else is linked.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::aws_lc_rs::{default_provider, kx_group};
use tokio_rustls::rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};

/// What is spoken over TLS: HTTP/2 alone.
pub(crate) const ALPN: &[u8] = b"h2";

/// aws-lc-rs, with the key agreement first that a quantum computer does not undo later.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    let kx_groups =
        vec![kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1];
    Arc::new(CryptoProvider { kx_groups, ..default_provider() })
}

/// The signatures that are checked.
pub(crate) fn algorithms() -> WebPkiSupportedAlgorithms {
    default_provider().signature_verification_algorithms
}
