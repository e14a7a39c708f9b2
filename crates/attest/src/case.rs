//! What evidence is held against. Everything that a verifier may know comes in here: it asks no network and no clock.

use crate::references::References;
use crate::time::UnixTime;

/// What evidence is held against.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The binding that must be in it, 32 bytes; none where evidence is appraised without a session. Then nothing
    /// binds, and the appraisal says so.
    pub binding: Option<&'a [u8; 32]>,
    /// The agent's Ed25519 key, as it enrolled; what `software` evidence is signed by.
    pub identity_key: Option<&'a [u8; 32]>,
    /// Attestation keys of TPMs that were activated: shown to live beside the endorsement key that they name.
    pub activated: &'a [Activated],
    /// Roots and reference values.
    pub references: &'a References,
    /// Collateral of Intel's service for `tdx`, as JSON; none: that of the evidence, else the quote is refused.
    pub collateral: Option<&'a [u8]>,
    /// The moment for which the evidence is appraised.
    pub now: UnixTime,
}

/// An attestation key that was activated: `TPM2_ActivateCredential` gave back what was encrypted to the endorsement key
/// for this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activated {
    /// The TPM name of the key: two bytes of algorithm, then the digest of its public area.
    pub name: Vec<u8>,
    /// SHA-256 of the endorsement key's SubjectPublicKeyInfo: which TPM.
    pub endorsement: [u8; 32],
}
