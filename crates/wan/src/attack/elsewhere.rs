//! The chip is claimed to be at one place and answers from another.

use fastrand::Rng;

use super::fate::{Crossing, End, Fate};
use crate::host::HostId;

/// Leads every datagram through a relay at another place: landmark to claimed place, claimed place to where the chip
/// is, and back. Needs: a host at the claimed place, with the address that the chip is known by, and a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayElsewhere {
    /// The host at the claimed place; it need not send or serve.
    pub via: HostId,
}

impl RelayElsewhere {
    pub(super) const NAME: &str = "relay-elsewhere";
    pub(super) const NEEDS: &str = "a host at the claimed place, and a tunnel to the chip";

    /// The way becomes the sum of both legs; either may lose the datagram.
    pub(super) fn bend(&self, fate: &mut Fate, crossing: &Crossing<'_>, dice: &mut Rng) {
        let Crossing { from, to, paths, .. } = *crossing;
        if self.via == from || self.via == to {
            return;
        }
        let (Some(there), Some(on)) = (paths.get(from, self.via), paths.get(self.via, to)) else { return };
        fate.way_ns = there.draw_ns(dice) + on.draw_ns(dice);
        let lost = there.draws_loss(dice) | on.draws_loss(dice);
        fate.end = match fate.end {
            Some(End::Attacked) => Some(End::Attacked),
            _ => lost.then_some(End::Lost),
        };
    }
}
