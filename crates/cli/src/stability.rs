//! What a region leans on: landmarks that agree with next to none of it, and how much one more liar would
//! open. A hint for people who must decide whom to doubt; findings never rest on it.

use lightcone_core::{Evidence, Landmark, LandmarkId, Mesh, Observation, Region, Settings};

/// A landmark whose bound holds less than this share of the region is at odds with it. An honest landmark
/// near enough to bind holds a good part; a liar's bound just grazes the place where the truth is.
const AT_ODDS_SHARE: f64 = 0.01;
/// Binding landmarks that are looked at.
const LANDMARKS_MAX: usize = 16;

/// A landmark and the share of the region that its bound holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AtOdds {
    /// Which landmark.
    pub(crate) landmark: LandmarkId,
    /// Between 0 and 1.
    pub(crate) share: f64,
}

/// Landmarks that bind a region and agree with next to none of it.
pub(crate) fn at_odds(
    mesh: &Mesh,
    seen: &[Observation],
    settings: &Settings,
    region: &Region,
) -> Vec<AtOdds> {
    let area = region.area_m2();
    if settings.liars == 0 || area <= 0.0 {
        return Vec::new();
    }
    let mut binding: Vec<LandmarkId> = region.binding().map(|bound| bound.landmark).collect();
    binding.dedup();
    let shares = binding.into_iter().take(LANDMARKS_MAX).filter_map(|landmark| {
        let share = area_with(mesh, seen, settings, landmark)? / area;
        (share < AT_ODDS_SHARE).then_some(AtOdds { landmark, share })
    });
    shares.collect()
}

/// Area of the region when one more group may lie.
pub(crate) fn area_with_one_more(mesh: &Mesh, seen: &[Observation], settings: &Settings) -> Option<f64> {
    let region = Evidence::new(mesh, settings.mode, seen).region(settings.liars + 1).ok()?;
    Some(region.area_m2())
}

/// Area of the part of the region that one landmark's bound holds: the region of the same evidence, with
/// that landmark there once more for each liar that is allowed and one besides, so that no place beyond its
/// bound is left.
fn area_with(mesh: &Mesh, seen: &[Observation], settings: &Settings, doubted: LandmarkId) -> Option<f64> {
    let mut landmarks: Vec<Landmark> = Vec::with_capacity(seen.len() + settings.liars as usize + 1);
    let mut round_trips = Vec::with_capacity(landmarks.capacity());
    let mut add = |seen: &Observation, group: Option<String>| {
        let landmark = mesh.landmark(seen.landmark);
        // Names say nothing here; numbers with leading zeros keep their order.
        landmarks.push(Landmark { name: format!("{:08}", landmarks.len()), group, ..landmark.clone() });
        round_trips.push((seen.round_trip, seen.age));
    };
    for seen in seen {
        let group = mesh.is_grouped().then(|| mesh.group_name(mesh.group(seen.landmark)).to_owned());
        add(seen, group);
    }
    let own = seen.iter().find(|seen| seen.landmark == doubted)?;
    for _ in 0..=settings.liars {
        add(own, None);
    }
    let mesh = Mesh::new(landmarks).ok()?;
    let seen: Vec<Observation> = mesh
        .ids()
        .zip(round_trips)
        .map(|(landmark, (round_trip, age))| Observation { landmark, round_trip, age })
        .collect();
    Some(Evidence::new(&mesh, settings.mode, &seen).region(settings.liars).ok()?.area_m2())
}
