//! At which moment, with which knowledge and in which sense rules are applied.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::rule::RuleId;

/// Whether the text counts or what is enforced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sense {
    /// What is enforced: what nobody applies does not count.
    #[default]
    AsEnforced,
    /// What the text says, whether or not anybody applies it.
    AsWritten,
}

/// At which moment, with which knowledge and in which sense rules are applied. Two decisions at one stand, by one book,
/// of the same facts, are the same to the bit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stand {
    /// The day whose rules apply (valid time).
    pub valid_on: Date,
    /// The day as of whose knowledge (known time): texts of later days are not looked at.
    pub known_on: Date,
    /// Whether the text counts or what is enforced.
    pub sense: Sense,
    /// Bills and drafts that are applied as if they were law, by identifier; none of them otherwise.
    pub drafts: BTreeSet<RuleId>,
}

impl Stand {
    /// The rules of a day as they were known on it, as enforced.
    #[must_use]
    pub const fn on(day: Date) -> Self {
        Self { valid_on: day, known_on: day, sense: Sense::AsEnforced, drafts: BTreeSet::new() }
    }
}
