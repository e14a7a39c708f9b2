//! What an adversary on the way can do, each to be switched on and off while the WAN runs.
//!
//! The adversary owns the network around a chip, not the key in it. Two frauds are none of the network's and so not
//! here: a landmark that lies about its clock or place is a landmark's program, and a clone is an agent's program
//! that was given another's key.

mod early;
mod elsewhere;
mod fate;
mod harm;
mod repeat;
mod time;

pub use early::{EarlyAnswer, Forgery};
pub use elsewhere::RelayElsewhere;
pub(crate) use fate::{Crossing, End, Fate};
pub(crate) use harm::flip;
pub use harm::{Corrupt, Lose, Silence};
pub use repeat::{Duplicate, Replay, Session};
pub use time::{AddDelay, Reorder};

use fastrand::Rng;

use crate::host::HostId;
use crate::path::InvalidPath;

/// The most attacks that run at once.
pub const ATTACKS_MAX: usize = 64;
/// The most copies that one attack makes of a datagram.
pub const COPIES_MAX: u8 = 16;
/// The most bits that one attack flips in a datagram.
pub const FLIPS_MAX: u32 = 4_096;

/// Each attack's name, and what an attacker needs for it.
pub const KINDS: [(&str, &str); 9] = [
    (AddDelay::NAME, AddDelay::NEEDS),
    (Reorder::NAME, Reorder::NEEDS),
    (Lose::NAME, Lose::NEEDS),
    (Silence::NAME, Silence::NEEDS),
    (Corrupt::NAME, Corrupt::NEEDS),
    (Duplicate::NAME, Duplicate::NEEDS),
    (Replay::NAME, Replay::NEEDS),
    (EarlyAnswer::NAME, EarlyAnswer::NEEDS),
    (RelayElsewhere::NAME, RelayElsewhere::NEEDS),
];

/// One attack. Several on one way work in the order in which they were switched on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attack {
    /// See [`AddDelay`].
    AddDelay(AddDelay),
    /// See [`Reorder`].
    Reorder(Reorder),
    /// See [`Lose`].
    Lose(Lose),
    /// See [`Silence`].
    Silence(Silence),
    /// See [`Corrupt`].
    Corrupt(Corrupt),
    /// See [`Duplicate`].
    Duplicate(Duplicate),
    /// See [`Replay`].
    Replay(Replay),
    /// See [`EarlyAnswer`].
    EarlyAnswer(EarlyAnswer),
    /// See [`RelayElsewhere`].
    RelayElsewhere(RelayElsewhere),
}

macro_rules! from_each {
    ($($kind:ident),*) => {$(
        impl From<$kind> for Attack {
            fn from(attack: $kind) -> Self {
                Self::$kind(attack)
            }
        }
    )*};
}
from_each!(AddDelay, Reorder, Lose, Silence, Corrupt, Duplicate, Replay, EarlyAnswer, RelayElsewhere);

impl Attack {
    /// The name, one of [`KINDS`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AddDelay(_) => AddDelay::NAME,
            Self::Reorder(_) => Reorder::NAME,
            Self::Lose(_) => Lose::NAME,
            Self::Silence(_) => Silence::NAME,
            Self::Corrupt(_) => Corrupt::NAME,
            Self::Duplicate(_) => Duplicate::NAME,
            Self::Replay(_) => Replay::NAME,
            Self::EarlyAnswer(_) => EarlyAnswer::NAME,
            Self::RelayElsewhere(_) => RelayElsewhere::NAME,
        }
    }

    /// Refuses figures out of range. Whether a host exists is for the one who knows the hosts.
    pub(crate) fn check(&self) -> Result<(), InvalidAttack> {
        match self {
            Self::AddDelay(attack) => attack.check(),
            Self::Reorder(attack) => attack.check(),
            Self::Lose(attack) => attack.check(),
            Self::Corrupt(attack) => attack.check(),
            Self::Duplicate(attack) => attack.check(),
            Self::Replay(attack) => attack.check(),
            Self::EarlyAnswer(attack) => attack.check(),
            Self::Silence(_) | Self::RelayElsewhere(_) => Ok(()),
        }
    }

    /// Changes what becomes of one datagram.
    pub(crate) fn bend(&self, fate: &mut Fate, crossing: &Crossing<'_>, dice: &mut Rng) {
        match self {
            Self::AddDelay(attack) => attack.bend(fate),
            Self::Reorder(attack) => attack.bend(fate, dice),
            Self::Lose(attack) => attack.bend(fate, dice),
            Self::Silence(attack) => attack.bend(fate),
            Self::Corrupt(attack) => attack.bend(fate, dice),
            Self::Duplicate(attack) => attack.bend(fate),
            Self::Replay(attack) => attack.bend(fate, crossing),
            Self::EarlyAnswer(attack) => attack.bend(fate, crossing),
            Self::RelayElsewhere(attack) => attack.bend(fate, crossing, dice),
        }
    }
}

/// Which datagrams an attack touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Those on the way from one host to another.
    Path {
        /// Who sends.
        from: HostId,
        /// Who receives.
        to: HostId,
    },
    /// All that a host sends: of a chip its answers.
    From(HostId),
    /// All that a host receives: of a chip the challenges.
    To(HostId),
    /// All that a host sends or receives.
    Host(HostId),
}

impl Target {
    pub(crate) fn hits(self, from: HostId, to: HostId) -> bool {
        match self {
            Self::Path { from: sender, to: receiver } => sender == from && receiver == to,
            Self::From(host) => host == from,
            Self::To(host) => host == to,
            Self::Host(host) => host == from || host == to,
        }
    }

    pub(crate) fn hosts(self) -> [HostId; 2] {
        match self {
            Self::Path { from, to } => [from, to],
            Self::From(host) | Self::To(host) | Self::Host(host) => [host, host],
        }
    }
}

/// An attack that was switched on, to switch it off by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttackId(pub(crate) u64);

/// An attack with a figure out of range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InvalidAttack {
    /// A delay or share out of range.
    #[error(transparent)]
    Path(#[from] InvalidPath),
    /// A count out of range.
    #[error("{what} {count} is not within 1 to {most}")]
    Count {
        /// What is counted.
        what: &'static str,
        /// The refused value.
        count: u32,
        /// The largest allowed.
        most: u32,
    },
}

fn count(what: &'static str, count: u32, most: u32) -> Result<(), InvalidAttack> {
    if (1..=most).contains(&count) { Ok(()) } else { Err(InvalidAttack::Count { what, count, most }) }
}
