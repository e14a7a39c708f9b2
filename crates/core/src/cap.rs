//! A cap: all directions within an angle of a centre. One measurement allows one cap.

use core::f64::consts::PI;

use crate::direction::Direction;

/// A cap of the sphere of directions, kept by the versine `1 − cos` of its angular radius, which stays
/// exact for small caps. A versine of 2 is the whole sphere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cap {
    centre: Direction,
    versine: f64,
}

impl Cap {
    /// The cap of an angular radius in radians, not negative.
    #[must_use]
    pub fn around(centre: Direction, radius_rad: f64) -> Self {
        if radius_rad >= PI {
            return Self { centre, versine: 2.0 };
        }
        let half = libm::sin(0.5 * radius_rad);
        Self { centre, versine: 2.0 * half * half }
    }

    /// The middle.
    #[must_use]
    pub const fn centre(&self) -> Direction {
        self.centre
    }

    /// `1 − cos` of the angular radius, within 0 to 2.
    #[must_use]
    pub const fn versine(&self) -> f64 {
        self.versine
    }

    /// Sine of the angular radius.
    #[must_use]
    pub fn sine(&self) -> f64 {
        libm::sqrt((self.versine * (2.0 - self.versine)).max(0.0))
    }

    /// Cosine of the angular radius.
    #[must_use]
    pub fn cosine(&self) -> f64 {
        1.0 - self.versine
    }

    /// Angular radius in radians.
    #[must_use]
    pub fn radius_rad(&self) -> f64 {
        2.0 * libm::asin(libm::sqrt((0.5 * self.versine).clamp(0.0, 1.0)))
    }

    /// Whether nothing is left out.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.versine >= 2.0
    }

    /// Whether a direction lies in the cap, its rim included.
    #[must_use]
    pub fn contains(&self, direction: Direction) -> bool {
        self.centre.versine_to(direction) <= self.versine
    }
}
