//! AuditLandmarks.

use lightcone::v1;
use lightcone_tests::{House, World};

#[tokio::test]
async fn a_landmark_that_is_elsewhere_is_found() {
    let house = House::open().await;
    let mut world = World::of_seed(8, 11);
    for (index, landmark) in world.landmarks.iter_mut().enumerate() {
        landmark.point = Some(v1::Point { latitude_deg: 48.85, longitude_deg: 2.35 + index as f64 });
    }
    // Round trips between the places where the landmarks are; then one of them says that it is elsewhere.
    let mut pairs = Vec::new();
    for index in 0..world.landmarks.len() {
        let landmark = world.landmarks[index].clone();
        let seen = world.chip_at(landmark.point.unwrap());
        for (other, rtt_ns) in world.landmarks.iter().zip(seen.rtt_ns).skip(index + 1) {
            pairs.push(v1::LandmarkPair { first: landmark.name.clone(), second: other.name.clone(), rtt_ns });
        }
    }
    world.landmarks[3].point = Some(v1::Point { latitude_deg: -41.3, longitude_deg: 174.8 });
    let stated = |area: &str| v1::StatedArea { landmark: "landmark-000".to_owned(), area: area.to_owned() };
    let request = v1::AuditLandmarksRequest {
        landmarks: world.landmarks.clone(),
        pairs,
        stated_areas: vec![stated("FR"), stated("JP")],
        light_mode: None,
    };
    let audit = house.client().await.audit_landmarks(request).await.unwrap().into_inner();
    assert!(audit.conflicts.len() > 1 && audit.least_liars == 1, "{audit:?}");
    assert_eq!(audit.suspended.len(), 1, "{:?}", audit.suspended);
    assert_eq!(audit.suspended[0].landmark, "landmark-003");
    assert!(matches!(audit.suspended[0].cause, Some(v1::suspension::Cause::Convicted(_))));
    assert_eq!(audit.misplaced.len(), 1);
    assert_eq!(audit.misplaced[0].stated_area, "JP");
    assert!(
        audit.exact && audit.least_groups == 1 && audit.pairs > 0 && audit.misplaced[0].found_area != "JP"
    );
    assert!(audit.misplaced[0].distance_m > 8_000_000, "{:?}", audit.misplaced);
}
