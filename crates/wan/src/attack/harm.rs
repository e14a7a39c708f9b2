//! Attacks on whether a datagram arrives, and whole.

use fastrand::Rng;

use super::fate::{End, Fate};
use super::{FLIPS_MAX, InvalidAttack, count};
use crate::path::share;

/// Drops some datagrams. Needs: a router or host on the way, or enough traffic to fill a queue on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lose {
    /// Which share is dropped, 0 to 1.
    pub share: f64,
}

impl Lose {
    pub(super) const NAME: &str = "lose";
    pub(super) const NEEDS: &str = "a router or host on the way, or enough traffic to fill a queue on it";

    pub(super) fn check(&self) -> Result<(), InvalidAttack> {
        Ok(share("share lost", self.share)?)
    }

    pub(super) fn bend(&self, fate: &mut Fate, dice: &mut Rng) {
        if dice.f64() < self.share {
            fate.end = Some(End::Attacked);
        }
    }
}

/// Drops everything. Needs: the chip's power switch, its cable or its firewall, all of which its owner has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence;

impl Silence {
    pub(super) const NAME: &str = "silence";
    pub(super) const NEEDS: &str = "the chip's power switch, its cable or its firewall";

    pub(super) fn bend(&self, fate: &mut Fate) {
        fate.end = Some(End::Attacked);
    }
}

/// Flips random bits. Needs: a router or host on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corrupt {
    /// Which share of datagrams is touched, 0 to 1.
    pub share: f64,
    /// How many bits of each are flipped, 1 to [`FLIPS_MAX`]; a datagram that is touched always differs.
    pub bits: u32,
}

impl Corrupt {
    pub(super) const NAME: &str = "corrupt";
    pub(super) const NEEDS: &str = "a router or host on the way";

    pub(super) fn check(&self) -> Result<(), InvalidAttack> {
        share("share corrupted", self.share)?;
        count("bits", self.bits, FLIPS_MAX)
    }

    pub(super) fn bend(&self, fate: &mut Fate, dice: &mut Rng) {
        if dice.f64() < self.share {
            fate.flips = fate.flips.saturating_add(self.bits);
        }
    }
}

/// Flips one bit, then others that are not that one: the datagram always differs from what it was.
pub(crate) fn flip(datagram: &mut [u8], flips: u32, dice: &mut Rng) {
    let bits = datagram.len() * 8;
    let Some(first) = (bits > 0 && flips > 0).then(|| dice.usize(0..bits)) else { return };
    datagram[first / 8] ^= 1 << (first % 8);
    for _ in 1..flips {
        let other = (first + dice.usize(0..bits)) % bits;
        if other != first {
            datagram[other / 8] ^= 1 << (other % 8);
        }
    }
}
