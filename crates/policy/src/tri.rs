//! Three-valued truth: what is not known stays not known until it is shown to make no difference.

use std::ops::{BitAnd, BitOr, Not};

use serde::{Deserialize, Serialize};

/// Kleene's strong three-valued logic: `No` < `Open` < `Yes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Tri {
    /// It does not hold, whatever is still unknown.
    No,
    /// It holds or not by what is unknown.
    #[default]
    Open,
    /// It holds, whatever is still unknown.
    Yes,
}

impl Tri {
    /// What holds of all of them; of none: yes.
    #[must_use]
    pub fn all(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().min().unwrap_or(Self::Yes)
    }

    /// What holds of any of them; of none: no.
    #[must_use]
    pub fn any(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().max().unwrap_or(Self::No)
    }

    /// Whether it may hold.
    #[must_use]
    pub fn may(self) -> bool {
        self != Self::No
    }

    /// Whether it must hold.
    #[must_use]
    pub fn must(self) -> bool {
        self == Self::Yes
    }
}

impl From<bool> for Tri {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl BitAnd for Tri {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.min(other)
    }
}

impl BitOr for Tri {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Not for Tri {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Open => Self::Open,
            Self::Yes => Self::No,
        }
    }
}
