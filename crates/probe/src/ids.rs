//! What sessions, landmarks, keys and signatures are called.

use std::fmt;

use sha2::{Digest, Sha256};

pub use lightcone_responder::{Nonce, NtpTime, Proof, SessionId};

const LANDMARK_LABEL: &[u8] = b"lightcone/landmark/v1\0";

/// A landmark: the first 16 bytes of SHA-256 over a label and the landmark's X25519 key. Who knows the name
/// knows the key, so a name cannot be moved to another key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LandmarkId(pub [u8; 16]);

impl LandmarkId {
    /// The landmark that holds this X25519 key.
    #[must_use]
    pub fn of(x25519_public: &[u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(LANDMARK_LABEL).chain_update(x25519_public).finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }
}

/// What ties a session's keys to their evidence: [`crate::binding::binding`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binding(pub [u8; 32]);

/// An Ed25519 signature over the bytes of a report, transcript, plan or assignment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; 64]);

impl fmt::Debug for LandmarkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LandmarkId({self})")
    }
}

impl fmt::Display for LandmarkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Binding(")?;
        hex(&self.0, f)?;
        f.write_str(")")
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(")?;
        hex(&self.0, f)?;
        f.write_str(")")
    }
}

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Signs a document's bytes, which begin with a label of their own.
pub(crate) fn sign(body: &[u8], key: &ed25519_dalek::SigningKey) -> Signature {
    use ed25519_dalek::Signer as _;
    Signature(key.sign(body).to_bytes())
}

/// Whether the signature is that of `key` over `body`, by the strict rule: no weak key, no second encoding.
pub(crate) fn is_signed(body: &[u8], signature: &Signature, key: &ed25519_dalek::VerifyingKey) -> bool {
    key.verify_strict(body, &ed25519_dalek::Signature::from_bytes(&signature.0)).is_ok()
}
