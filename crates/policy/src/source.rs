//! How well a fact is known, and from where: every decision shows it of each fact that it leans on.

use serde::{Deserialize, Serialize};

use crate::date::Date;

/// How well a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Unverified: reported, or to be expected, and not checked.
    U,
    /// Inferred or computed from other facts.
    I,
    /// Common knowledge of the field, not read again for this book.
    K,
    /// Read in a secondary source.
    S,
    /// Read in the primary text.
    V,
}

impl Grade {
    /// Whether a decision that leans on it must say that nobody checked it.
    #[must_use]
    pub const fn is_unverified(self) -> bool {
        matches!(self, Self::U)
    }

    /// What the letter stands for.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::U => "unverified",
            Self::I => "inferred",
            Self::K => "common knowledge",
            Self::S => "secondary source",
            Self::V => "primary text",
        }
    }
}

/// From where a fact is, and how well it is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// How well.
    pub grade: Grade,
    /// From where, in a few words: a citation, a data sheet.
    pub source: String,
    /// When it was read or published, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Date>,
}
