//! Who is contradicted, when not all can be right.

use alloc::vec::Vec;

use crate::ellipsoid;
use crate::region::{Bound, Evidence, NoRegion, Region};
use crate::stop::Stopped;
use crate::verdict::{CONFLICTS_MAX, Conflict, DOUBTED_BELOW_PPM, Doubt, Verdict};

/// Names the landmarks that contradict the region, and the pairs that contradict each other. An empty
/// region is replaced by the one that the least number of liars leaves.
pub(crate) fn name(verdict: &mut Verdict, region: &Region, evidence: &Evidence<'_>) -> Result<(), Stopped> {
    let wider = if region.is_empty() { evidence.region(verdict.least_liars) } else { Ok(region.clone()) };
    let region = match wider {
        Ok(region) => Some(region),
        Err(NoRegion::Stopped(stopped)) => return Err(stopped),
        Err(NoRegion::TooFew(_)) => None, // every group contradicts itself
    };
    let outside = |bound: &Bound| match &region {
        Some(region) => region.nearest_rad(bound.cap.centre()) > bound.cap.radius_rad(),
        None => true,
    };
    verdict.contradicted = evidence.caps().filter(outside).map(|bound| bound.landmark).collect();
    verdict.conflicts = conflicts(evidence)?;
    Ok(())
}

/// Binding landmarks that are looked at for doubt, smallest cap first.
const DOUBTS_TRIED: usize = 16;

/// The binding landmarks whose bounds hold next to none of the region. Without liars each holds all of it.
pub(crate) fn doubted(region: &Region, evidence: &Evidence<'_>) -> Result<Vec<Doubt>, Stopped> {
    let area = region.solid_angle_sr();
    let mut doubts = Vec::new();
    if region.liars() == 0 || area <= 0.0 {
        return Ok(doubts);
    }
    for bound in region.binding().take(DOUBTS_TRIED) {
        evidence.check()?;
        let held = region.within(bound)?.solid_angle_sr();
        let share_ppm = libm::ceil(1e6 * held / area) as u32;
        if share_ppm < DOUBTED_BELOW_PPM {
            doubts.push(Doubt { landmark: bound.landmark, share_ppm });
        }
    }
    doubts.sort_unstable_by_key(|doubt| doubt.landmark);
    Ok(doubts)
}

/// The pairs of landmarks whose caps are farthest from meeting.
fn conflicts(evidence: &Evidence<'_>) -> Result<Vec<Conflict>, Stopped> {
    let mut caps: Vec<(Bound, f64)> = evidence.caps().map(|bound| (bound, bound.cap.radius_rad())).collect();
    caps.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.landmark.cmp(&b.0.landmark)));
    let mut conflicts: Vec<Conflict> = Vec::new();
    for (place, (one, radius)) in caps.iter().enumerate() {
        evidence.check()?;
        for (other, wider) in &caps[place + 1..] {
            let gap = one.cap.centre().angle_to(other.cap.centre()) - radius - wider;
            if gap <= 0.0 {
                continue;
            }
            let (first, second) = (one.landmark.min(other.landmark), one.landmark.max(other.landmark));
            conflicts.push(Conflict { first, second, gap_m: ellipsoid::surface_min_m(0.0, gap) as u64 });
        }
        keep_worst(&mut conflicts);
    }
    Ok(conflicts)
}

fn keep_worst(conflicts: &mut Vec<Conflict>) {
    conflicts.sort_unstable_by(|a, b| {
        b.gap_m.cmp(&a.gap_m).then(a.first.cmp(&b.first)).then(a.second.cmp(&b.second))
    });
    conflicts.truncate(CONFLICTS_MAX);
}
