//! What a session has answered: enough for the agent to state it, and for a verifier to hold a landmark's report
//! against it.

use core::fmt;

use sha2::{Digest, Sha256};

use crate::{CHALLENGES_MAX, Nonce, hex};

const SEQUENCES: usize = CHALLENGES_MAX as usize;

/// What was answered, as far as it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Challenges answered, each counted once.
    pub count: u32,
    /// Answers given again to a challenge answered before.
    pub repeated: u32,
    /// Packets met with silence.
    pub refused: u32,
    /// Which sequences were answered.
    pub sequences: Sequences,
    /// SHA-256 over sequence (4 bytes, big-endian) and nonce (16) of each answered challenge, by rising sequence:
    /// a network that turns packets around cannot change it.
    pub digest: [u8; 32],
}

/// A set of sequences: sequence `s` is bit `s % 8`, counted from the least significant, of byte `s / 8`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Sequences(pub [u8; SEQUENCES / 8]);

impl Sequences {
    /// Whether this sequence is in the set.
    #[must_use]
    pub fn contains(&self, sequence: u32) -> bool {
        sequence < CHALLENGES_MAX && self.0[sequence as usize / 8] & (1 << (sequence % 8)) != 0
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|byte| byte.count_ones()).sum()
    }

    fn insert(&mut self, sequence: u32) {
        self.0[sequence as usize / 8] |= 1 << (sequence % 8);
    }
}

impl fmt::Debug for Sequences {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::tuple(formatter, "Sequences", &self.0)
    }
}

/// The running record behind [`Answered`]. Keeps every nonce, so that a sequence means one challenge for good:
/// no proof is ever made that the digest does not cover.
pub(crate) struct Record {
    nonces: [Nonce; SEQUENCES],
    sequences: Sequences,
    repeated: u32,
    refused: u32,
}

impl Record {
    pub(crate) fn new() -> Self {
        Self { nonces: [Nonce([0; 16]); SEQUENCES], sequences: Sequences::default(), repeated: 0, refused: 0 }
    }

    /// Whether this sequence was answered with another nonce. The sequence is below [`CHALLENGES_MAX`].
    pub(crate) fn contradicts(&self, sequence: u32, nonce: Nonce) -> bool {
        self.sequences.contains(sequence) && self.nonces[sequence as usize] != nonce
    }

    /// Notes an answer. The sequence is below [`CHALLENGES_MAX`] and does not contradict.
    pub(crate) fn answer(&mut self, sequence: u32, nonce: Nonce) {
        if self.sequences.contains(sequence) {
            self.repeated = self.repeated.saturating_add(1);
            return;
        }
        self.sequences.insert(sequence);
        self.nonces[sequence as usize] = nonce;
    }

    pub(crate) fn refuse(&mut self) {
        self.refused = self.refused.saturating_add(1);
    }

    pub(crate) fn so_far(&self) -> Answered {
        Answered {
            count: self.sequences.count(),
            repeated: self.repeated,
            refused: self.refused,
            sequences: self.sequences,
            digest: self.digest(),
        }
    }

    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for sequence in (0..CHALLENGES_MAX).filter(|&sequence| self.sequences.contains(sequence)) {
            hash.update(sequence.to_be_bytes());
            hash.update(self.nonces[sequence as usize].0);
        }
        hash.finalize().into()
    }
}
