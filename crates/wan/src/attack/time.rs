//! Attacks on when a datagram arrives.

use std::time::Duration;

use fastrand::Rng;

use super::InvalidAttack;
use super::fate::Fate;
use crate::path::{ns, share, within};

/// Holds every datagram back. Needs: a router or host on the way, such as the chip's own host, which its owner has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AddDelay {
    /// How long.
    pub by: Duration,
}

impl AddDelay {
    pub(super) const NAME: &str = "add-delay";
    pub(super) const NEEDS: &str = "a router or host on the way, such as the chip's own host";

    pub(super) fn check(&self) -> Result<(), InvalidAttack> {
        Ok(within("added delay", self.by)?)
    }

    pub(super) fn bend(&self, fate: &mut Fate) {
        fate.added_ns += ns(self.by);
    }
}

/// Holds some datagrams back, so that later ones overtake them. Needs: a router or host on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reorder {
    /// Which share of datagrams is held back, 0 to 1.
    pub share: f64,
    /// How long.
    pub by: Duration,
}

impl Reorder {
    pub(super) const NAME: &str = "reorder";
    pub(super) const NEEDS: &str = "a router or host on the way";

    pub(super) fn check(&self) -> Result<(), InvalidAttack> {
        share("share held back", self.share)?;
        Ok(within("added delay", self.by)?)
    }

    pub(super) fn bend(&self, fate: &mut Fate, dice: &mut Rng) {
        if dice.f64() < self.share {
            fate.added_ns += ns(self.by);
        }
    }
}
