//! How far a signal can have gone: light modes, and the error budget of one measurement.

use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use crate::ellipsoid::{self, A_M, B_M, EP2};
use crate::units::{Age, ClockError, Metres, ROUND_TRIP_MAX_NS, RoundTrip};

/// Speed of light in vacuum, in metres a second: exact by the definition of the metre.
pub const C_M_PER_S: f64 = 299_792_458.0;
/// A path may run this far below the ellipsoid, in metres: deeper than any sea floor, so no cable escapes
/// the bound. It shortens the way round by about 0.17 %.
pub const PATH_DEPTH_M: f64 = 11_000.0;
/// How fast a chip may move between a sample and the moment asked about, in metres a second (1,000 km/h,
/// an airliner).
pub const CARRIER_M_PER_S: f64 = 280.0;
/// Added to every reach, in metres: swallows all rounding of the arithmetic, always outward.
pub const ARITHMETIC_M: f64 = 1.0;
/// Refractive indices that `fibre(n)` accepts: hollow core to the densest glass in use.
pub const FIBRE_INDEX: core::ops::RangeInclusive<f64> = 1.0..=2.0;

/// What a signal is assumed to be able to do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum LightMode {
    /// Light in vacuum along the surface, or up to [`PATH_DEPTH_M`] below it. The only mode whose results
    /// are called proven without a qualifier.
    #[default]
    Vacuum,
    /// Light in glass of this refractive index. An assumption about every cable on the way, printed with
    /// each result: hollow-core fibre and microwave links break it.
    Fibre(FibreIndex),
    /// Light in vacuum straight through the Earth: assumes nothing about paths at all.
    Chord,
}

/// Refractive index of a fibre, within [`FIBRE_INDEX`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FibreIndex(f64);

impl FibreIndex {
    /// A refractive index.
    ///
    /// # Errors
    /// [`InvalidLightMode`] outside [`FIBRE_INDEX`], or for NaN.
    pub fn new(index: f64) -> Result<Self, InvalidLightMode> {
        if FIBRE_INDEX.contains(&index) { Ok(Self(index)) } else { Err(InvalidLightMode::Index { index }) }
    }

    /// The index.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl LightMode {
    /// Signal speed in metres a second.
    #[must_use]
    pub fn speed_m_per_s(self) -> f64 {
        match self {
            Self::Vacuum | Self::Chord => C_M_PER_S,
            Self::Fibre(index) => C_M_PER_S / index.get(),
        }
    }

    /// Whether results rest on physics alone. `Fibre` rests on a named assumption.
    #[must_use]
    pub const fn is_proof(self) -> bool {
        !matches!(self, Self::Fibre(_))
    }

    /// The longest way one way, in metres of signal path: `v · (rtt + clock error) / 2`.
    #[must_use]
    pub fn path_m(self, round_trip: RoundTrip, clock_error: ClockError) -> f64 {
        let ns = (round_trip.ns() + clock_error.ns()) as f64;
        self.speed_m_per_s() * ns * 0.5e-9
    }

    /// The reach of one measurement; see [`Reach`].
    #[must_use]
    pub fn reach(self, round_trip: RoundTrip, budget: ErrorBudget) -> Reach {
        let path_m = self.path_m(round_trip, budget.clock);
        let error_m = budget.position.get() + carried_m(budget.age) + ARITHMETIC_M;
        Reach { path_m, error_m, straight: matches!(self, Self::Chord) }
    }

    /// The longest round trip whose bound, around a landmark at a geocentric latitude, stays short of an
    /// angle; none when the errors alone reach it. Found by halving, so that it is right for every mode.
    #[must_use]
    pub fn longest_round_trip(
        self,
        latitude_rad: f64,
        angle_rad: f64,
        budget: ErrorBudget,
    ) -> Option<RoundTrip> {
        let short_of = |ns: u64| {
            let round_trip = RoundTrip::from_ns(ns as i64).ok()?;
            (self.reach(round_trip, budget).turn_rad(latitude_rad) < angle_rad).then_some(round_trip)
        };
        let (mut longest, mut too_long) = (short_of(1)?, ROUND_TRIP_MAX_NS + 1);
        while too_long - longest.ns() > 1 {
            let middle = longest.ns().midpoint(too_long);
            match short_of(middle) {
                Some(longer) => longest = longer,
                None => too_long = middle,
            }
        }
        Some(longest)
    }
}

/// How far a chip can have been carried within an age, in metres.
#[must_use]
pub fn carried_m(age: Age) -> f64 {
    CARRIER_M_PER_S * (age.ns() as f64 * 1e-9)
}

/// Everything that enlarges a measurement's bound.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ErrorBudget {
    /// How far from its stated point the landmark may stand.
    pub position: Metres,
    /// How much longer than measured the round trip may have been.
    pub clock: ClockError,
    /// How far in time the sample is from the moment asked about.
    pub age: Age,
}

/// The bound `D = v · (rtt + clock error) / 2 + position error` of one measurement, kept in its two parts:
/// the signal's way, which may run deep or straight, and what is added on the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    path_m: f64,
    error_m: f64,
    straight: bool,
}

/// A path at [`PATH_DEPTH_M`] turns the direction this much more than the same length on the surface. The
/// extra metre covers the angle between depth and the line to the centre.
const DEPTH_FACTOR: f64 = B_M / (B_M - PATH_DEPTH_M - 1.0);

impl Reach {
    /// Grown by so many metres of surface, for a border's error or a band of sea.
    #[must_use]
    pub fn grown(self, by: Metres) -> Self {
        Self { error_m: self.error_m + by.get(), ..self }
    }

    /// The bound in metres of surface: an upper bound on the chip's distance from the landmark's stated
    /// point. Infinite when a straight path of this length leaves nothing out.
    #[must_use]
    pub fn surface_m(self) -> f64 {
        if !self.straight {
            return self.path_m * DEPTH_FACTOR + self.error_m;
        }
        let angle = self.straight_turn_rad(core::f64::consts::FRAC_PI_2);
        if angle >= core::f64::consts::PI {
            f64::INFINITY
        } else {
            ellipsoid::surface_max_m(angle) + self.error_m
        }
    }

    /// The most that the direction from the Earth's centre can differ between the landmark's stated point,
    /// at this geocentric latitude, and the chip, in radians; π or more when nothing is left out.
    #[must_use]
    pub fn turn_rad(self, latitude_rad: f64) -> f64 {
        if self.straight {
            self.straight_turn_rad(latitude_rad) + self.error_m / B_M
        } else {
            ellipsoid::turn_rad(latitude_rad, self.surface_m())
        }
    }

    /// Orders bounds of one landmark, the tighter first; equal turns by their parts, so that the order is the
    /// same however they come.
    pub(crate) fn tighter(self, other: Self, latitude_rad: f64) -> Ordering {
        let turns = self.turn_rad(latitude_rad).total_cmp(&other.turn_rad(latitude_rad));
        turns.then(self.path_m.total_cmp(&other.path_m)).then(self.error_m.total_cmp(&other.error_m))
    }

    /// A lower and an upper bound of [`Self::turn_rad`] that cost next to nothing.
    #[must_use]
    pub fn turn_bounds_rad(self, latitude_rad: f64) -> (f64, f64) {
        if self.straight {
            let turn = self.turn_rad(latitude_rad);
            return (turn, turn);
        }
        let surface_m = self.surface_m();
        (surface_m / A_M, surface_m * ((1.0 + 0.5 * EP2) / A_M))
    }

    /// Two points at distances p and q from the centre are at least `2·√(p·q)·sin(θ/2)` apart.
    fn straight_turn_rad(self, latitude_rad: f64) -> f64 {
        let depth = PATH_DEPTH_M + 1.0;
        let quarter = core::f64::consts::FRAC_PI_2;
        let stand = self.error_m / B_M; // the landmark itself may stand this much nearer to a pole
        let near = ellipsoid::radius_m((latitude_rad + stand).min(quarter)) - depth;
        let turn = |far: f64| {
            let half = self.path_m / (2.0 * libm::sqrt(near * far));
            if half >= 1.0 { core::f64::consts::PI } else { 2.0 * libm::asin(half) }
        };
        let coarse = turn(B_M - depth);
        let reached = (latitude_rad + stand + coarse).min(quarter);
        turn(ellipsoid::radius_m(reached) - depth)
    }
}

impl fmt::Display for LightMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vacuum => f.write_str("vacuum"),
            Self::Fibre(index) => write!(f, "fibre:{}", index.get()),
            Self::Chord => f.write_str("chord"),
        }
    }
}

impl FromStr for LightMode {
    type Err = InvalidLightMode;

    /// `vacuum`, `chord` or `fibre:N` with a refractive index N.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "vacuum" => Ok(Self::Vacuum),
            None if text == "chord" => Ok(Self::Chord),
            Some(("fibre", index)) => {
                let index = index.parse().map_err(|_| InvalidLightMode::Name)?;
                FibreIndex::new(index).map(Self::Fibre)
            }
            _ => Err(InvalidLightMode::Name),
        }
    }
}

/// A light mode that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InvalidLightMode {
    /// Not one of the names.
    #[error("light mode is none of `vacuum`, `chord`, `fibre:N` (for example `fibre:1.468`)")]
    Name,
    /// A refractive index out of range.
    #[error("refractive index {index} is not within 1 to 2")]
    Index {
        /// The refused index.
        index: f64,
    },
}
