//! How far it is to the nearest place of some areas.
//!
//! Nearness is kept as the cosine of the angle, which needs no trigonometry: the greatest wins. Below a
//! ten-thousandth of a degree a cosine tells angles apart by centimetres only, far less than the border
//! error.

use super::index::{Cell, Index, Inside};
use crate::area::AreaSet;
use crate::direction::{Direction, Vector};

/// The least angle from a direction to a place in one of the areas, in radians; 0 inside, infinite when
/// they have no place.
pub(super) fn angle_rad(index: &Index, from: Direction, areas: &AreaSet) -> f64 {
    if areas.contains(index.area(from)) {
        return 0.0;
    }
    let mut search = Search { index, from: from.vector(), areas, nearest: Nearest::NOWHERE };
    search.visit_all(core::array::from_fn::<_, 6, _>(|face| face));
    search.nearest.angle_rad(from)
}

/// The nearest place found so far.
#[derive(Clone, Copy)]
struct Nearest {
    cos: f64,
    place: Option<Vector>,
}

impl Nearest {
    const NOWHERE: Self = Self { cos: f64::NEG_INFINITY, place: None };

    fn angle_rad(self, from: Direction) -> f64 {
        let place = self.place.and_then(Vector::direction);
        place.map_or(f64::INFINITY, |place| from.angle_to(place))
    }
}

struct Search<'a> {
    index: &'a Index,
    from: Vector,
    areas: &'a AreaSet,
    nearest: Nearest,
}

impl Search<'_> {
    /// Visits cells, the one that may hold the nearest place first.
    fn visit_all<const N: usize>(&mut self, cells: [usize; N]) {
        let mut ranked = cells.map(|cell| (self.greatest(&self.index.cells[cell]), cell));
        ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (greatest, cell) in ranked {
            self.visit(cell, greatest);
        }
    }

    /// No place of the cell has a greater cosine than this.
    fn greatest(&self, cell: &Cell) -> f64 {
        let cos = cell.centre.dot(self.from);
        if cos >= cell.cos {
            return 1.0; // within the cap around the cell
        }
        let sin = libm::sqrt((1.0 - cos * cos).max(0.0));
        cos * cell.cos + sin * cell.sin + 1e-15
    }

    /// The borders of the areas are the only places that can be nearest, since the search starts outside.
    fn visit(&mut self, cell: usize, greatest: f64) {
        let index = self.index;
        let cell = &index.cells[cell];
        if greatest <= self.nearest.cos || !cell.areas.meets(self.areas) {
            return;
        }
        match cell.inside {
            Inside::Cells(first) => {
                self.visit_all(core::array::from_fn::<_, 4, _>(|quarter| first as usize + quarter));
            }
            Inside::Edges(from, count) => {
                for place in from..from + count {
                    let edge = index.edges[index.listed[place as usize] as usize];
                    if self.areas.contains(edge.left) || self.areas.contains(edge.right) {
                        let ends =
                            (index.vertices[edge.from as usize], index.vertices[edge.from as usize + 1]);
                        self.try_edge(ends.0.vector(), ends.1.vector());
                    }
                }
            }
        }
    }

    /// The nearest place of the great circle between two vertices: the foot of the perpendicular when it
    /// lies between them, else the nearer vertex.
    fn try_edge(&mut self, a: Vector, b: Vector) {
        let pole = a.cross(b);
        let between = pole.cross(a).dot(self.from) > 0.0 && pole.cross(b).dot(self.from) < 0.0;
        if between {
            // The foot is what is left of the direction without its part along the pole.
            let foot = self.from - pole * (pole.dot(self.from) / pole.dot(pole));
            self.try_place(foot.norm(), foot);
        }
        self.try_place(a.dot(self.from), a);
        self.try_place(b.dot(self.from), b);
    }

    fn try_place(&mut self, cos: f64, place: Vector) {
        if cos > self.nearest.cos {
            self.nearest = Nearest { cos, place: Some(place) };
        }
    }
}
