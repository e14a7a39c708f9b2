//! Area, middle and spread of a region, from its arcs alone.
//!
//! Each integral over the region is turned into one over its boundary (Gauss, Stokes), and each arc adds its
//! own part in closed form. The arcs need not be joined into loops, so a boundary of several pieces, with
//! holes or around a pole is nothing special.

use core::f64::consts::{PI, TAU};

use super::arc::{Arc, Rim};
use super::{Extent, Region};
use crate::cap::Cap;
use crate::direction::{Direction, Vector};
use crate::ellipsoid;

impl Region {
    /// Area on the ellipsoid, in square metres.
    #[must_use]
    pub fn area_m2(&self) -> f64 {
        match self.extent {
            Extent::Empty => 0.0,
            Extent::Whole => ellipsoid::AREA_M2,
            Extent::Bounded => {
                let moment: f64 = self.arcs.iter().map(|arc| polar_flux(arc, self.rim(arc))).sum();
                // ∇²(z² − 1/3) = −6 (z² − 1/3), so its integral is a sixth of the flux inward.
                ellipsoid::area_m2(self.solid_angle_sr(), -moment / 6.0)
            }
        }
    }

    /// Solid angle from the Earth's centre, in steradian.
    #[must_use]
    pub fn solid_angle_sr(&self) -> f64 {
        let Some(first) = self.arcs.first() else {
            return if self.extent == Extent::Whole { 2.0 * TAU } else { 0.0 };
        };
        // Counting from a corner of the region keeps every term as small as the region.
        let from = self.rim(first).at(first.start);
        let sum: f64 = self.arcs.iter().map(|arc| sector(arc, self.rim(arc), from)).sum();
        let turns = libm::floor(sum / (2.0 * TAU));
        let angle = sum - turns * 2.0 * TAU;
        // Rounding can push a sliver below zero, which is the same as just short of the whole sphere.
        if angle > 2.0 * TAU - 1e-6 && !self.contains(from.antipode()) { 0.0 } else { angle }
    }

    /// The region's centre of mass on the surface; none when it is empty or has no middle.
    #[must_use]
    pub fn centroid(&self) -> Option<Direction> {
        if self.extent != Extent::Bounded {
            return None;
        }
        // Counting from a corner of the region keeps every term as small as the region, so that what rounding leaves
        // open between one arc's end and the next one's start does not move the middle of a tiny one.
        let corner = self.rim(&self.arcs[0]).at(self.arcs[0].start).vector();
        let parts = self.arcs.iter().map(|arc| moment(arc, self.rim(arc), corner));
        let sum = parts.fold(Vector::new(0.0, 0.0, 0.0), |sum, part| sum + part);
        // A sliver's moment is all rounding: any of its points is then as good as its middle.
        let first = &self.arcs[0];
        if sum.norm() > 1e-18 { sum.direction() } else { Some(self.rim(first).at(first.along(0.5))) }
    }

    /// The least angle from a direction to the region, in radians: 0 inside, infinite to an empty region.
    #[must_use]
    pub fn nearest_rad(&self, direction: Direction) -> f64 {
        if self.contains(direction) {
            return 0.0;
        }
        let angles = self.arcs.iter().map(|arc| arc.angles_to(self.rim(arc), direction).0);
        angles.fold(f64::INFINITY, f64::min)
    }

    /// Whether a cap and the region have a place in common.
    #[must_use]
    pub fn meets(&self, cap: &Cap) -> bool {
        let radius = cap.radius_rad();
        let within = |arc: &Arc| arc.angles_to(self.rim(arc), cap.centre()).0 <= radius;
        self.contains(cap.centre()) || self.arcs.iter().any(within)
    }

    /// The greatest angle from a direction to a place of the region, in radians: 0 to an empty region.
    #[must_use]
    pub fn farthest_rad(&self, direction: Direction) -> f64 {
        if self.contains(direction.antipode()) {
            return PI;
        }
        let angles = self.arcs.iter().map(|arc| arc.angles_to(self.rim(arc), direction).1);
        angles.fold(0.0, f64::max)
    }
}

/// Solid angle swept by the great circle from a fixed point to a point that walks along the arc: the
/// triangle over the arc's chord and the segment between chord and arc.
fn sector(arc: &Arc, rim: &Rim, from: Direction) -> f64 {
    let fan = arc.span_rad * rim.versine;
    if arc.is_whole() {
        return fan;
    }
    // Pieces of at most a third of the rim: no chord comes near to half a turn around the Earth.
    let pieces = if arc.span_rad > TAU / 3.0 { 3 } else { 1 };
    let corner = |index: u32| rim.at(arc.along(f64::from(index) / f64::from(pieces))).vector();
    let parts = (0..pieces).map(|index| {
        let (start, end) = (corner(index), corner(index + 1));
        triangle(from.vector(), start, end) - triangle(rim.centre, start, end)
    });
    fan + parts.sum::<f64>()
}

/// Signed solid angle of a triangle, in steradian (van Oosterom and Strackee 1983).
fn triangle(a: Vector, b: Vector, c: Vector) -> f64 {
    // The differences keep small triangles exact.
    let volume = a.dot((b - a).cross(c - a));
    2.0 * libm::atan2(volume, 1.0 + a.dot(b) + b.dot(c) + c.dot(a))
}

/// The arc's part of `½ ∮ (x − from) × dx`, which is the integral of the direction over the region: the triangle
/// over its chord, and the segment between chord and arc.
fn moment(arc: &Arc, rim: &Rim, from: Vector) -> Vector {
    let squared = rim.sine * rim.sine;
    if arc.is_whole() {
        return rim.centre * (0.5 * squared * arc.span_rad);
    }
    let (start, end) = (rim.at(arc.start).vector(), rim.at(arc.end).vector());
    let segment = rim.centre * (0.5 * squared * (arc.span_rad - libm::sin(arc.span_rad)));
    (start - from).cross(end - start) * 0.5 + segment
}

/// Integral of the direction `u cos φ + v sin φ` over the arc's azimuths.
fn sweep_of(arc: &Arc, rim: &Rim) -> Vector {
    rim.u * (arc.end.sin - arc.start.sin) - rim.v * (arc.end.cos - arc.start.cos)
}

/// The outward flux of the gradient of z² through the arc.
fn polar_flux(arc: &Arc, rim: &Rim) -> f64 {
    let (sin, cos) = (rim.sine, rim.cosine());
    let (start, end, span) = (arc.start, arc.end, arc.span_rad);
    let across = sweep_of(arc, rim).z;
    let double = 0.5 * (end.sin * end.cos - start.sin * start.cos);
    let squares = rim.u.z * rim.u.z * (0.5 * span + double)
        + rim.v.z * rim.v.z * (0.5 * span - double)
        + rim.u.z * rim.v.z * (end.sin * end.sin - start.sin * start.sin);
    let pole = rim.centre.z;
    2.0 * sin
        * (-pole * pole * sin * cos * span + pole * (cos * cos - sin * sin) * across + sin * cos * squares)
}
