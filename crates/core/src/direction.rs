//! Unit vectors from the centre of the Earth: where a place is, without latitudes that break at the poles.

use core::ops::{Add, Mul, Neg, Sub};

/// A vector in the Earth-centred, Earth-fixed frame: x to 0° N 0° E, y to 0° N 90° E, z to the North Pole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector {
    /// Towards 0° N 0° E.
    pub x: f64,
    /// Towards 0° N 90° E.
    pub y: f64,
    /// Towards the North Pole.
    pub z: f64,
}

impl Vector {
    /// A vector of its three components.
    #[must_use]
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    /// Scalar product.
    #[must_use]
    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    /// Vector product.
    #[must_use]
    pub fn cross(self, other: Self) -> Self {
        Self::new(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    /// Length.
    #[must_use]
    pub fn norm(self) -> f64 {
        libm::sqrt(self.dot(self))
    }

    /// The direction of this vector, if it is long enough to have one.
    #[must_use]
    pub fn direction(self) -> Option<Direction> {
        let norm = self.norm();
        (norm > 1e-300).then(|| Direction(self * (1.0 / norm)))
    }
}

impl Add for Vector {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for Vector {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f64> for Vector {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self::new(self.x * factor, self.y * factor, self.z * factor)
    }
}

impl Neg for Vector {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.x, -self.y, -self.z)
    }
}

/// A place as seen from the centre of the Earth: a vector of length one. Heights are not in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Direction(Vector);

impl Direction {
    /// The North Pole.
    pub const NORTH: Self = Self(Vector::new(0.0, 0.0, 1.0));

    /// The vector of length one.
    #[must_use]
    pub const fn vector(self) -> Vector {
        self.0
    }

    /// The other side of the Earth.
    #[must_use]
    pub fn antipode(self) -> Self {
        Self(-self.0)
    }

    /// `1 − cos` of the angle to another direction, within 0 to 2. Exact for small angles, where the cosine
    /// itself loses sixty metres.
    #[must_use]
    pub fn versine_to(self, other: Self) -> f64 {
        let chord = self.0 - other.0;
        0.5 * chord.dot(chord)
    }

    /// The angle to another direction in radians, good to the last digits at every size.
    #[must_use]
    pub fn angle_to(self, other: Self) -> f64 {
        libm::atan2(self.0.cross(other.0).norm(), self.0.dot(other.0))
    }

    /// Two directions at right angles to this one and to each other, so that (`u`, `v`, `self`) is
    /// right-handed: azimuths are counted from `u` towards `v`, against the clock as seen from above.
    #[must_use]
    pub fn frame(self) -> (Vector, Vector) {
        let c = self.0;
        // The axis least along c keeps the cross product long.
        let axis = if c.x.abs() <= c.y.abs() && c.x.abs() <= c.z.abs() {
            Vector::new(1.0, 0.0, 0.0)
        } else if c.y.abs() <= c.z.abs() {
            Vector::new(0.0, 1.0, 0.0)
        } else {
            Vector::new(0.0, 0.0, 1.0)
        };
        let across = axis - c * axis.dot(c);
        let u = across * (1.0 / across.norm());
        (u, c.cross(u))
    }

    /// The point half way to another direction along the great circle, if the two are not antipodes.
    #[must_use]
    pub fn midway(self, other: Self) -> Option<Self> {
        (self.0 + other.0).direction()
    }
}
