//! Decisions: what the rules say, with every reason.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::flag::Raised;
use crate::force::Force;
use crate::measure::Measure;
use crate::rule::{Bound, Review, RuleId};
use crate::source::Grade;
use crate::stand::Stand;
use crate::tri::Tri;

/// What a decision says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// No licence is needed, or one that is held covers it.
    Allow,
    /// It turns on what is not known, or a red flag is up: a person looks at it.
    Review,
    /// A licence is needed and none is held.
    LicenceRequired,
    /// It may not be, whatever licence is asked for.
    Deny,
}

/// The strictest and the most lenient that unknown facts leave possible. From lenient to strict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ruling {
    /// No licence is needed, or one covers it.
    Allow,
    /// A licence is needed; how applications are looked at, where the book says.
    LicenceRequired(Option<Review>),
    /// It may not be.
    Deny,
}

impl Ruling {
    /// As an outcome.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Allow => Outcome::Allow,
            Self::LicenceRequired(_) => Outcome::LicenceRequired,
            Self::Deny => Outcome::Deny,
        }
    }
}

/// What a rule does in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Effect {
    /// It puts the goods into a class.
    Classifies,
    /// It demands a licence.
    Requires,
    /// It demands none after all.
    Excepts,
    /// A licence that is held covers it.
    Licensed,
    /// It says how applications are looked at.
    Reviews,
    /// It bounds how much may go.
    Caps,
    /// It forbids.
    Forbids,
    /// It would do something if it counted: announced, proposed, suspended, not enforced. Shown only.
    WouldApply,
}

/// A rule that a decision rests on, or that was looked at and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// The rule.
    pub rule: RuleId,
    /// What it does.
    pub effect: Effect,
    /// Whether it applies.
    pub applies: Tri,
    /// How its instrument stands.
    pub force: Force,
    /// Where it is published.
    pub citation: String,
    /// How well it is known.
    pub grade: Grade,
    /// Why it applies or not, in plain words.
    pub why: String,
}

/// How far a chip is from a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Margin {
    /// The chip, by the name of its SKU.
    pub sku: String,
    /// The rule whose line it is.
    pub rule: RuleId,
    /// The class that the line belongs to.
    pub class: String,
    /// The line.
    pub bound: Bound,
    /// Whether the chip is on the controlled side.
    pub caught: Tri,
    /// What the chip has; bounds of a span where it is not one value.
    pub has: String,
    /// How far it is from the line, in the metric's unit, without a sign; of a span its nearer end. None: the line is
    /// within the span.
    pub distance: Option<Measure>,
    /// The same by the line, in parts per million, rounded down.
    pub distance_ppm: Option<u64>,
}

/// A fact that a decision leans on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Used {
    /// What it is about, such as `sku H20 tpp` or `party acme headquarters`.
    pub fact: String,
    /// Its value.
    pub value: String,
    /// Where it is from.
    pub source: String,
    /// How well it is known.
    pub grade: Grade,
}

/// What is missing, and what would settle it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// What it is about.
    pub fact: String,
    /// What would settle it.
    pub remedy: String,
}

/// What the rules say, with every reason. Its canonical bytes are the same for the same book, stand and facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What it says.
    pub outcome: Outcome,
    /// The most lenient that is still possible.
    pub best: Ruling,
    /// The strictest that is still possible.
    pub worst: Ruling,
    /// The book, by its digest.
    pub book: String,
    /// At which moment, with which knowledge and in which sense.
    pub stand: Stand,
    /// Classes of the goods: class, whether.
    pub classes: Vec<(String, Tri)>,
    /// The rules that it rests on, and those that are shown beside.
    pub grounds: Vec<Ground>,
    /// How far the goods are from every line of the rules that count.
    pub margins: Vec<Margin>,
    /// Facts that it leans on.
    pub facts: Vec<Used>,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// Red flags.
    pub flags: Vec<Raised>,
    /// Whether it leans on anything that nobody checked.
    pub leans_on_unverified: bool,
    /// The first later day on which the book's rules differ, as far as is known; none: no change is known.
    pub rules_change_on: Option<Date>,
}

impl Decision {
    /// The bytes that are kept, signed and compared.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        // No map and no float is in it, and fields come in the order of the type: there is one text.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
