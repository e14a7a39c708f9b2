//! Questions, and the findings that answer them. A finding is never read without its question.

use core::fmt;

use crate::area::AreaSet;
use crate::point::Point;
use crate::units::Metres;

/// What is asked of a region. Sets hold destinations: ISO 3166-1 areas, into which the worldview maps every
/// atom of the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Question {
    /// Is the chip surely in one of these areas?
    Inside {
        /// The areas.
        areas: AreaSet,
        /// Takes the sea out of the question: a named assumption, printed with the answer.
        on_land: bool,
    },
    /// Is the chip surely in none of these areas?
    Outside {
        /// The areas.
        areas: AreaSet,
    },
    /// Can the chip be where it is claimed to be?
    Claim {
        /// The claimed place.
        point: Point,
        /// How far from the claimed place still counts as there.
        tolerance: Metres,
    },
}

/// The answer to a question. Doubt is a value of its own and is never folded into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// Surely so.
    Proven,
    /// Surely not so.
    Disproven,
    /// The claimed place is in the region. Never more than that.
    Possible,
    /// The claimed place is not in the region.
    Impossible,
    /// The region allows both.
    Inconclusive,
    /// No place fits: some landmark lies, a clock is wrong, or more than one place answers.
    Inconsistent,
    /// Too few fresh trust groups measured.
    Stale,
}

impl Finding {
    /// Its name in tables, files and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proven => "PROVEN",
            Self::Disproven => "DISPROVEN",
            Self::Possible => "POSSIBLE",
            Self::Impossible => "IMPOSSIBLE",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::Inconsistent => "INCONSISTENT",
            Self::Stale => "STALE",
        }
    }

    /// Whether more liars can only weaken it: it says something for certain.
    #[must_use]
    pub const fn is_certain(self) -> bool {
        matches!(self, Self::Proven | Self::Disproven | Self::Impossible)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
