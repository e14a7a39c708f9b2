//! Rims of caps, and the arcs of them that bound a region.

use core::f64::consts::TAU;

use crate::cap::Cap;
use crate::direction::{Direction, Vector};

/// The rim of a cap with a frame to count azimuths in.
#[derive(Clone, Copy, Debug)]
pub struct Rim {
    pub(crate) centre: Vector,
    pub(crate) u: Vector,
    pub(crate) v: Vector,
    pub(crate) versine: f64,
    pub(crate) sine: f64,
}

impl Rim {
    pub(crate) fn of(cap: &Cap) -> Self {
        let (u, v) = cap.centre().frame();
        Self { centre: cap.centre().vector(), u, v, versine: cap.versine(), sine: cap.sine() }
    }

    /// Cosine of the cap's angular radius.
    pub(crate) fn cosine(&self) -> f64 {
        1.0 - self.versine
    }

    /// The direction of an azimuth, at a right angle to the centre.
    pub(crate) fn towards(&self, turn: Turn) -> Vector {
        self.u * turn.cos + self.v * turn.sin
    }

    /// The point of the rim at an azimuth.
    #[must_use]
    pub fn at(&self, turn: Turn) -> Direction {
        let point = self.centre * self.cosine() + self.towards(turn) * self.sine;
        point.direction().unwrap_or(Direction::NORTH) // of length one but for rounding
    }

    /// The azimuth of a direction as seen from the centre; none for the centre and its antipode.
    #[must_use]
    pub fn azimuth(&self, direction: Direction) -> Option<Turn> {
        Turn::of(direction.vector().dot(self.u), direction.vector().dot(self.v))
    }
}

/// An azimuth, kept as cosine and sine: no trigonometry needed to compare or to turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    pub(crate) cos: f64,
    pub(crate) sin: f64,
}

impl Turn {
    /// Azimuth zero.
    pub const ZERO: Self = Self { cos: 1.0, sin: 0.0 };

    /// The azimuth of (x, y), unless both are zero.
    pub(crate) fn of(x: f64, y: f64) -> Option<Self> {
        let norm = libm::sqrt(x * x + y * y);
        (norm > 0.0).then(|| Self { cos: x / norm, sin: y / norm })
    }

    /// An azimuth in radians.
    #[must_use]
    pub fn from_rad(rad: f64) -> Self {
        let (sin, cos) = libm::sincos(rad);
        Self { cos, sin }
    }

    /// The sum of two azimuths.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            cos: self.cos * other.cos - self.sin * other.sin,
            sin: self.sin * other.cos + self.cos * other.sin,
        }
    }

    /// The difference of two azimuths.
    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            cos: self.cos * other.cos + self.sin * other.sin,
            sin: self.sin * other.cos - self.cos * other.sin,
        }
    }

    /// The opposite azimuth.
    pub(crate) fn reverse(self) -> Self {
        Self { cos: -self.cos, sin: -self.sin }
    }

    /// A number within 0 to 4 that grows with the azimuth: enough to sort by, and cheap.
    pub(crate) fn rank(self) -> f64 {
        let slope = self.sin / (self.cos.abs() + self.sin.abs());
        match (self.cos < 0.0, self.sin < 0.0) {
            (true, _) => 2.0 - slope,
            (false, true) => 4.0 + slope,
            (false, false) => slope,
        }
    }

    /// The azimuth in radians, within 0 to 2π.
    pub(crate) fn rad(self) -> f64 {
        let rad = libm::atan2(self.sin, self.cos);
        if rad < 0.0 { rad + TAU } else { rad }
    }
}

/// A piece of a cap's rim with the region on its left: it runs against the clock as seen from above the
/// cap's centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arc {
    /// Position of the cap's bound in the region.
    pub(crate) bound: usize,
    /// Azimuth at which it begins.
    pub(crate) start: Turn,
    /// Azimuth at which it ends.
    pub(crate) end: Turn,
    /// Length as an azimuth, in radians; 2π for a whole rim.
    pub(crate) span_rad: f64,
}

impl Arc {
    pub(crate) fn new(bound: usize, start: Turn, end: Turn) -> Self {
        Self { bound, start, end, span_rad: end.minus(start).rad() }
    }

    pub(crate) const fn whole(bound: usize) -> Self {
        Self { bound, start: Turn::ZERO, end: Turn::ZERO, span_rad: TAU }
    }

    /// Whether it is the whole rim.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.span_rad >= TAU
    }

    /// Length as an azimuth around the cap's centre, in radians.
    #[must_use]
    pub const fn span_rad(&self) -> f64 {
        self.span_rad
    }

    /// Position of the cap in [`super::Region::bounds`].
    #[must_use]
    pub const fn bound(&self) -> usize {
        self.bound
    }

    /// Whether an azimuth lies on the arc.
    pub(crate) fn spans(&self, turn: Turn) -> bool {
        self.is_whole() || turn.minus(self.start).rad() <= self.span_rad
    }

    /// The azimuth that far along the arc, 0 for its start and 1 for its end.
    #[must_use]
    pub fn along(&self, share: f64) -> Turn {
        self.start.plus(Turn::from_rad(self.span_rad * share))
    }

    /// The least and the greatest angle between a direction and the points of the arc, in radians.
    pub(crate) fn angles_to(&self, rim: &Rim, direction: Direction) -> (f64, f64) {
        let ends = [rim.at(self.start).angle_to(direction), rim.at(self.end).angle_to(direction)];
        let (mut least, mut most) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let Some(azimuth) = rim.azimuth(direction) else { return (least, most) };
        if self.spans(azimuth) {
            least = least.min(rim.at(azimuth).angle_to(direction));
        }
        if self.spans(azimuth.reverse()) {
            most = most.max(rim.at(azimuth.reverse()).angle_to(direction));
        }
        (least, most)
    }
}
