//! The two keys of a session at one landmark, kept ready to use: the timed path never sets a key up.

use core::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of every key.
pub const KEY_BYTES: usize = 32;
/// Bytes of every tag: HMAC-SHA-256 cut to its first half (RFC 8762 section 4.4).
pub const TAG_BYTES: usize = 16;

const STAMP_INFO: &[u8] = b"lightcone stamp hmac v1";
const PROOF_INFO: &[u8] = b"lightcone proof reply v1";
/// What one block of SHA-256 takes in.
const BLOCK_BYTES: usize = 64;

/// Both keys of a session at one landmark. Cleared from memory when dropped; never shown.
#[derive(Clone, Debug)]
pub struct SessionKeys {
    stamp: StampKey,
    proof: ProofKey,
}

impl SessionKeys {
    /// The key schedule: HKDF-SHA-256 with the handshake's hash as salt and both of its keys as material.
    #[must_use]
    pub fn schedule(handshake_hash: &[u8; KEY_BYTES], k1: &[u8; KEY_BYTES], k2: &[u8; KEY_BYTES]) -> Self {
        let mut material = Zeroizing::new([0; 2 * KEY_BYTES]);
        material[..KEY_BYTES].copy_from_slice(k1);
        material[KEY_BYTES..].copy_from_slice(k2);
        let extracted = Hkdf::<Sha256>::new(Some(handshake_hash), &*material);
        Self {
            stamp: StampKey(Keyed::new(expand(&extracted, STAMP_INFO))),
            proof: ProofKey(Keyed::new(expand(&extracted, PROOF_INFO))),
        }
    }

    /// A session whose keys are known already.
    #[must_use]
    pub const fn new(stamp: StampKey, proof: ProofKey) -> Self {
        Self { stamp, proof }
    }

    /// The key that authenticates packets.
    #[must_use]
    pub const fn stamp(&self) -> &StampKey {
        &self.stamp
    }

    /// The key that makes proofs.
    #[must_use]
    pub const fn proof(&self) -> &ProofKey {
        &self.proof
    }
}

/// K_s: authenticates the packets of a session. May be shown to those who watch the path; it makes no proof.
#[derive(Clone)]
pub struct StampKey(Keyed);

impl StampKey {
    /// The key of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Keyed::new(Zeroizing::new(bytes)))
    }

    /// The key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0.bytes
    }

    /// The tag over the parts, one after the other.
    #[must_use]
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_BYTES] {
        self.0.tag(parts)
    }

    /// Whether `tag` is the tag over the parts; takes the same time for every wrong tag of the right length.
    #[must_use]
    pub fn verifies(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.0.verifies(parts, tag)
    }
}

/// K_p: makes proofs. Known to the two ends only until the session is over; then the agent reveals it.
#[derive(Clone)]
pub struct ProofKey(Keyed);

impl ProofKey {
    /// The key of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Keyed::new(Zeroizing::new(bytes)))
    }

    /// The key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0.bytes
    }

    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_BYTES] {
        self.0.tag(parts)
    }

    pub(crate) fn verifies(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.0.verifies(parts, tag)
    }
}

impl fmt::Debug for StampKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StampKey(…)")
    }
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProofKey(…)")
    }
}

/// A key and the two SHA-256 states that follow from it. Both clear themselves when dropped.
#[derive(Clone)]
struct Keyed {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    state: Hmac<Sha256>,
}

impl Keyed {
    fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        // HMAC pads a short key with zeros to a block; done here, no length is left that could be refused.
        let mut block = Zeroizing::new([0; BLOCK_BYTES]);
        block[..KEY_BYTES].copy_from_slice(&*bytes);
        Self { bytes, state: Hmac::new((&*block).into()) }
    }

    fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_BYTES] {
        let mut mac = self.state.clone();
        for part in parts {
            mac.update(part);
        }
        crate::bytes::get(&mac.finalize().into_bytes(), 0)
    }

    fn verifies(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.tag(parts).ct_eq(tag).into()
    }
}

fn expand(extracted: &Hkdf<Sha256>, info: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    extracted.expand(info, &mut *key).expect("HKDF gives up to 255 blocks of 32 bytes, and this is one");
    key
}
