//! Shapes cut by a circle on the sphere: what a map around a point can show.

use std::f64::consts::TAU;

use lightcone_core::Direction;
use lightcone_core::direction::Vector;

use super::Shape;
use super::weave::{Piece, weave};

/// Azimuth between two points along the circle, at most.
const STEP_RAD: f64 = TAU / 180.0;
/// Halvings to find where a side crosses the circle: a chord of half the Earth down to a metre.
const HALVINGS: u32 = 24;

/// All places within an angle of a centre.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circle {
    centre: Vector,
    u: Vector,
    v: Vector,
    radius_rad: f64,
}

impl Circle {
    /// A circle around a centre.
    pub(crate) fn new(centre: Direction, radius_rad: f64) -> Self {
        let (u, v) = centre.frame();
        Self { centre: centre.vector(), u, v, radius_rad }
    }

    /// Whether a direction is in the circle.
    pub(crate) fn holds(&self, direction: Direction) -> bool {
        direction.vector().dot(self.centre) >= self.radius_rad.cos()
    }

    /// The rings of a shape within the circle, to be filled by the even-odd rule.
    pub(crate) fn rings(&self, shape: &Shape<'_>) -> Vec<Vec<Direction>> {
        let (mut rings, mut pieces) = (Vec::new(), Vec::new());
        for points in &shape.loops {
            self.cut(points, &mut rings, &mut pieces);
        }
        let crossed = !pieces.is_empty();
        rings.extend(weave(pieces, TAU, |from, to| self.along(from, to)));
        if !crossed && (shape.contains)(self.at(0.0)) {
            rings.push(self.along(0.0, TAU));
        }
        rings
    }

    /// The stretches of an open line within the circle.
    pub(crate) fn lines(&self, points: &[Direction]) -> Vec<Vec<Direction>> {
        let mut lines: Vec<Vec<Direction>> = Vec::new();
        let mut inside = false;
        for (index, &point) in points.iter().enumerate() {
            let holds = self.holds(point);
            if index > 0 && holds != inside {
                let edge = self.crossing(points[index - 1], point);
                if holds {
                    lines.push(vec![edge])
                } else if let Some(line) = lines.last_mut() {
                    line.push(edge)
                }
            }
            if holds {
                if index == 0 {
                    lines.push(Vec::new());
                }
                if let Some(line) = lines.last_mut() {
                    line.push(point);
                }
            }
            inside = holds;
        }
        lines
    }

    fn cut(&self, points: &[Direction], rings: &mut Vec<Vec<Direction>>, pieces: &mut Vec<Piece<Direction>>) {
        let count = points.len();
        let holds: Vec<bool> = points.iter().map(|&point| self.holds(point)).collect();
        let Some(first) = (0..count).find(|&index| !holds[index]) else {
            rings.push(points.to_vec());
            return;
        };
        let mut piece: Vec<Direction> = Vec::new();
        for index in (first..first + count).map(|index| index % count) {
            let next = (index + 1) % count;
            if holds[index] {
                piece.push(points[index]);
            }
            if holds[index] == holds[next] {
                continue;
            }
            piece.push(self.crossing(points[index], points[next]));
            if holds[index] {
                let points = std::mem::take(&mut piece);
                let (enters, leaves) = (self.azimuth(points[0]), self.azimuth(points[points.len() - 1]));
                pieces.push(Piece { points, enters, leaves });
            }
        }
    }

    /// Where a side crosses the circle.
    fn crossing(&self, from: Direction, to: Direction) -> Direction {
        let inside = self.holds(from);
        let (mut low, mut high) = (from, to);
        for _ in 0..HALVINGS {
            let Some(middle) = low.midway(high) else { break };
            if self.holds(middle) == inside { low = middle } else { high = middle }
        }
        low
    }

    fn azimuth(&self, direction: Direction) -> f64 {
        let vector = direction.vector();
        vector.dot(self.v).atan2(vector.dot(self.u)).rem_euclid(TAU)
    }

    /// The point of the circle at an azimuth.
    fn at(&self, azimuth_rad: f64) -> Direction {
        let ((sin, cos), (rise, run)) = (self.radius_rad.sin_cos(), azimuth_rad.sin_cos());
        let vector = self.centre * cos + (self.u * run + self.v * rise) * sin;
        vector.direction().unwrap_or(Direction::NORTH)
    }

    /// Points of the circle between two azimuths.
    fn along(&self, from: f64, to: f64) -> Vec<Direction> {
        let steps = ((to - from) / STEP_RAD).ceil().max(1.0) as u32;
        (1..steps).map(|step| self.at(from + (to - from) * f64::from(step) / f64::from(steps))).collect()
    }
}
