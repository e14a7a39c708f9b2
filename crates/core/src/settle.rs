//! What would settle an open question: a shorter round trip to a landmark that is there, or a landmark
//! where there is none.
//!
//! A bound settles the question when its whole disk keeps clear of every area that stands against the
//! answer. One bound is one group's word, so one more than may lie must each deliver it.

use alloc::vec::Vec;

use crate::area::{AreaId, AreaSet};
use crate::borders::{BORDER_ERROR_M, TERRITORIAL_SEA_M};
use crate::direction::Direction;
use crate::ellipsoid;
use crate::judge::Judge;
use crate::landmark::LandmarkId;
use crate::light::ErrorBudget;
use crate::question::Question;
use crate::region::Region;
use crate::stop::Stopped;
use crate::units::{Metres, RoundTrip};
use crate::verdict::Settlement;

/// Landmarks with the smallest bounds that are considered.
const LANDMARKS_TRIED: usize = 16;
/// Places that are considered for a new landmark.
const PLACES_TRIED: u32 = 96;

pub(crate) fn settlements(judge: &Judge<'_>, question: &Question) -> Result<Vec<Settlement>, Stopped> {
    let Some(region) = judge.ground.region else { return Ok(Vec::new()) };
    let against = against(judge, question);
    if against.is_empty() {
        return Ok(Vec::new());
    }
    let groups = judge.settings.liars.saturating_add(1);
    let known = shorter_round_trip(judge, region, &against)?
        .map(|(landmark, rtt_ns)| Settlement::RoundTripBelow { landmark, rtt_ns, groups });
    let new = new_landmark(judge, region, &against)?.map(|(place, rtt_ns)| Settlement::LandmarkAt {
        point: ellipsoid::point(place),
        rtt_ns,
        groups,
    });
    Ok(known.into_iter().chain(new).collect())
}

/// The atoms that keep the answer open.
fn against(judge: &Judge<'_>, question: &Question) -> AreaSet {
    match *question {
        Question::Outside { areas } => judge.sort(judge.touched, areas).meeting,
        Question::Inside { areas, on_land } => {
            let mut against = judge.touched.without(judge.sort(judge.touched, areas).within);
            if on_land {
                against.remove(AreaId::SEA);
            }
            against
        }
        Question::Claim { .. } => AreaSet::EMPTY,
    }
}

/// The landmark whose disk could best be kept clear of the areas and still meet the region.
fn shorter_round_trip(
    judge: &Judge<'_>,
    region: &Region,
    against: &AreaSet,
) -> Result<Option<(LandmarkId, u64)>, Stopped> {
    let evidence = judge.ground.evidence;
    let mut best: Option<(f64, LandmarkId, u64)> = None;
    for bound in region.bounds().iter().take(LANDMARKS_TRIED) {
        evidence.check()?;
        let landmark = evidence.mesh().landmark(bound.landmark);
        let clear_rad = judge.borders.nearest_rad(bound.cap.centre(), against);
        let room_rad = clear_rad - region.nearest_rad(bound.cap.centre());
        if room_rad <= best.map_or(0.0, |(most, ..)| most) {
            continue;
        }
        let budget = ErrorBudget {
            position: landmark.position_error,
            clock: landmark.clock_error,
            ..Default::default()
        };
        if let Some(round_trip) = longest(judge, bound.cap.centre(), clear_rad, budget) {
            best = Some((room_rad, bound.landmark, round_trip.ns()));
        }
    }
    Ok(best.map(|(_, landmark, rtt_ns)| (landmark, rtt_ns)))
}

/// The place on land in the region that is farthest from the areas: a landmark there already, or a new one.
fn new_landmark(
    judge: &Judge<'_>,
    region: &Region,
    against: &AreaSet,
) -> Result<Option<(Direction, u64)>, Stopped> {
    let Some(centroid) = region.centroid() else { return Ok(None) };
    let spread = region.farthest_rad(centroid);
    let mut best: Option<(f64, Direction)> = None;
    let spread_out = (0..PLACES_TRIED).map(|number| spiral(centroid, spread, number));
    let standing = region.bounds().iter().take(LANDMARKS_TRIED).map(|bound| bound.cap.centre());
    for place in spread_out.chain(standing) {
        judge.ground.evidence.check()?;
        if !region.contains(place) || judge.borders.area_at(ellipsoid::point(place)) == AreaId::SEA {
            continue;
        }
        let clear_rad = judge.borders.nearest_rad(place, against);
        if best.is_none_or(|(most, _)| clear_rad > most) {
            best = Some((clear_rad, place));
        }
    }
    Ok(best.and_then(|(clear_rad, place)| {
        let round_trip = longest(judge, place, clear_rad, ErrorBudget::default())?;
        Some((place, round_trip.ns()))
    }))
}

/// The longest round trip to a place whose bound stays clear of everything at an angle from it or farther,
/// the error of the borders and the band of sea that counts as land allowed for.
fn longest(judge: &Judge<'_>, place: Direction, clear_rad: f64, budget: ErrorBudget) -> Option<RoundTrip> {
    let band_m = if judge.settings.territorial_sea { TERRITORIAL_SEA_M } else { 0.0 };
    let position = Metres::new(budget.position.get() + BORDER_ERROR_M + band_m).ok()?;
    let budget = ErrorBudget { position, ..budget };
    judge.settings.mode.longest_round_trip(ellipsoid::latitude_rad(place), clear_rad, budget)
}

/// Places spread evenly over a cap, its middle first (Vogel's spiral).
fn spiral(centre: Direction, spread_rad: f64, number: u32) -> Direction {
    const GOLDEN_RAD: f64 = 2.399_963_229_728_653;
    let (u, v) = centre.frame();
    let angle = spread_rad * libm::sqrt(f64::from(number) / f64::from(PLACES_TRIED));
    let (sin, cos) = libm::sincos(angle);
    let (across, along) = libm::sincos(GOLDEN_RAD * f64::from(number));
    (centre.vector() * cos + (u * along + v * across) * sin).direction().unwrap_or(centre)
}
