//! Mesh audit: what landmarks say of each other, with no chip involved.
//!
//! A pair that answers faster than light over its stated distance proves that one of the two is wrong, and
//! not which. The least set of landmarks that touches every such pair (a minimum vertex cover of the
//! conflict graph) is the least that must be wrong. A landmark in *every* least set is convicted; one in
//! some but not all of them is in a tie, and both ends are suspended until a third party decides. A silent
//! liar, who adds delay, never shows and does no harm.

mod conviction;
mod cover;

use alloc::vec::Vec;

use crate::area::{AreaId, AreaSet};
use crate::borders::{BORDER_ERROR_M, Borders};
use crate::ellipsoid;
use crate::landmark::{LandmarkId, Mesh};
use crate::light::{ErrorBudget, LightMode};
use crate::stop::Stopped;
use crate::units::{METRES_MAX, Metres, RoundTrip};
use crate::verdict::Conflict;
use crate::worldview::WorldviewId;

/// A round trip between two landmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// One end.
    pub first: LandmarkId,
    /// The other end.
    pub second: LandmarkId,
    /// What was measured, in either direction.
    pub round_trip: RoundTrip,
}

/// The area that a landmark is said to stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Which landmark.
    pub landmark: LandmarkId,
    /// The stated area.
    pub area: AreaId,
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How many pairs were judged.
    pub pairs: usize,
    /// The pairs that cannot both be right, in the mesh's order; `gap_m` is how much too far apart they
    /// stand.
    pub conflicts: Vec<Conflict>,
    /// The least number of landmarks that must be wrong.
    pub least_liars: u32,
    /// The least number of trust groups that must have a wrong landmark.
    pub least_groups: u32,
    /// Who is suspended, in the mesh's order.
    pub suspended: Vec<Suspension>,
    /// Landmarks whose coordinates lie outside the area that they are said to stand in.
    pub misplaced: Vec<Misplaced>,
    /// Whether the conflict graph was small enough to be solved; if not, `least_liars` is a lower bound and
    /// all whose part is unclear are in a tie.
    pub exact: bool,
}

/// A landmark that must not count until it is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Which landmark.
    pub landmark: LandmarkId,
    /// Why.
    pub cause: Cause,
}

/// Why a landmark is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No least explanation leaves it out.
    Convicted {
        /// How many others contradict it.
        conflicts: u32,
    },
    /// It or the other is wrong, and nobody else says which.
    Tie {
        /// The other end.
        with: LandmarkId,
    },
}

/// A landmark whose coordinates contradict its stated area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// Which landmark.
    pub landmark: LandmarkId,
    /// The area it is said to stand in.
    pub stated: AreaId,
    /// The area that its coordinates lie in.
    pub found: AreaId,
    /// How far its coordinates are from the stated area at least, in metres.
    pub distance_m: u64,
}

/// Audits a mesh by the round trips between its landmarks and by the areas they are said to stand in.
///
/// # Errors
/// [`Stopped`] as soon as `stop` says so.
pub fn audit(
    borders: &Borders,
    mesh: &Mesh,
    mode: LightMode,
    pairs: &[Pair],
    stated: &[Stated],
    stop: &dyn Fn() -> bool,
) -> Result<Audit, Stopped> {
    let mut conflicts = Vec::new();
    for slice in pairs.chunks(PAIRS_PER_SLICE) {
        if stop() {
            return Err(Stopped);
        }
        conflicts.extend(slice.iter().filter_map(|pair| conflict(mesh, mode, pair)));
    }
    conflicts.sort_unstable_by_key(|conflict| {
        (conflict.first, conflict.second, core::cmp::Reverse(conflict.gap_m))
    });
    conflicts.dedup_by_key(|conflict| (conflict.first, conflict.second));
    let verdict = conviction::convict(mesh, &conflicts, stop)?;
    let misplaced = misplaced(borders, mesh, stated, stop)?;
    Ok(Audit {
        pairs: pairs.len(),
        conflicts,
        least_liars: verdict.least_liars,
        least_groups: verdict.least_groups,
        suspended: verdict.suspended,
        misplaced,
        exact: verdict.exact,
    })
}

/// Pairs judged between two looks at `stop`.
const PAIRS_PER_SLICE: usize = 1_024;

/// The conflict of a pair that stands farther apart than light allows; the bound is taken from both ends,
/// and the tighter one counts.
fn conflict(mesh: &Mesh, mode: LightMode, pair: &Pair) -> Option<Conflict> {
    let (a, b) = (mesh.landmark(pair.first), mesh.landmark(pair.second));
    if pair.first == pair.second {
        return None;
    }
    let position = (a.position_error.get() + b.position_error.get()).min(METRES_MAX);
    let budget = ErrorBudget {
        position: Metres::new(position).ok()?,
        clock: a.clock_error.max(b.clock_error),
        ..ErrorBudget::default()
    };
    let reach = mode.reach(pair.round_trip, budget);
    let turn = |id: LandmarkId| reach.turn_rad(mesh.site(id).latitude_rad);
    let bound = turn(pair.first).min(turn(pair.second));
    let apart = mesh.direction(pair.first).angle_to(mesh.direction(pair.second));
    let (first, second) = (pair.first.min(pair.second), pair.first.max(pair.second));
    let gap_m = ellipsoid::surface_min_m(core::f64::consts::FRAC_PI_2, apart - bound) as u64;
    (apart > bound).then_some(Conflict { first, second, gap_m })
}

fn misplaced(
    borders: &Borders,
    mesh: &Mesh,
    stated: &[Stated],
    stop: &dyn Fn() -> bool,
) -> Result<Vec<Misplaced>, Stopped> {
    let mut found = Vec::new();
    for claim in stated {
        if stop() {
            return Err(Stopped);
        }
        let landmark = mesh.landmark(claim.landmark);
        let direction = mesh.direction(claim.landmark);
        let angle = borders.nearest_rad(direction, &atoms_of(borders, claim.area));
        let distance = ellipsoid::surface_min_m(ellipsoid::latitude_rad(direction), angle);
        // An area without land in the data cannot be held against anyone.
        if distance.is_finite() && distance > landmark.position_error.get() + BORDER_ERROR_M {
            found.push(Misplaced {
                landmark: claim.landmark,
                stated: claim.area,
                found: borders.area_at(landmark.point),
                distance_m: distance as u64,
            });
        }
    }
    found.sort_unstable_by_key(|misplaced| misplaced.landmark);
    Ok(found)
}

/// The atoms that anyone counts as the area's.
fn atoms_of(borders: &Borders, area: AreaId) -> AreaSet {
    let ids = (0..borders.areas().len()).filter_map(AreaId::new);
    ids.filter(|id| *id == area || borders.destinations(WorldviewId::EveryClaimant, *id).contains(area))
        .collect()
}
