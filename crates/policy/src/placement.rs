//! The fast judge: may this tenant's work run on that chip? A million times over, with the answers of `decide`.
//!
//! [`Judge::new`] works out once what each chip is and what each party is to the rules. Parties that no rule can tell
//! apart share a [`Profile`]; an answer hangs only on the chip, the two profiles, the stated uses and each destination
//! that is still possible, so few answers are worked out and the rest are looked up in a [`Memo`]. The answer is that of
//! [`decide`](crate::decide::decide) on [`Judge::transfer`]: work that stays where the chip is.
//!
//! Where there is no fresh verdict, or the chip is of no known SKU, the answer is UNKNOWN; `best` and `worst` then say
//! what the rules leave possible with nothing known of the place. Doubt never becomes ALLOW.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::country::Countries;
use crate::decision::{Outcome, Ruling};
use crate::rule::EndUse;

mod judge;
mod kind;
mod profile;

pub use judge::{Judge, Memo};
pub use kind::{Kind, Kinds};
pub use profile::Profile;

/// The most answers that a memo keeps; what comes after is worked out each time.
pub const MEMO_MAX: usize = 1 << 18;

/// Whether there is a verdict that is fresh enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Freshness {
    /// There is.
    Fresh,
    /// It is too old: it says where the chip was.
    Stale,
    /// There is none.
    Missing,
}

/// Which uses were stated; none: nobody stated any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Uses(u8);

/// What is known of one placement. SKUs and parties are named by their place in the [`Judge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    /// The SKU; none: not known.
    pub sku: Option<u32>,
    /// Jurisdictions that the verdict leaves possible; looked at only where it is fresh.
    pub possible: Countries,
    /// Whether there is a fresh verdict.
    pub freshness: Freshness,
    /// The declared place was found impossible.
    pub claim_impossible: bool,
    /// Who has the chip; none: not known.
    pub holder: Option<u32>,
    /// Whose work is to run on it; none: not known.
    pub tenant: Option<u32>,
    /// What for.
    pub uses: Uses,
    /// Whether a bona fide operator of a data centre has let the tenant use it before; none: nobody looked.
    pub existing_use: Option<bool>,
}

/// Conditions by which rules name an existing use, all of them.
pub const EXISTING_USE: [&str; 2] = ["bona_fide_data_centre", "existing_use"];

/// What is said of a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer {
    /// No licence is needed.
    Allow,
    /// A person looks at it.
    Review,
    /// A licence is needed.
    LicenceRequired,
    /// It may not be.
    Deny,
    /// There is no fresh verdict, or the SKU is not known: the caller decides what that means to it.
    Unknown,
}

/// A rule by its place in [`Judge::rule`].
pub type RuleIndex = u16;

/// The answer to one placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// What is said.
    pub answer: Answer,
    /// The most lenient that is still possible.
    pub best: Ruling,
    /// The strictest that is still possible.
    pub worst: Ruling,
    /// Rules that it rests on, in ascending order.
    pub rules: Arc<[RuleIndex]>,
    /// Rules that would do something if they counted: proposed, announced, suspended, not enforced.
    pub would: Arc<[RuleIndex]>,
    /// What kinds of facts are missing.
    pub missing: Kinds,
}

impl Uses {
    /// None was stated.
    pub const NONE: Self = Self(0);

    const ALL: [EndUse; 5] =
        [EndUse::Training, EndUse::Inference, EndUse::Supercomputer, EndUse::Military, EndUse::Other];

    /// Those uses.
    #[must_use]
    pub fn of(uses: &[EndUse]) -> Self {
        let bits = Self::ALL.iter().enumerate().filter(|(_, used)| uses.contains(used));
        Self(bits.fold(0, |set, (at, _)| set | 1 << at))
    }

    /// The uses, each once.
    #[must_use]
    pub fn list(self) -> Vec<EndUse> {
        let uses = Self::ALL.iter().enumerate().filter(|(at, _)| self.0 >> at & 1 == 1);
        uses.map(|(_, used)| *used).collect()
    }
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Allow => Self::Allow,
            Outcome::Review => Self::Review,
            Outcome::LicenceRequired => Self::LicenceRequired,
            Outcome::Deny => Self::Deny,
        }
    }
}
