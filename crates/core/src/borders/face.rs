//! The sphere of directions seen on the six faces of a cube, where great circles are straight lines.

use crate::direction::{Direction, Vector};

/// A face of the cube around the Earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Face(u8);

/// A point of a face, both coordinates within −1 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) u: f64,
    pub(super) v: f64,
}

/// A rectangle of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tile {
    pub(super) low: Spot,
    pub(super) high: Spot,
}

/// Rectangles are taken this much larger when edges are sorted into them: rounding loses no edge.
const INFLATE: f64 = 1e-12;

impl Face {
    pub(super) const ALL: [Self; 6] = [Self(0), Self(1), Self(2), Self(3), Self(4), Self(5)];

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The face that a direction pierces.
    pub(super) fn of(direction: Direction) -> Self {
        let d = direction.vector();
        let (x, y, z) = (d.x.abs(), d.y.abs(), d.z.abs());
        if x >= y && x >= z {
            Self(if d.x >= 0.0 { 0 } else { 3 })
        } else if y >= z {
            Self(if d.y >= 0.0 { 1 } else { 4 })
        } else {
            Self(if d.z >= 0.0 { 2 } else { 5 })
        }
    }

    /// The vector in the face's own frame: along it, across it, and out of it, right-handed.
    fn frame(self, d: Vector) -> (f64, f64, f64) {
        match self.0 {
            0 => (d.y, d.z, d.x),
            1 => (d.z, d.x, d.y),
            2 => (d.x, d.y, d.z),
            3 => (d.z, d.y, -d.x),
            4 => (d.x, d.z, -d.y),
            _ => (d.y, d.x, -d.z),
        }
    }

    /// Where a direction is seen on the face or beyond its rim; none on the far side.
    pub(super) fn project(self, direction: Direction) -> Option<Spot> {
        let (u, v, w) = self.frame(direction.vector());
        (w > 0.3).then(|| Spot { u: u / w, v: v / w })
    }

    /// The direction in which a spot is seen.
    pub(super) fn direction(self, spot: Spot) -> Direction {
        let Spot { u, v } = spot;
        let vector = match self.0 {
            0 => Vector::new(1.0, u, v),
            1 => Vector::new(v, 1.0, u),
            2 => Vector::new(u, v, 1.0),
            3 => Vector::new(-1.0, v, u),
            4 => Vector::new(u, -1.0, v),
            _ => Vector::new(v, u, -1.0),
        };
        vector.direction().unwrap_or(Direction::NORTH) // at least of length one
    }
}

/// Twice the area of a triangle, positive when its corners turn left.
pub(super) fn turn(a: Spot, b: Spot, c: Spot) -> f64 {
    (b.u - a.u) * (c.v - a.v) - (b.v - a.v) * (c.u - a.u)
}

impl Tile {
    pub(super) const WHOLE: Self = Self { low: Spot { u: -1.0, v: -1.0 }, high: Spot { u: 1.0, v: 1.0 } };

    pub(super) fn centre(&self) -> Spot {
        Spot { u: 0.5 * (self.low.u + self.high.u), v: 0.5 * (self.low.v + self.high.v) }
    }

    pub(super) fn corners(&self) -> [Spot; 4] {
        let Self { low, high } = *self;
        [low, Spot { u: high.u, v: low.v }, high, Spot { u: low.u, v: high.v }]
    }

    /// The four quarters; bit 0 of the position is the half along u, bit 1 along v.
    pub(super) fn quarters(&self) -> [Self; 4] {
        let (low, mid, high) = (self.low, self.centre(), self.high);
        let quarter = |u: bool, v: bool| Self {
            low: Spot { u: if u { mid.u } else { low.u }, v: if v { mid.v } else { low.v } },
            high: Spot { u: if u { high.u } else { mid.u }, v: if v { high.v } else { mid.v } },
        };
        [quarter(false, false), quarter(true, false), quarter(false, true), quarter(true, true)]
    }

    /// The quarter that holds a spot.
    pub(super) fn quarter_of(&self, spot: Spot) -> usize {
        let mid = self.centre();
        usize::from(spot.u >= mid.u) + 2 * usize::from(spot.v >= mid.v)
    }

    /// Whether a straight line meets the rectangle, or passes within a hair of it.
    pub(super) fn meets(&self, a: Spot, b: Spot) -> bool {
        let apart =
            |a: f64, b: f64, low: f64, high: f64| a.max(b) < low - INFLATE || a.min(b) > high + INFLATE;
        if apart(a.u, b.u, self.low.u, self.high.u) || apart(a.v, b.v, self.low.v, self.high.v) {
            return false;
        }
        let sides = self.corners().map(|corner| turn(a, b, corner));
        let slack = INFLATE * ((b.u - a.u).abs() + (b.v - a.v).abs());
        !(sides.iter().all(|side| *side > slack) || sides.iter().all(|side| *side < -slack))
    }

    /// The middle of the part of a line that lies in the rectangle.
    pub(super) fn middle_of(&self, a: Spot, b: Spot) -> Option<Spot> {
        let (mut from, mut to) = (0.0f64, 1.0f64);
        let bands = [(a.u, b.u, self.low.u, self.high.u), (a.v, b.v, self.low.v, self.high.v)];
        for (start, end, low, high) in bands {
            let run = end - start;
            if run == 0.0 {
                if start < low || start > high {
                    return None;
                }
                continue;
            }
            let (enter, leave) = ((low - start) / run, (high - start) / run);
            from = from.max(enter.min(leave));
            to = to.min(enter.max(leave));
        }
        let at = 0.5 * (from + to);
        (from < to).then_some(Spot { u: a.u + (b.u - a.u) * at, v: a.v + (b.v - a.v) * at })
    }
}
