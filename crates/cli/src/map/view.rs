//! What part of the Earth is shown, and how it is laid flat: Lambert's azimuthal equal-area projection
//! around the middle, so that areas on paper compare as areas do.

use std::f64::consts::PI;

use lightcone_core::direction::Vector;
use lightcone_core::{Direction, ellipsoid};

use super::scene::{Frame, Spot};
use crate::sphere::{Circle, Shape};

/// The paper.
pub(crate) const PAPER: Spot = (1000.0, 740.0);
const MAP_CORNER: Spot = (20.0, 72.0);
const MAP_SIZE: Spot = (680.0, 648.0);
/// From the middle to the nearer side.
const HALF: f64 = 324.0;
/// Where a corner would be farther than this from the middle on the unit plane (2 is the antipode), the map is
/// round.
const PLANE_MAX: f64 = 1.9;
/// The antipode of the middle is a circle on paper; nothing is drawn this near to it.
const ANTIPODE_RAD: f64 = 0.02;
/// The least that is shown, from the middle to the side: 30 km.
const HALF_MIN_RAD: f64 = 0.005;

/// A projection onto the paper.
pub(crate) struct View {
    centre: Direction,
    east: Vector,
    north: Vector,
    scale: f64,
    radius_rad: f64,
    circle: Circle,
    /// Where on the paper.
    pub(crate) frame: Frame,
}

impl View {
    /// All places within an angle of a centre, and what else fits the paper.
    pub(crate) fn around(centre: Direction, half_rad: f64) -> Self {
        let half_rad = half_rad.clamp(HALF_MIN_RAD, PI);
        let scale = HALF / (2.0 * (half_rad / 2.0).sin());
        let corner = (MAP_SIZE.0 / 2.0).hypot(MAP_SIZE.1 / 2.0) / scale;
        let round = corner > PLANE_MAX;
        let middle = (MAP_CORNER.0 + MAP_SIZE.0 / 2.0, MAP_CORNER.1 + MAP_SIZE.1 / 2.0);
        let (frame, scale, radius_rad) = if round {
            (Frame::Disc { centre: middle, radius: HALF }, scale, half_rad.min(PI - ANTIPODE_RAD))
        } else {
            let frame = Frame::Rectangle { corner: MAP_CORNER, size: MAP_SIZE };
            (frame, scale, 2.0 * (corner / 2.0).asin() * 1.02)
        };
        let across = Vector::new(0.0, 0.0, 1.0).cross(centre.vector());
        let east = across.direction().map_or(Vector::new(0.0, 1.0, 0.0), Direction::vector);
        let north = centre.vector().cross(east);
        let circle = Circle::new(centre, radius_rad);
        Self { centre, east, north, scale, radius_rad, circle, frame }
    }

    /// The middle.
    pub(crate) const fn centre(&self) -> Direction {
        self.centre
    }

    /// From the middle to the farthest place that is shown.
    pub(crate) const fn radius_rad(&self) -> f64 {
        self.radius_rad
    }

    /// Whether so much of the Earth is shown that the map is round.
    pub(crate) const fn is_round(&self) -> bool {
        matches!(self.frame, Frame::Disc { .. })
    }

    /// The angle that one unit of paper is at the middle.
    pub(crate) fn unit_rad(&self) -> f64 {
        1.0 / self.scale
    }

    /// Kilometres that one unit of paper is at the middle.
    pub(crate) fn unit_km(&self) -> f64 {
        ellipsoid::A_M / 1_000.0 / self.scale
    }

    /// Whether a place is near enough to be drawn.
    pub(crate) fn holds(&self, direction: Direction) -> bool {
        self.circle.holds(direction)
    }

    /// Where a place is on the paper.
    pub(crate) fn spot(&self, direction: Direction) -> Spot {
        let (vector, middle) = (direction.vector(), self.frame.centre());
        let stretch = (2.0 / (1.0 + vector.dot(self.centre.vector())).max(1e-12)).sqrt() * self.scale;
        (middle.0 + stretch * vector.dot(self.east), middle.1 - stretch * vector.dot(self.north))
    }

    /// A shape's rings on the paper.
    pub(crate) fn rings(&self, shape: &Shape<'_>) -> Vec<Vec<Spot>> {
        self.flat(self.circle.rings(shape))
    }

    /// A line's stretches on the paper.
    pub(crate) fn lines(&self, points: &[Direction]) -> Vec<Vec<Spot>> {
        self.flat(self.circle.lines(points))
    }

    /// The closed loops of a shape as lines on the paper.
    pub(crate) fn outlines(&self, shape: &Shape<'_>) -> Vec<Vec<Spot>> {
        let closed = shape.loops.iter().map(|points| {
            let mut points = points.clone();
            points.extend(points.first().copied());
            points
        });
        closed.flat_map(|points| self.lines(&points)).collect()
    }

    fn flat(&self, lines: Vec<Vec<Direction>>) -> Vec<Vec<Spot>> {
        lines.into_iter().map(|line| line.into_iter().map(|point| self.spot(point)).collect()).collect()
    }
}
