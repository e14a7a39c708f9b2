//! How far it is to the nearest place of some areas.

use super::index::{Cell, Index, Inside};
use crate::area::AreaSet;
use crate::direction::Direction;

/// The least angle from a direction to a place in one of the areas, in radians; 0 inside, infinite when
/// they have no place.
pub(super) fn angle_rad(index: &Index, from: Direction, areas: &AreaSet) -> f64 {
    if areas.contains(index.area(from)) {
        return 0.0;
    }
    let mut search = Search { index, from, areas, best: f64::INFINITY };
    let mut faces: [(f64, usize); 6] = core::array::from_fn(|face| (search.least(&index.cells[face]), face));
    faces.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    for (least, face) in faces {
        search.visit(face, least);
    }
    search.best
}

struct Search<'a> {
    index: &'a Index,
    from: Direction,
    areas: &'a AreaSet,
    best: f64,
}

impl Search<'_> {
    /// A lower bound on the angle to anything in a cell.
    fn least(&self, cell: &Cell) -> f64 {
        let radius = libm::asin(cell.sin.min(1.0));
        match cell.centre.direction() {
            Some(centre) => self.from.angle_to(centre) - radius,
            None => 0.0,
        }
    }

    /// The borders of the areas are the only places that can be nearest, since the search starts outside.
    fn visit(&mut self, cell: usize, least: f64) {
        let index = self.index;
        let cell = &index.cells[cell];
        if least >= self.best || !cell.areas.meets(self.areas) {
            return;
        }
        match cell.inside {
            Inside::Cells(first) => {
                let first = first as usize;
                let mut quarters: [(f64, usize); 4] = core::array::from_fn(|quarter| {
                    (self.least(&index.cells[first + quarter]), first + quarter)
                });
                quarters.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                for (least, quarter) in quarters {
                    self.visit(quarter, least);
                }
            }
            Inside::Edges(from, count) => {
                for place in from..from + count {
                    let edge = index.edges[index.listed[place as usize] as usize];
                    if self.areas.contains(edge.left) || self.areas.contains(edge.right) {
                        let (a, b) =
                            (index.vertices[edge.from as usize], index.vertices[edge.from as usize + 1]);
                        self.best = self.best.min(to_edge(self.from, a, b));
                    }
                }
            }
        }
    }
}

/// The angle from a direction to the great circle between two vertices.
fn to_edge(from: Direction, a: Direction, b: Direction) -> f64 {
    let ends = from.angle_to(a).min(from.angle_to(b));
    let Some(pole) = a.vector().cross(b.vector()).direction() else { return ends };
    let (pole, q) = (pole.vector(), from.vector());
    // The foot of the perpendicular lies between the vertices when q is ahead of a and behind b.
    let between = pole.cross(a.vector()).dot(q) >= 0.0 && pole.cross(b.vector()).dot(q) <= 0.0;
    if between { libm::asin(pole.dot(q).abs().min(1.0)).min(ends) } else { ends }
}
