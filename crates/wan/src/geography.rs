//! Delays from places: the way over the ellipsoid at the speed of light, times what real routes add.

use std::time::Duration;

use fastrand::Rng;
use geographiclib_rs::{Geodesic, InverseGeodesic};
use lightcone_core::Point;
use lightcone_core::light::C_M_PER_S;

use crate::host::Place;
use crate::path::{InvalidPath, Jitter, Path, ns};
use crate::stretch;

/// What each path has whatever its length: switches and hosts at both ends, one way.
pub const ACCESS: Duration = Duration::from_micros(100);
/// The mean of what an ordinary path adds to its delay, one way. The least of sixty-four round trips is then about
/// 25 µs above the floor.
pub const JITTER_MEAN: Duration = Duration::from_micros(100);

/// How places become paths. No path is ever faster than light along the geodesic: by construction, the stretch
/// being at least 1 and rounding being up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geography {
    stretch: Stretch,
    access: Duration,
    jitter: Jitter,
    seed: u64,
}

/// How many times longer than light's way over the ellipsoid a path takes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stretch {
    /// Drawn for each pair of places from what is seen between cloud regions; see [`stretch`].
    Azure2026,
    /// The same for all.
    Fixed(f64),
}

impl Geography {
    /// Paths as between cloud regions: the stretch is drawn from [`stretch::AZURE_2026`], once and for all for each
    /// pair of places by `seed` and their names, the same both ways. Access [`ACCESS`], jitter of mean
    /// [`JITTER_MEAN`].
    #[must_use]
    pub const fn azure_2026(seed: u64) -> Self {
        let jitter = Jitter::Exponential { mean: JITTER_MEAN };
        Self { stretch: Stretch::Azure2026, access: ACCESS, jitter, seed }
    }

    /// Paths at one share of the speed of light (0.33 is ordinary, 1 the limit), without access delay or jitter.
    ///
    /// # Errors
    /// [`InvalidSpeed`] for a speed above light's, or below [`SPEED_MIN`] of it.
    pub fn at_speed(share_of_light: f64) -> Result<Self, InvalidSpeed> {
        if (SPEED_MIN..=1.0).contains(&share_of_light) {
            let stretch = Stretch::Fixed(1.0 / share_of_light);
            Ok(Self { stretch, access: Duration::ZERO, jitter: Jitter::None, seed: 0 })
        } else {
            Err(InvalidSpeed { share_of_light })
        }
    }

    /// The same with another access delay, one way.
    ///
    /// # Errors
    /// [`InvalidPath`] for more than [`ACCESS_MAX`].
    pub fn with_access(self, access: Duration) -> Result<Self, InvalidPath> {
        if access > ACCESS_MAX {
            return Err(InvalidPath::TooLong { what: "access delay", delay: access });
        }
        Ok(Self { access, ..self })
    }

    /// The same with another jitter.
    ///
    /// # Errors
    /// [`InvalidPath`] for more than [`crate::path::DELAY_MAX`].
    pub fn with_jitter(self, jitter: Jitter) -> Result<Self, InvalidPath> {
        jitter.check()?;
        Ok(Self { jitter, ..self })
    }

    /// The path from one place to another, the same both ways.
    #[must_use]
    pub fn path(&self, from: &Place, to: &Place) -> Path {
        let distance_m = distance_m(from.point(), to.point());
        let stretch = match self.stretch {
            Stretch::Fixed(stretch) => stretch,
            Stretch::Azure2026 => stretch::at(distance_m, self.luck(from, to)),
        };
        self.with_delay_ns(late_ns(distance_m, stretch) + ns(self.access))
    }

    /// A path of a known delay with this geography's jitter. The longest geodesic at the slowest speed, with access,
    /// is far below the limit of a delay, as is half of the longest round trip.
    pub(crate) fn with_delay_ns(&self, delay_ns: u64) -> Path {
        Path::within_limits(Duration::from_nanos(delay_ns), self.jitter)
    }

    /// Where in the distribution the path between two places falls, 0 to 1.
    fn luck(&self, from: &Place, to: &Place) -> f64 {
        let (first, second) = if from.name() <= to.name() { (from, to) } else { (to, from) };
        let bytes = first.name().bytes().chain([0]).chain(second.name().bytes());
        Rng::with_seed(fnv(self.seed, bytes)).f64()
    }
}

/// The slowest speed that [`Geography::at_speed`] takes, as a share of light's.
pub const SPEED_MIN: f64 = 0.02;
/// The longest access delay, one way: with the longest geodesic at the slowest speed it stays below [`crate::path::DELAY_MAX`].
pub const ACCESS_MAX: Duration = Duration::from_secs(1);

/// Length of the geodesic between two points, in metres.
#[must_use]
pub fn distance_m(from: Point, to: Point) -> f64 {
    let (a, b) = ((from.lat_deg(), from.lon_deg()), (to.lat_deg(), to.lon_deg()));
    Geodesic::wgs84().inverse(a.0, a.1, b.0, b.1)
}

/// The least that a signal takes from one point to another along the ellipsoid, in nanoseconds, rounded up.
#[must_use]
pub fn light_ns(from: Point, to: Point) -> u64 {
    late_ns(distance_m(from, to), 1.0)
}

/// A nanosecond beyond rounding up is more than all that the arithmetic loses.
fn late_ns(distance_m: f64, stretch: f64) -> u64 {
    (distance_m / C_M_PER_S * stretch.max(1.0) * 1e9).ceil() as u64 + 1
}

/// FNV-1a: the standard library promises no hash that stays the same.
fn fnv(seed: u64, bytes: impl Iterator<Item = u8>) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed;
    bytes.fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A speed that no honest path has.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("speed {share_of_light} of light's is not within {SPEED_MIN} to 1")]
pub struct InvalidSpeed {
    /// The refused share.
    pub share_of_light: f64,
}
