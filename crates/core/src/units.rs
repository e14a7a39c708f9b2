//! Quantities with their unit in the type. A value that exists is valid; what does not fit is refused with
//! the value and the limit.

use core::fmt;

/// The longest round trip that is accepted: ten seconds, far beyond any path between two places on Earth.
pub const ROUND_TRIP_MAX_NS: u64 = 10_000_000_000;
/// The largest clock error that is accepted: one second; beyond it a landmark has no stopwatch.
pub const CLOCK_ERROR_MAX_NS: u64 = 1_000_000_000;
/// The largest length that is accepted: half way round the Earth and a little more.
pub const METRES_MAX: f64 = 20_100_000.0;
/// The oldest sample that is accepted: thirty days, after which a chip that moves can be anywhere.
pub const AGE_MAX_NS: u64 = 30 * 24 * 3_600 * 1_000_000_000;

/// A measured round trip, in nanoseconds: more than zero and at most [`ROUND_TRIP_MAX_NS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoundTrip(u64);

impl RoundTrip {
    /// A round trip of so many nanoseconds.
    ///
    /// # Errors
    /// [`InvalidRoundTrip`] for zero, a negative number or more than [`ROUND_TRIP_MAX_NS`].
    pub const fn from_ns(ns: i64) -> Result<Self, InvalidRoundTrip> {
        if ns > 0 && ns as u64 <= ROUND_TRIP_MAX_NS {
            Ok(Self(ns as u64))
        } else {
            Err(InvalidRoundTrip { ns })
        }
    }

    /// Nanoseconds.
    #[must_use]
    pub const fn ns(self) -> u64 {
        self.0
    }
}

/// How much longer than measured a round trip may have been, in nanoseconds: stamp granularity, clock rate
/// and network card together. It only ever enlarges a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockError(u64);

impl ClockError {
    /// A clock error of so many nanoseconds.
    ///
    /// # Errors
    /// [`InvalidClockError`] for a negative number or more than [`CLOCK_ERROR_MAX_NS`].
    pub const fn from_ns(ns: i64) -> Result<Self, InvalidClockError> {
        if ns >= 0 && ns as u64 <= CLOCK_ERROR_MAX_NS {
            Ok(Self(ns as u64))
        } else {
            Err(InvalidClockError { ns })
        }
    }

    /// Nanoseconds.
    #[must_use]
    pub const fn ns(self) -> u64 {
        self.0
    }
}

/// Time between a sample and the moment that a verdict speaks of, in nanoseconds, at most [`AGE_MAX_NS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(u64);

impl Age {
    /// An age of so many nanoseconds; its sign is dropped, since a chip moves as fast before `as_of` as after.
    ///
    /// # Errors
    /// [`InvalidAge`] for more than [`AGE_MAX_NS`] either way.
    pub const fn from_ns(ns: i64) -> Result<Self, InvalidAge> {
        if ns.unsigned_abs() <= AGE_MAX_NS { Ok(Self(ns.unsigned_abs())) } else { Err(InvalidAge { ns }) }
    }

    /// Nanoseconds.
    #[must_use]
    pub const fn ns(self) -> u64 {
        self.0
    }
}

/// A length along the surface, in metres: finite, not negative, at most [`METRES_MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Metres(f64);

impl Metres {
    /// No length at all.
    pub const ZERO: Self = Self(0.0);

    /// A length of so many metres.
    ///
    /// # Errors
    /// [`InvalidMetres`] for a negative number, NaN, infinity or more than [`METRES_MAX`].
    pub const fn new(metres: f64) -> Result<Self, InvalidMetres> {
        if metres >= 0.0 && metres <= METRES_MAX { Ok(Self(metres)) } else { Err(InvalidMetres { metres }) }
    }

    /// Metres.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Whole metres, rounded up: never less than the length.
    #[must_use]
    pub fn ceil(self) -> u64 {
        libm::ceil(self.0) as u64
    }
}

impl fmt::Display for Metres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} m", self.0)
    }
}

/// A round trip that no path can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("round trip {ns} ns is not within 1 to {ROUND_TRIP_MAX_NS} ns")]
pub struct InvalidRoundTrip {
    /// The refused value.
    pub ns: i64,
}

/// A clock error out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("clock error {ns} ns is not within 0 to {CLOCK_ERROR_MAX_NS} ns")]
pub struct InvalidClockError {
    /// The refused value.
    pub ns: i64,
}

/// A sample too far from the moment it is asked to speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sample is {ns} ns from the moment asked about; at most {AGE_MAX_NS} ns count")]
pub struct InvalidAge {
    /// The refused value.
    pub ns: i64,
}

/// A length that is not one.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("length {metres} m is not within 0 to {METRES_MAX} m")]
pub struct InvalidMetres {
    /// The refused value.
    pub metres: f64,
}
