//! What landmarks measured of one another, in the words of an audit on the caller's own input.

use lightcone::v1;
use lightcone_store::{Landmark, MeshPair};

use super::kind::Kind as _;
use super::place;

/// The audit to be asked: names are those of the registry.
pub(crate) fn asked(landmarks: &[Landmark], pairs: &[MeshPair]) -> v1::AuditLandmarksRequest {
    let landmark = |landmark: &Landmark| v1::Landmark {
        name: Landmark::name_of(&landmark.id),
        point: Some(place::point(landmark.latitude_nd, landmark.longitude_nd)),
        position_error_m: Some(place::metres(landmark.position_error_mm)),
        clock_error_ns: landmark.clock_error_ns,
        group: landmark.trust_group.clone(),
    };
    let pair = |pair: &MeshPair| v1::LandmarkPair {
        first: Landmark::name_of(&pair.first),
        second: Landmark::name_of(&pair.second),
        // What the clocks may have hidden counts as distance.
        rtt_ns: pair.rtt_ns.saturating_add(pair.eps_ns),
    };
    let stated = |landmark: &&Landmark| !landmark.stated_area.is_empty();
    let area = |landmark: &Landmark| v1::StatedArea {
        landmark: Landmark::name_of(&landmark.id),
        area: landmark.stated_area.clone(),
    };
    v1::AuditLandmarksRequest {
        landmarks: landmarks.iter().map(landmark).collect(),
        pairs: pairs.iter().map(pair).collect(),
        stated_areas: landmarks.iter().filter(stated).map(area).collect(),
        light_mode: None,
    }
}
