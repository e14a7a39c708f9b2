//! The boundary as closed loops of points, for maps. A picture, not a proof: points lie on the exact
//! arcs, and the straight lines between them do not.

use alloc::vec;
use alloc::vec::Vec;

use super::Region;
use super::arc::Arc;
use crate::direction::Direction;

/// A closed loop of the boundary with the region on its left. The last point is joined to the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    /// Points in order.
    pub points: Vec<Direction>,
}

impl Region {
    /// The boundary as loops, with points at most `step_rad` of azimuth or angle apart.
    #[must_use]
    pub fn outline(&self, step_rad: f64) -> Vec<Loop> {
        let mut taken = vec![false; self.arcs.len()];
        let mut loops = Vec::new();
        for first in 0..self.arcs.len() {
            if !taken[first] {
                loops.push(self.follow(first, &mut taken, step_rad));
            }
        }
        loops
    }

    /// The loop that an arc belongs to: each arc is followed by the one that begins nearest to its end.
    fn follow(&self, first: usize, taken: &mut [bool], step_rad: f64) -> Loop {
        let mut points = Vec::new();
        let mut current = first;
        loop {
            taken[current] = true;
            let arc = &self.arcs[current];
            self.sample(arc, step_rad, &mut points);
            if arc.is_whole() {
                break;
            }
            let end = self.rim(arc).at(arc.end);
            let gap = |index: usize| {
                let next = &self.arcs[index];
                self.rim(next).at(next.start).versine_to(end)
            };
            let open = (0..self.arcs.len()).filter(|&index| !taken[index] || index == first);
            match open.min_by(|&a, &b| gap(a).total_cmp(&gap(b))) {
                Some(next) if next != first => current = next,
                _ => break,
            }
        }
        Loop { points }
    }

    /// The points of an arc, its start included and its end left to the next arc.
    fn sample(&self, arc: &Arc, step_rad: f64, points: &mut Vec<Direction>) {
        let rim = self.rim(arc);
        let steps = libm::ceil(arc.span_rad / step_rad.max(1e-4)).max(1.0) as u32;
        points.extend((0..steps).map(|step| rim.at(arc.along(f64::from(step) / f64::from(steps)))));
    }
}
