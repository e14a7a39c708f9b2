//! What ties a session's fresh keys to the evidence about the machine that made them.

use sha2::{Digest, Sha256};

use crate::ids::Binding;

const BIND_LABEL: &[u8] = b"lightcone/bind/v1\0";
const POST_LABEL: &[u8] = b"lightcone/post/v1\0";

/// The hash that goes into the evidence: SHA-256 over a label, the verifier's nonce, both public keys and the
/// [`context`].
#[must_use]
pub fn binding(nonce: &[u8; 32], x25519: &[u8; 32], ed25519: &[u8; 32], context: &[u8; 32]) -> Binding {
    let hash = Sha256::new().chain_update(BIND_LABEL).chain_update(nonce).chain_update(x25519);
    Binding(hash.chain_update(ed25519).chain_update(context).finalize().into())
}

/// Where and for whom a session is begun: SHA-256 over the verifier's id, the device's id and what the TLS channel
/// exports, or 32 zero bytes. Each id goes in with its length before it (u16), so that no two pairs are written
/// alike. An id beyond 65,535 bytes counts as its first 65,535.
#[must_use]
pub fn context(verifier: &str, device: &str, exporter: Option<&[u8; 32]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for id in [verifier, device] {
        let bytes = &id.as_bytes()[..id.len().min(usize::from(u16::MAX))];
        hash.update((bytes.len() as u16).to_be_bytes());
        hash.update(bytes);
    }
    hash.chain_update(exporter.unwrap_or(&[0; 32])).finalize().into()
}

/// The nonce of the evidence that closes a session: SHA-256 over a label, the binding and the SHA-256 of the signed
/// transcript's bytes.
#[must_use]
pub fn closing_nonce(binding: &Binding, transcript: &[u8]) -> [u8; 32] {
    let hash = Sha256::new().chain_update(POST_LABEL).chain_update(binding.0);
    hash.chain_update(Sha256::digest(transcript)).finalize().into()
}
