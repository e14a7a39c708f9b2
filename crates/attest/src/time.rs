//! Moments: handed in, never read from a clock.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(i64);

impl UnixTime {
    /// That many seconds after the epoch.
    #[must_use]
    pub const fn from_s(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The second in which a moment is that is given in nanoseconds after the epoch.
    #[must_use]
    pub const fn from_ns(nanoseconds: i64) -> Self {
        Self(nanoseconds.div_euclid(1_000_000_000))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn as_s(self) -> i64 {
        self.0
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unix time {} s", self.0)
    }
}
