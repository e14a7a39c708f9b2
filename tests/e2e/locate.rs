//! Locate: what it answers, in each view.

use lightcone::v1;
use lightcone_tests::House;

use crate::calls::{SINGAPORE, request};

#[tokio::test]
async fn a_chip_is_located_and_its_questions_answered() {
    let house = House::open().await;
    let response = house.client().await.locate(request()).await.unwrap().into_inner();
    let verdict = response.verdict.unwrap();
    assert_eq!((verdict.liars, verdict.groups, verdict.landmarks), (1, 24, 24));
    assert_eq!(verdict.extent(), v1::verdict::Extent::Bounded);
    assert!(verdict.touched.iter().any(|code| code == "SG"), "{:?}", verdict.touched);
    assert!(verdict.touched.is_sorted());
    let findings: Vec<v1::Finding> = verdict.answers.iter().map(v1::Answer::finding).collect();
    // The sea around Singapore is in no area.
    let expected = [v1::Finding::Inconclusive, v1::Finding::Proven, v1::Finding::Possible];
    assert_eq!(findings, expected, "{:?}", verdict.answers);
    assert_eq!(verdict.answers[1].question, Some(crate::calls::outside(&["CN"])));
    assert!(verdict.assumptions().any(|each| each == v1::verdict::Assumption::EachLandmarkItsOwnGroup));
    let engine = verdict.engine.unwrap();
    assert!(engine.engine.starts_with("lightcone-core/") && engine.borders_sha256.len() == 64, "{engine:?}");
    assert!(response.region.is_none(), "BASIC bears no region");
}

#[tokio::test]
async fn the_full_view_bears_the_region() {
    let house = House::open().await;
    let mut request = request();
    request.view = Some(v1::View::Full as i32);
    let response = house.client().await.locate(request).await.unwrap().into_inner();
    let (verdict, region) = (response.verdict.unwrap(), response.region.unwrap());
    assert!(!region.arcs.is_empty() && !region.outlines.is_empty());
    assert!(region.arcs.iter().all(|arc| (arc.disk as usize) < region.disks.len()));
    assert!(verdict.binding.iter().all(|binding| region.disks.contains(binding)));
    let near = |point: &v1::Point| (point.latitude_deg - SINGAPORE.latitude_deg).abs() < 3.0;
    assert!(region.outlines.iter().flat_map(|outline| &outline.points).all(near));
}

#[tokio::test]
async fn explaining_says_how_many_liars_a_finding_survives() {
    let house = House::open().await;
    let mut request = request();
    request.settings = Some(v1::Settings { explain: true, ..v1::Settings::default() });
    let verdict = house.client().await.locate(request).await.unwrap().into_inner().verdict.unwrap();
    let [inside, outside, _] = verdict.answers.as_slice() else { unreachable!("three questions") };
    assert!(outside.holds_up_to_liars.is_some_and(|liars| liars >= 1), "{outside:?}");
    assert!(inside.holds_up_to_liars.is_none());
}

#[tokio::test]
async fn a_measurement_speaks_of_its_own_time() {
    let house = House::open().await;
    let mut client = house.client().await;
    let at = |seconds| prost_types::Timestamp { seconds, nanos: 0 };
    let mut young = request();
    young.as_of = Some(at(1_000_060));
    for trip in &mut young.round_trips {
        trip.measured = Some(v1::round_trip::Measured::ObserveTime(at(1_000_000)));
    }
    let mut aged = request();
    for trip in &mut aged.round_trips {
        trip.measured = Some(v1::round_trip::Measured::AgeNs(60_000_000_000));
    }
    let young = client.locate(young).await.unwrap().into_inner();
    let aged = client.locate(aged).await.unwrap().into_inner();
    assert_eq!(young, aged);
    let fresh = client.locate(request()).await.unwrap().into_inner();
    let area = |response: &v1::LocateResponse| response.verdict.as_ref().unwrap().summary.unwrap().area_m2;
    assert!(area(&fresh) < area(&aged), "a minute at an airliner's speed widens the region");
}

#[tokio::test]
async fn too_few_groups_are_stale() {
    let house = House::open().await;
    let mut request = request();
    request.round_trips.truncate(1);
    let verdict = house.client().await.locate(request).await.unwrap().into_inner().verdict.unwrap();
    assert_eq!(verdict.extent(), v1::verdict::Extent::Unspecified);
    assert!(
        verdict.answers.iter().all(|answer| answer.finding() == v1::Finding::Stale),
        "{:?}",
        verdict.answers
    );
    let reason = &verdict.answers[0].reasons[0];
    assert_eq!(
        (reason.code(), reason.groups, reason.groups_needed),
        (v1::reason::Code::TooFewGroups, Some(1), Some(2))
    );
}
