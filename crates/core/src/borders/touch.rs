//! Which areas a region touches: exact, no sampling.
//!
//! An area and a region have a place in common if and only if some border of the area passes through the
//! region, or a piece of the region lies wholly in the area. The first is decided edge by edge where
//! the region's boundary runs, and cell by cell inside it; the second by asking where the arcs of the
//! region's boundary lie.

use alloc::vec::Vec;

use super::index::{Cell, Index, Inside};
use crate::area::AreaSet;
use crate::direction::Vector;
use crate::landmark::GroupId;
use crate::region::{Extent, Region};

/// How far a quick decision must be from the edge of rounding to count, as a cosine.
const CLEAR: f64 = 1e-13;

/// The areas that a region touches.
pub(super) fn areas(index: &Index, region: &Region) -> AreaSet {
    match region.extent() {
        Extent::Empty => AreaSet::EMPTY,
        Extent::Whole => index.cells[..6].iter().fold(AreaSet::EMPTY, |all, face| all.union(face.areas)),
        Extent::Bounded => {
            let mut search = Search::new(index, region);
            for face in 0..6 {
                search.visit(face, 0..region.bounds().len());
            }
            let middles = region.arcs().iter().map(|arc| region.rim(arc).at(arc.along(0.5)));
            middles.fold(search.found, |found, middle| found.union(AreaSet::of(index.area(middle))))
        }
    }
}

/// A bound's cap as a half-space: quick to test, and exact enough because no cap here is smaller than the
/// border error.
struct Dome {
    centre: Vector,
    cos: f64,
    sin: f64,
    group: GroupId,
}

impl Dome {
    fn contains(&self, point: Vector) -> bool {
        self.centre.dot(point) >= self.cos
    }

    /// Whether it surely holds all of a cap given by centre, cosine and sine of the radius.
    fn holds(&self, centre: Vector, cos: f64, sin: f64) -> bool {
        self.cos <= cos && self.centre.dot(centre) >= self.cos * cos + self.sin * sin + CLEAR
    }

    /// Whether it surely holds nothing of such a cap.
    fn misses(&self, centre: Vector, cos: f64, sin: f64) -> bool {
        self.cos > -cos && self.centre.dot(centre) < self.cos * cos - self.sin * sin - CLEAR
    }
}

/// The walk down the tree. Both lists are stacks: each cell adds to them and takes off what it added.
struct Search<'a> {
    index: &'a Index,
    domes: Vec<Dome>,
    liars: usize,
    found: AreaSet,
    /// Domes whose rim may pass through the cell.
    open: Vec<u32>,
    /// Groups that fail all over the cell.
    failed: Vec<GroupId>,
}

impl<'a> Search<'a> {
    fn new(index: &'a Index, region: &Region) -> Self {
        let dome = |bound: &crate::region::Bound| Dome {
            centre: bound.cap.centre().vector(),
            cos: bound.cap.cosine(),
            sin: bound.cap.sine(),
            group: bound.group,
        };
        let domes: Vec<Dome> = region.bounds().iter().map(dome).collect();
        let open = (0..domes.len() as u32).collect();
        Self { index, domes, liars: region.liars() as usize, found: AreaSet::EMPTY, open, failed: Vec::new() }
    }

    /// Adds the areas that the region touches within a cell. `open` are the domes left open by its parent.
    fn visit(&mut self, cell: usize, open: core::ops::Range<usize>) {
        let index = self.index;
        let cell = &index.cells[cell];
        if cell.areas.is_within(&self.found) {
            return;
        }
        let (opened, failed) = (self.open.len(), self.failed.len());
        if self.relate(cell, open) {
            let still = opened..self.open.len();
            if self.failed.len() + still.len() <= self.liars {
                self.found = self.found.union(cell.areas);
            } else {
                match cell.inside {
                    Inside::Cells(first) => {
                        (0..4).for_each(|quarter| self.visit(first as usize + quarter, still.clone()))
                    }
                    Inside::Edges(from, count) => self.test_edges(from, count, still),
                }
            }
        }
        self.open.truncate(opened);
        self.failed.truncate(failed);
    }

    /// Sorts the open domes by how they relate to a cell. False when the region surely misses it.
    fn relate(&mut self, cell: &Cell, open: core::ops::Range<usize>) -> bool {
        for place in open {
            let number = self.open[place];
            let dome = &self.domes[number as usize];
            if dome.holds(cell.centre, cell.cos, cell.sin) || self.failed.contains(&dome.group) {
                continue;
            }
            if dome.misses(cell.centre, cell.cos, cell.sin) {
                if self.failed.len() == self.liars {
                    return false;
                }
                self.failed.push(dome.group);
            } else {
                self.open.push(number);
            }
        }
        true
    }

    fn test_edges(&mut self, from: u32, count: u32, open: core::ops::Range<usize>) {
        for place in from..from + count {
            let edge = self.index.edges[self.index.listed[place as usize] as usize];
            if self.found.contains(edge.left) && self.found.contains(edge.right) {
                continue;
            }
            let (a, b) =
                (self.index.vertices[edge.from as usize], self.index.vertices[edge.from as usize + 1]);
            if self.meets(a.vector(), b.vector(), &open) {
                self.found.insert(edge.left);
                self.found.insert(edge.right);
            }
        }
    }

    /// Whether some place between two vertices is in the region.
    fn meets(&self, a: Vector, b: Vector, open: &core::ops::Range<usize>) -> bool {
        if self.allows(a, open) || self.allows(b, open) {
            return true;
        }
        let along = b - a;
        let middle = unit(a + along * 0.5);
        let half = 0.5 * along.norm();
        let (cos, sin) = (libm::sqrt(1.0 - half * half), half);
        let missed = |dome: &Dome| dome.misses(middle, cos, sin);
        if self.count_failing(open, missed) > self.liars {
            return false;
        }
        // Between two crossings of rims nothing changes: one place of each piece decides.
        let mut crossings: Vec<f64> = Vec::new();
        for &number in &self.open[open.clone()] {
            crossings.extend(self.domes[number as usize].crossings(a, along).into_iter().flatten());
        }
        crossings.sort_unstable_by(f64::total_cmp);
        let pieces = crossings.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
        pieces.chain(crossings.iter().copied()).any(|share| self.allows(unit(a + along * share), open))
    }

    fn allows(&self, point: Vector, open: &core::ops::Range<usize>) -> bool {
        self.count_failing(open, |dome| !dome.contains(point)) <= self.liars
    }

    /// How many groups fail: those that fail all over the cell, and those with an open dome that fails a
    /// test.
    fn count_failing(&self, open: &core::ops::Range<usize>, fails: impl Fn(&Dome) -> bool) -> usize {
        let mut count = self.failed.len();
        let numbers = &self.open[open.clone()];
        for (place, &number) in numbers.iter().enumerate() {
            let dome = &self.domes[number as usize];
            // A group can have a dome that was left open before another of its domes failed everywhere.
            if self.failed.contains(&dome.group) || !fails(dome) {
                continue;
            }
            let counted = |&earlier: &u32| {
                let earlier = &self.domes[earlier as usize];
                earlier.group == dome.group && fails(earlier)
            };
            count += usize::from(!numbers[..place].iter().any(counted));
            if count > self.liars {
                break;
            }
        }
        count
    }
}

impl Dome {
    /// Where a straight line from `a` along `d`, seen from the Earth's centre, crosses the rim, as shares
    /// of `d` between 0 and 1. The other side of the cone comes out too and does no harm.
    fn crossings(&self, a: Vector, d: Vector) -> [Option<f64>; 2] {
        let (p, q) = (self.centre.dot(a), self.centre.dot(d));
        let square = self.cos * self.cos;
        let (e, g) = (a.dot(d), d.dot(d));
        let (two, one, zero) = (q * q - square * g, p * q - square * e, (p - self.cos) * (p + self.cos));
        let within = |share: f64| (share > 0.0 && share < 1.0).then_some(share);
        let root = one * one - two * zero;
        if root < 0.0 {
            return [None, None];
        }
        // The form of the solution that never subtracts equals.
        let sum = -(one + if one < 0.0 { -libm::sqrt(root) } else { libm::sqrt(root) });
        let first = if two != 0.0 { within(sum / two) } else { None };
        let second = if sum != 0.0 { within(zero / sum) } else { None };
        [first, second]
    }
}

/// A vector of length one; what comes here is never short.
fn unit(vector: Vector) -> Vector {
    vector * (1.0 / vector.norm())
}
