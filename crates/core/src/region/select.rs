//! Which bounds can matter: most caps of a world-wide mesh hold the whole neighbourhood of the chip.

use alloc::vec::Vec;
use core::f64::consts::PI;

use super::Bound;
use crate::cap::Cap;
use crate::direction::Direction;
use crate::landmark::{LandmarkId, Mesh, Site};
use crate::light::Reach;

/// Drops every bound that holds wherever the region can be, and works out the caps of the rest, smallest
/// first.
///
/// At most `liars` groups fail anywhere in the region, so of any `liars + 1` groups one holds: the region
/// lies in the union of their caps. A cap that contains all of those never fails in it.
pub(super) fn bounds(mesh: &Mesh, reaches: &[(LandmarkId, Reach)], liars: u32) -> Vec<Bound> {
    let nearest = nearest(mesh, reaches, liars as usize + 1);
    if nearest.len() <= liars as usize {
        return Vec::new(); // too few groups to say anything
    }
    let cores: Vec<(Direction, f64)> = nearest
        .iter()
        .map(|near| {
            let (landmark, reach) = reaches[near.index];
            let site = mesh.site(landmark);
            (site.direction, reach.turn_rad(site.latitude_rad))
        })
        .collect();
    let mut kept: Vec<Bound> = reaches
        .iter()
        .filter_map(|&(landmark, reach)| {
            let site = mesh.site(landmark);
            let (least, _) = reach.turn_bounds_rad(site.latitude_rad);
            if least >= PI || cores.iter().all(|&(core, radius)| surely_within(site, core, least - radius)) {
                return None;
            }
            let cap = Cap::around(site.direction, reach.turn_rad(site.latitude_rad));
            (!cap.is_whole()).then_some(Bound { landmark, group: site.group, cap })
        })
        .collect();
    kept.sort_unstable_by(|a, b| {
        a.cap.versine().total_cmp(&b.cap.versine()).then(a.landmark.cmp(&b.landmark))
    });
    kept
}

/// A landmark with a small cap, the smallest of its group.
struct Near {
    index: usize,
    most_rad: f64,
}

/// The smallest cap of each of the `count` groups with the smallest caps, smallest first.
fn nearest(mesh: &Mesh, reaches: &[(LandmarkId, Reach)], count: usize) -> Vec<Near> {
    let mut nearest: Vec<Near> = Vec::with_capacity(count.min(reaches.len()) + 1);
    for (index, &(landmark, reach)) in reaches.iter().enumerate() {
        let site = mesh.site(landmark);
        let (_, most_rad) = reach.turn_bounds_rad(site.latitude_rad);
        if nearest.len() == count && nearest.last().is_some_and(|last| last.most_rad <= most_rad) {
            continue;
        }
        if let Some(same) = nearest.iter().position(|near| mesh.group(reaches[near.index].0) == site.group) {
            if nearest[same].most_rad <= most_rad {
                continue;
            }
            nearest.remove(same);
        }
        let place = nearest.partition_point(|near| near.most_rad <= most_rad);
        nearest.insert(place, Near { index, most_rad });
        nearest.truncate(count);
    }
    nearest
}

/// Whether a direction is surely within an angle of a site. The versine of `t` is at least its series cut
/// after a negative term; what that leaves undecided is kept, which costs time and never truth. So is an
/// angle of zero: a cap never counts as containing itself.
fn surely_within(site: &Site, direction: Direction, angle_rad: f64) -> bool {
    if angle_rad <= 0.0 {
        return false;
    }
    let t2 = angle_rad * angle_rad;
    let series = t2 * (1.0 / 2.0 - t2 * (1.0 / 24.0 - t2 * (1.0 / 720.0 - t2 * (1.0 / 40_320.0))));
    site.direction.versine_to(direction) <= series
}
