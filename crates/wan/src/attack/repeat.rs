//! Attacks that show a datagram more than once.

use std::time::Duration;

use super::fate::{Crossing, Fate};
use super::{COPIES_MAX, InvalidAttack, count};
use crate::PROBE_BYTES;
use crate::path::{ns, within};

/// Delivers copies together with the datagram. Needs: a place on the way from which datagrams are seen and sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duplicate {
    /// How many copies, 1 to [`COPIES_MAX`].
    pub copies: u8,
}

impl Duplicate {
    pub(super) const NAME: &str = "duplicate";
    pub(super) const NEEDS: &str = "a place on the way from which datagrams are seen and sent";

    pub(super) fn check(&self) -> Result<(), InvalidAttack> {
        count("copies", self.copies.into(), COPIES_MAX.into())
    }

    pub(super) fn bend(&self, fate: &mut Fate) {
        fate.copies = fate.copies.saturating_add(self.copies);
    }
}

/// Delivers each challenge or answer once more, later. Needs: a place on the way from which datagrams are seen and
/// sent, and memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    /// How long after the original.
    pub after: Duration,
    /// Where the copy goes.
    pub into: Session,
}

/// Where an old datagram is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// In its own session.
    Same,
    /// In the session that another client has with the same service; nowhere while there is none.
    Other,
}

impl Replay {
    pub(super) const NAME: &str = "replay";
    pub(super) const NEEDS: &str = "a place on the way from which datagrams are seen and sent, and memory";

    pub(super) fn check(&self) -> Result<(), InvalidAttack> {
        Ok(within("delay of a replay", self.after)?)
    }

    pub(super) fn bend(&self, fate: &mut Fate, crossing: &Crossing<'_>) {
        if crossing.bytes == PROBE_BYTES {
            fate.again = Some((ns(self.after), self.into));
        }
    }
}
