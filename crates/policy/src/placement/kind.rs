//! Kinds of facts that are missing: what a caller can act on without reading words.

use serde::{Deserialize, Serialize};

use crate::decision::Missing;

/// A kind of fact that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Where the chip is, or which of several places.
    Place,
    /// What the chip is.
    Sku,
    /// Who has it or uses it, or a record of them.
    Party,
    /// Where a party or its ultimate parent is headquartered.
    Headquarters,
    /// Who owns a party.
    Owners,
    /// What it is used for.
    EndUse,
    /// What the text means: sources disagree, or it says that a licence *may* be needed.
    Text,
    /// Anything else: conditions, caps, licences.
    Other,
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Kinds(u8);

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Place,
        Self::Sku,
        Self::Party,
        Self::Headquarters,
        Self::Owners,
        Self::EndUse,
        Self::Text,
        Self::Other,
    ];

    /// The kind of a fact, by the words with which `decide` names it.
    #[must_use]
    pub fn of(missing: &Missing) -> Self {
        let fact = missing.fact.as_str();
        let begins = |words: &[&str]| words.iter().any(|word| fact.starts_with(word));
        match fact {
            "destination" | "place of the goods" => Self::Place,
            "end use" => Self::EndUse,
            "consignee" | "end user" | "exporter" => Self::Party,
            _ if begins(&["which destination of "]) => Self::Place,
            _ if begins(&["sku "]) => Self::Sku,
            _ if begins(&["owners of party "]) => Self::Owners,
            _ if begins(&["group ", "groups of ", "rule ", "force of "]) => Self::Text,
            _ if begins(&["party "]) && fact.ends_with(" headquarters") => Self::Headquarters,
            _ if begins(&["party ", "consignee ", "end user ", "exporter "]) => Self::Party,
            _ => Self::Other,
        }
    }
}

impl Kinds {
    /// None.
    pub const NONE: Self = Self(0);

    /// Adds one.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Both together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one is in it.
    #[must_use]
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }

    /// The kinds.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}
