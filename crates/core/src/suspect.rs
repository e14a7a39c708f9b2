//! Who is contradicted, when not all can be right.

use alloc::vec::Vec;
use core::f64::consts::PI;

use crate::direction::Direction;
use crate::ellipsoid;
use crate::landmark::LandmarkId;
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
    for bound in evidence.caps() {
        evidence.check()?;
        if !region.as_ref().is_some_and(|region| region.meets(&bound.cap)) {
            verdict.contradicted.push(bound.landmark);
        }
    }
    verdict.conflicts = conflicts(evidence)?;
    if verdict.contradicted.is_empty() && verdict.conflicts.is_empty() {
        verdict.contradicted = irreconcilable(evidence)?;
    }
    Ok(())
}

/// A smallest set of landmarks that no place fits all of, for when every two of them agree: three caps that
/// meet in pairs and not together, as a rule (Helly). Each round finds, by halving, the first cap that leaves
/// no place together with those found before.
fn irreconcilable(evidence: &Evidence<'_>) -> Result<Vec<LandmarkId>, Stopped> {
    let mut caps: Vec<Bound> = evidence.caps().filter(|bound| !bound.cap.is_whole()).collect();
    caps.sort_unstable_by(|a, b| {
        a.cap.versine().total_cmp(&b.cap.versine()).then(a.landmark.cmp(&b.landmark))
    });
    let mut found: Vec<Bound> = Vec::new();
    let empty = |found: &[Bound], more: &[Bound]| -> Result<bool, Stopped> {
        let bounds = found.iter().chain(more).copied().collect();
        Ok(Region::of(bounds, 0, evidence.stop())?.is_empty())
    };
    while !empty(&found, &[])? && empty(&found, &caps)? {
        let (mut fits, mut fails) = (0, caps.len());
        while fails - fits > 1 {
            let middle = fits.midpoint(fails);
            if empty(&found, &caps[..middle])? { fails = middle } else { fits = middle }
        }
        found.push(caps[fails - 1]);
        caps.truncate(fails - 1);
    }
    let mut landmarks: Vec<LandmarkId> = found.iter().map(|bound| bound.landmark).collect();
    landmarks.sort_unstable();
    Ok(landmarks)
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
        let held = region.within(bound, evidence.stop())?.solid_angle_sr();
        let share_ppm = libm::ceil(1e6 * held / area) as u32;
        if share_ppm < DOUBTED_BELOW_PPM {
            doubts.push(Doubt { landmark: bound.landmark, share_ppm });
        }
    }
    doubts.sort_unstable_by_key(|doubt| doubt.landmark);
    Ok(doubts)
}

/// The pairs of landmarks whose caps are farthest from meeting, farthest first.
fn conflicts(evidence: &Evidence<'_>) -> Result<Vec<Conflict>, Stopped> {
    let mut caps: Vec<Rimmed> = evidence.caps().map(|bound| Rimmed::of(&bound)).collect();
    caps.sort_unstable_by(|a, b| a.radius.total_cmp(&b.radius).then(a.landmark.cmp(&b.landmark)));
    let mut worst = Worst { gaps: Vec::new(), least: 0.0, cos: 1.0, sin: 0.0 };
    for (place, one) in caps.iter().enumerate() {
        evidence.check()?;
        for other in &caps[place + 1..] {
            if one.radius + other.radius + worst.least >= PI {
                break; // this one and all larger ones meet, or nearly
            }
            if worst.may_be_beaten_by(one, other) {
                let gap = one.centre.angle_to(other.centre) - one.radius - other.radius;
                worst.take(gap, one.landmark.min(other.landmark), one.landmark.max(other.landmark));
            }
        }
    }
    let told = |&(gap, first, second): &(f64, LandmarkId, LandmarkId)| {
        let gap_m = ellipsoid::surface_min_m(core::f64::consts::FRAC_PI_2, gap) as u64;
        Conflict { first, second, gap_m }
    };
    Ok(worst.gaps.iter().map(told).collect())
}

/// A landmark's cap with what a quick comparison needs.
struct Rimmed {
    landmark: LandmarkId,
    centre: Direction,
    radius: f64,
    cos: f64,
    sin: f64,
}

impl Rimmed {
    fn of(bound: &Bound) -> Self {
        let Bound { landmark, cap, .. } = *bound;
        let (radius, cos, sin) = (cap.radius_rad(), cap.cosine(), cap.sine());
        Self { landmark, centre: cap.centre(), radius, cos, sin }
    }
}

/// The widest gaps so far, widest first, and the one that a further gap has to beat.
struct Worst {
    gaps: Vec<(f64, LandmarkId, LandmarkId)>,
    least: f64,
    cos: f64,
    sin: f64,
}

impl Worst {
    /// Whether the gap of two caps may be wider than the least that is kept: compares cosines, since there
    /// can be many millions of pairs.
    fn may_be_beaten_by(&self, one: &Rimmed, other: &Rimmed) -> bool {
        let (cos, sin) =
            (one.cos * other.cos - one.sin * other.sin, one.sin * other.cos + one.cos * other.sin);
        one.centre.vector().dot(other.centre.vector()) < cos * self.cos - sin * self.sin + 1e-12
    }

    fn take(&mut self, gap: f64, first: LandmarkId, second: LandmarkId) {
        if gap <= self.least {
            return;
        }
        let wider = |kept: &(f64, LandmarkId, LandmarkId)| {
            kept.0.total_cmp(&gap).reverse().then(kept.1.cmp(&first)).then(kept.2.cmp(&second)).is_lt()
        };
        self.gaps.insert(self.gaps.partition_point(wider), (gap, first, second));
        self.gaps.truncate(CONFLICTS_MAX);
        if let (CONFLICTS_MAX, Some(last)) = (self.gaps.len(), self.gaps.last()) {
            self.least = last.0;
            (self.sin, self.cos) = libm::sincos(self.least);
        }
    }
}
