//! Where unpredictable bytes come from: an argument, so that everything here is a function of what it is given.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A source of bytes that nobody else can predict.
pub trait Chance {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);

    /// An array of unpredictable bytes.
    fn array<const N: usize>(&mut self) -> [u8; N]
    where
        Self: Sized,
    {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// HMAC-SHA-256 over a counter, keyed by 32 bytes from the system's generator: what programs use, and what tests
/// repeat with a seed of their own.
pub struct Seeded {
    keyed: Hmac<Sha256>,
    counter: u64,
}

impl Seeded {
    /// A source whose bytes are as unpredictable as `seed`. A seed must be used once.
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Self {
        Self { keyed: keyed(seed), counter: 0 }
    }
}

impl Chance for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let mut mac = self.keyed.clone();
            mac.update(&self.counter.to_be_bytes());
            self.counter += 1;
            let block = mac.finalize().into_bytes();
            part.copy_from_slice(&block[..part.len()]);
        }
    }
}

/// The HMAC state of a 32-byte key.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// HMAC-SHA-256 cut to its first 16 bytes.
pub(crate) fn tag16(keyed: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = keyed.clone();
    for part in parts {
        mac.update(part);
    }
    let whole = mac.finalize().into_bytes();
    let mut tag = [0; 16];
    tag.copy_from_slice(&whole[..16]);
    tag
}

/// Nanoseconds until the next event of a Poisson process with the given mean gap, at most eight means.
pub(crate) fn poisson_gap_ns(mean_ns: i64, chance: &mut impl Chance) -> i64 {
    let uniform = unit(chance).max(f64::MIN_POSITIVE);
    let means = (-uniform.ln()).min(POISSON_MEANS_MAX);
    (means * mean_ns as f64) as i64
}

/// A gap of eight means comes once in 3,000 probes; longer ones would push a burst out of its window.
const POISSON_MEANS_MAX: f64 = 8.0;

/// A number in 0 ≤ x < 1 with 53 random bits.
pub(crate) fn unit(chance: &mut impl Chance) -> f64 {
    let bits = u64::from_be_bytes(chance.array()) >> 11;
    bits as f64 / (1u64 << 53) as f64
}
