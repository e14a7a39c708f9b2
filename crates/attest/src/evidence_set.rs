//! What a session's key signs beside its transcript: the list of evidence, so that nobody on the way puts a chip beside, and
//! the inventory.

use sha2::{Digest as _, Sha256};

use crate::attestation::Piece;

/// What is signed begins with this; the 32 bytes that the evidence bears and the list's digest follow.
const LABEL: &[u8] = b"lightcone/evidence-set/v1\0";

/// What the session's key signs of an inventory begins with this; the binding and the inventory follow.
const INVENTORY_LABEL: &[u8] = b"lightcone/inventory/v1\0";

/// What the session's key signs of what its host says of itself.
#[must_use]
pub fn inventory_signed(binding: &[u8; 32], inventory: &[u8]) -> Vec<u8> {
    [INVENTORY_LABEL, binding, inventory].concat()
}

/// What the session's key signs: pieces in their order, over the binding or closing nonce that they bear.
#[must_use]
pub fn evidence_signed(nonce: &[u8; 32], pieces: &[Piece<'_>]) -> Vec<u8> {
    let mut list = Sha256::new();
    for piece in pieces {
        let format = piece.kind.name().as_bytes();
        list.update((format.len() as u32).to_be_bytes());
        list.update(format);
        list.update((piece.payload.len() as u32).to_be_bytes());
        list.update(Sha256::digest(piece.payload));
    }
    [LABEL, nonce, &list.finalize()].concat()
}
