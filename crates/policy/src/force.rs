//! Whether an instrument counts at a stand, and why not.

use serde::{Deserialize, Serialize};

use crate::rule::{Enforcement, Instrument, Kind, Phase};
use crate::stand::{Sense, Stand};
use crate::tri::Tri;

/// How an instrument stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Force {
    /// Nobody knew of it yet.
    NotKnown,
    /// Announced, without a text: shown, never applied.
    Announced,
    /// A bill: shown, never applied except as a draft.
    Proposed,
    /// Applied as a draft, because the stand says so.
    Drafted,
    /// Its text is not in force yet.
    NotYet,
    /// Its text has ended.
    Ended,
    /// The text stands and is not applied.
    NotEnforced,
    /// Suspended.
    Suspended,
    /// Nobody checked whether it is applied.
    Unverified,
    /// It counts.
    InForce,
}

impl Force {
    /// Whether it counts.
    #[must_use]
    pub const fn counts(self) -> Tri {
        match self {
            Self::InForce | Self::Drafted => Tri::Yes,
            Self::Unverified => Tri::Open,
            Self::NotKnown
            | Self::Announced
            | Self::Proposed
            | Self::NotYet
            | Self::Ended
            | Self::NotEnforced
            | Self::Suspended => Tri::No,
        }
    }
}

/// How an instrument stands.
#[must_use]
pub fn of(instrument: &Instrument, stand: &Stand) -> Force {
    let day = stand.valid_on;
    if instrument.known > stand.known_on {
        return Force::NotKnown;
    }
    match instrument.kind {
        Kind::Announcement => return Force::Announced,
        Kind::Bill if stand.drafts.contains(&instrument.id) => return Force::Drafted,
        Kind::Bill => return Force::Proposed,
        Kind::Rule | Kind::Letter | Kind::Guidance => {}
    }
    match instrument.in_force {
        None => return Force::Announced,
        Some(from) if from > day => return Force::NotYet,
        Some(_) if instrument.to < day => return Force::Ended,
        Some(_) => {}
    }
    match (phase(instrument, stand).map(|phase| phase.state), stand.sense) {
        (None | Some(Enforcement::Enforced), _) | (Some(Enforcement::NotEnforced), Sense::AsWritten) => {
            Force::InForce
        }
        (Some(Enforcement::NotEnforced), Sense::AsEnforced) => Force::NotEnforced,
        (Some(Enforcement::Suspended), _) => Force::Suspended,
        (Some(Enforcement::Unverified), _) => Force::Unverified,
    }
}

/// What is known of whether it is applied on that day: of several phases the one that is known latest.
#[must_use]
pub fn phase<'i>(instrument: &'i Instrument, stand: &Stand) -> Option<&'i Phase> {
    let known = instrument.phases.iter().filter(|phase| phase.known <= stand.known_on);
    let of_day = known.filter(|phase| phase.from <= stand.valid_on && stand.valid_on <= phase.to);
    of_day.max_by_key(|phase| phase.known)
}
