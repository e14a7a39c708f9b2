//! Proofs: who can say this to that challenge holds the session's proof key.

use crate::{Packet, Proof, ProofKey};

/// The proof for a challenge: over all of its bytes as they were received, those that must be zero included.
#[must_use]
pub fn prove(challenge: &Packet, key: &ProofKey) -> Proof {
    Proof(key.tag(&[challenge]))
}

/// Whether it is the proof for that challenge; takes the same time for every wrong one.
#[must_use]
pub fn proves(proof: &Proof, challenge: &Packet, key: &ProofKey) -> bool {
    key.verifies(&[challenge], &proof.0)
}
