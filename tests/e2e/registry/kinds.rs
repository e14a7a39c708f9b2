//! Each kind of record: entered, shown, changed, retired, shown again.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::registered_landmark::State;
use lightcone_tests::Ground;

use super::on_every_store;
use super::records::{Desk, agent, chip, landmark, mask, new_agent, new_landmark, new_site, refused, site};
use crate::calls::{SINGAPORE, inside};

on_every_store!(
    landmarks,
    sites,
    agents,
    chips,
    a_version_rises_with_place_and_keys_and_with_nothing_else,
    operators_trust_and_suspend_but_do_not_put_on_probation,
    an_id_is_drawn_when_none_is_given,
);

async fn landmarks(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let made = desk.landmarks.create_landmark(new_landmark("sin-1", landmark(1))).await.unwrap().into_inner();
    assert!(made.create_time.is_some() && made.create_time == made.update_time && !made.etag.is_empty());
    let expected = v1::RegisteredLandmark {
        name: "landmarks/sin-1".into(),
        group: "Straits Timing".into(),
        stated_area: "SG".into(),
        position_version: 1,
        state: State::Probation as i32,
        create_time: made.create_time,
        update_time: made.update_time,
        etag: made.etag.clone(),
        ..landmark(1)
    };
    assert_eq!(made, expected);
    let named = v1::GetLandmarkRequest { name: made.name.clone() };
    assert_eq!(desk.landmarks.get_landmark(named.clone()).await.unwrap().into_inner(), made);

    let wanted = v1::RegisteredLandmark {
        name: made.name.clone(),
        etag: made.etag.clone(),
        operator: "Other".into(),
        addresses: vec!["192.0.2.8:7862".into()],
        clock_error_ns: 77,
        ..Default::default()
    };
    let update = v1::UpdateLandmarkRequest {
        landmark: Some(wanted),
        update_mask: mask(&["addresses"]),
        ..Default::default()
    };
    let changed = desk.landmarks.update_landmark(update).await.unwrap().into_inner();
    assert_eq!(changed.addresses, ["192.0.2.8:7862"]);
    assert_eq!((changed.operator.as_str(), changed.clock_error_ns), ("Straits Timing", 1_000));
    assert_ne!(changed.etag, made.etag);

    let retire = v1::RetireLandmarkRequest { name: made.name, reason: "sold".into(), ..Default::default() };
    let retired = desk.landmarks.retire_landmark(retire).await.unwrap().into_inner();
    assert_eq!((retired.state(), retired.state_reason.as_str()), (State::Retired, "sold"));
    assert_eq!(desk.landmarks.get_landmark(named).await.unwrap().into_inner(), retired);
}

async fn sites(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let made = desk.sites.create_site(new_site("jurong", site())).await.unwrap().into_inner();
    let expected = v1::Site {
        name: "sites/jurong".into(),
        state: v1::site::State::Active as i32,
        create_time: made.create_time,
        update_time: made.update_time,
        etag: made.etag.clone(),
        ..site()
    };
    assert_eq!(made, expected);
    let named = v1::GetSiteRequest { name: made.name.clone() };
    assert_eq!(desk.sites.get_site(named.clone()).await.unwrap().into_inner(), made);

    // Without etag, and a claim is taken back.
    let wanted = v1::Site { name: made.name.clone(), questions: vec![inside(&["MY"])], ..Default::default() };
    let paths = mask(&["questions", "claimed_point", "claimed_tolerance_m"]);
    let update = v1::UpdateSiteRequest { site: Some(wanted), update_mask: paths, ..Default::default() };
    let changed = desk.sites.update_site(update).await.unwrap().into_inner();
    assert_eq!((changed.questions.len(), changed.claimed_point), (1, None));
    assert_eq!(changed.display_name, "Jurong");

    let retire = v1::RetireSiteRequest { name: made.name, reason: "closed".into(), ..Default::default() };
    let retired = desk.sites.retire_site(retire.clone()).await.unwrap().into_inner();
    assert_eq!((retired.state(), retired.state_reason.as_str()), (v1::site::State::Retired, "closed"));
    assert_eq!(desk.sites.get_site(named).await.unwrap().into_inner(), retired);
    // Again changes nothing, whatever the reason.
    let again = v1::RetireSiteRequest { reason: "again".into(), ..retire };
    assert_eq!(desk.sites.retire_site(again).await.unwrap().into_inner(), retired);
}

async fn agents(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let made = desk.agent("a-1", 1).await;
    let expected = v1::Agent {
        name: "agents/a-1".into(),
        state: v1::agent::State::Active as i32,
        create_time: made.create_time,
        update_time: made.update_time,
        etag: made.etag.clone(),
        ..agent(1)
    };
    assert_eq!(made, expected);

    let wanted = v1::Agent { name: made.name.clone(), ..agent(2) };
    let update = v1::UpdateAgentRequest {
        agent: Some(wanted),
        update_mask: mask(&["identity_key"]),
        ..Default::default()
    };
    let changed = desk.agents.update_agent(update.clone()).await.unwrap().into_inner();
    assert_eq!(changed.identity_key, agent(2).identity_key);

    let retire =
        v1::RetireAgentRequest { name: made.name.clone(), reason: "lost".into(), ..Default::default() };
    let retired = desk.agents.retire_agent(retire).await.unwrap().into_inner();
    assert_eq!(retired.state(), v1::agent::State::Retired);
    let named = v1::GetAgentRequest { name: made.name };
    assert_eq!(desk.agents.get_agent(named).await.unwrap().into_inner(), retired);
    refused(desk.agents.update_agent(update).await, ErrorReason::StateForbids, ("state", "RETIRED"));

    // Nor is one entered at a site that is given up, or that never was; one that is there can be changed.
    desk.agent("a-3", 4).await;
    let retire =
        v1::RetireSiteRequest { name: "sites/s".into(), reason: "closed".into(), ..Default::default() };
    desk.sites.retire_site(retire).await.unwrap();
    let late = desk.agents.create_agent(new_agent("a-2", agent(3))).await;
    refused(late, ErrorReason::StateForbids, ("name", "sites/s"));
    let nowhere = v1::Agent { site: "sites/none".into(), ..agent(3) };
    let nowhere = desk.agents.create_agent(new_agent("a-2", nowhere)).await;
    refused(nowhere, ErrorReason::NotFound, ("name", "sites/none"));
    let key = v1::Agent { name: "agents/a-3".into(), ..agent(5) };
    let update = v1::UpdateAgentRequest {
        agent: Some(key),
        update_mask: mask(&["identity_key"]),
        ..Default::default()
    };
    desk.agents.update_agent(update.clone()).await.unwrap();
    let there = v1::UpdateAgentRequest { update_mask: mask(&["site"]), ..update };
    desk.agents.update_agent(there).await.unwrap();
}

async fn chips(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let made = desk.chip("c-1").await;
    let expected = v1::Chip {
        name: "chips/c-1".into(),
        state: v1::chip::State::Registered as i32,
        create_time: made.create_time,
        update_time: made.update_time,
        etag: made.etag.clone(),
        ..chip("c-1")
    };
    assert_eq!(made, expected);
    let wanted = v1::Chip { name: made.name.clone(), sku: "H200".into(), ..Default::default() };
    let update =
        v1::UpdateChipRequest { chip: Some(wanted), update_mask: mask(&["sku"]), ..Default::default() };
    let changed = desk.chips.update_chip(update).await.unwrap().into_inner();
    assert_eq!((changed.serial.as_str(), changed.sku.as_str()), ("c-1", "H200"));
    let retire =
        v1::RetireChipRequest { name: made.name.clone(), reason: "scrap".into(), ..Default::default() };
    let retired = desk.chips.retire_chip(retire).await.unwrap().into_inner();
    assert_eq!(retired.state(), v1::chip::State::Retired);
    let named = v1::GetChipRequest { name: made.name };
    assert_eq!(desk.chips.get_chip(named).await.unwrap().into_inner(), retired);
}

async fn a_version_rises_with_place_and_keys_and_with_nothing_else(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.landmarks.create_landmark(new_landmark("l", landmark(1))).await.unwrap();
    let moved = v1::Point { latitude_deg: 1.36, ..SINGAPORE };
    let wanted = v1::RegisteredLandmark {
        name: "landmarks/l".into(),
        point: Some(moved),
        position_error_m: Some(3.0),
        clock_error_ns: 5,
        operator: "Other".into(),
        state: State::Active as i32,
        ..landmark(2)
    };
    let expected = [
        ("operator", 1),
        ("group", 1),
        ("addresses", 1),
        ("stated_area", 1),
        ("state", 1),
        ("point", 2),
        ("point", 2),
        ("position_error_m", 3),
        ("clock_error_ns", 4),
        ("signing_key", 5),
        ("exchange_key", 6),
    ];
    for (path, version) in expected {
        let update = v1::UpdateLandmarkRequest {
            landmark: Some(wanted.clone()),
            update_mask: mask(&[path]),
            ..Default::default()
        };
        let changed = desk.landmarks.update_landmark(update).await.unwrap().into_inner();
        assert_eq!(changed.position_version, version, "{path}");
    }
    let versions = desk.house.store.landmark_versions("l").await.unwrap();
    assert_eq!(versions.len(), 6);
    assert_eq!(versions[0].latitude_nd, 1_350_000_000);
    assert_eq!(versions[1].latitude_nd, 1_360_000_000);
}

async fn operators_trust_and_suspend_but_do_not_put_on_probation(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.landmarks.create_landmark(new_landmark("l", landmark(1))).await.unwrap();
    let to = |state: State| v1::UpdateLandmarkRequest {
        landmark: Some(v1::RegisteredLandmark {
            name: "landmarks/l".into(),
            state: state as i32,
            ..Default::default()
        }),
        update_mask: mask(&["state"]),
        ..Default::default()
    };
    let trusted = desk.landmarks.update_landmark(to(State::Active)).await.unwrap().into_inner();
    assert_eq!((trusted.state(), trusted.state_reason.as_str()), (State::Active, ""));
    let suspended = desk.landmarks.update_landmark(to(State::Suspended)).await.unwrap().into_inner();
    assert_eq!(suspended.state(), State::Suspended);
    assert!(!suspended.state_reason.is_empty());
    for state in [State::Probation, State::Retired, State::Unspecified] {
        let answer = desk.landmarks.update_landmark(to(state)).await;
        refused(answer, ErrorReason::FieldInvalid, ("field", "landmark.state"));
    }
}

async fn an_id_is_drawn_when_none_is_given(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let mut names = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let made = desk.sites.create_site(new_site("", site())).await.unwrap().into_inner();
        assert!(lightcone::names::SiteName::parse(&made.name).is_ok(), "{}", made.name);
        names.insert(made.name);
    }
    assert_eq!(names.len(), 3);
}
