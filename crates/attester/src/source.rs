//! Where evidence comes from.

use lightcone_attest::Kind;

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its format.
    pub kind: Kind,
    /// The evidence, as the verifier of that format reads it.
    pub payload: Vec<u8>,
}

/// A device that makes evidence.
pub trait Source: Send {
    /// The format that it makes.
    fn kind(&self) -> Kind;

    /// Evidence that bears 32 bytes: a session's binding, or the nonce of its closing attestation. May take a second; to be
    /// called off the threads that serve sockets. One piece a device.
    ///
    /// # Errors
    /// The device is not there or does not answer.
    fn collect(&mut self, binding: &[u8; 32]) -> Result<Vec<Piece>, Unavailable>;
}

/// A device that gave no evidence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {kind} evidence from {device}: {why}; {remedy}")]
pub struct Unavailable {
    /// The format that was asked for.
    pub kind: Kind,
    /// Where it was asked.
    pub device: String,
    /// What happened.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}
