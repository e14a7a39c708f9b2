//! Lists: complete, without doubles, filtered, and with tokens that fit only their own list.

use std::collections::BTreeSet;

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_tests::Ground;

use super::on_every_store;
use super::records::{
    Desk, agent, chip, landmark, new_agent, new_chip, new_landmark, new_site, pair, refused, site,
};

/// Records that a list of many pages shows.
const MANY: usize = 2_500;
/// Records that one call enters.
const BATCH: usize = 500;

on_every_store!(every_record_is_shown_once_while_others_come, filters_choose, tokens_and_sizes_are_checked,);

fn batch(ids: impl Iterator<Item = String>) -> v1::BatchCreateChipsRequest {
    let requests = ids.map(|id| new_chip(&id, chip(&id))).collect();
    v1::BatchCreateChipsRequest { requests, ..Default::default() }
}

async fn every_record_is_shown_once_while_others_come(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let ids: Vec<String> = (0..MANY).map(|at| format!("c-{at:05}")).collect();
    for ids in ids.chunks(BATCH) {
        let made = desk.chips.batch_create_chips(batch(ids.iter().cloned())).await.unwrap().into_inner();
        assert_eq!(made.chips.len(), ids.len());
    }
    let mut ask = v1::ListChipsRequest { page_size: 97, ..Default::default() };
    let (mut shown, mut pages) = (Vec::new(), 0);
    loop {
        let page = desk.chips.list_chips(ask.clone()).await.unwrap().into_inner();
        shown.extend(page.chips.into_iter().map(|chip| chip.name));
        // Others come before, between and after what is shown.
        let between = [format!("b-{pages}"), format!("c-{:05}-x", pages * 100), format!("d-{pages}")];
        desk.chips.batch_create_chips(batch(between.into_iter())).await.unwrap();
        pages += 1;
        if page.next_page_token.is_empty() {
            break;
        }
        ask.page_token = page.next_page_token;
        ask.page_size = [97, 1_000, 13][pages % 3];
    }
    assert!(pages > 5, "{pages}");
    assert!(shown.is_sorted(), "in the order of names");
    let once: BTreeSet<&String> = shown.iter().collect();
    assert_eq!(once.len(), shown.len(), "none twice");
    let there = |id: &String| once.contains(&format!("chips/{id}"));
    assert!(ids.iter().all(there), "none left out");
}

async fn filters_choose(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.agent("a-1", 1).await;
    desk.agent("a-2", 2).await;
    desk.sites.create_site(new_site("t", site())).await.unwrap();
    let elsewhere = v1::Agent { site: "sites/t".into(), ..agent(3) };
    desk.agents.create_agent(new_agent("a-3", elsewhere)).await.unwrap();
    for id in ["c-1", "c-2", "c-3"] {
        desk.chip(id).await;
    }
    for (chip, agent) in [("c-1", "agents/a-1"), ("c-2", "agents/a-2")] {
        desk.chips.pair_chip(pair(chip, agent, false)).await.unwrap();
    }
    let retire =
        v1::RetireAgentRequest { name: "agents/a-2".into(), reason: "x".into(), ..Default::default() };
    desk.agents.retire_agent(retire).await.unwrap();

    let agents = |site: &str, state| v1::ListAgentsRequest { site: site.into(), state, ..Default::default() };
    for (ask, names) in [
        (agents("", 0), vec!["agents/a-1", "agents/a-2", "agents/a-3"]),
        (agents("sites/s", 0), vec!["agents/a-1", "agents/a-2"]),
        (agents("sites/s", v1::agent::State::Active as i32), vec!["agents/a-1"]),
        (agents("sites/none", 0), vec![]),
    ] {
        let page = desk.agents.list_agents(ask).await.unwrap().into_inner();
        assert_eq!(page.agents.iter().map(|agent| agent.name.as_str()).collect::<Vec<_>>(), names);
    }
    let chips = |agent: &str, state: v1::chip::State| v1::ListChipsRequest {
        agent: agent.into(),
        state: state as i32,
        ..Default::default()
    };
    for (ask, names) in [
        (chips("agents/a-1", v1::chip::State::Unspecified), vec!["chips/c-1"]),
        (chips("", v1::chip::State::Registered), vec!["chips/c-3"]),
        (chips("", v1::chip::State::Paired), vec!["chips/c-1", "chips/c-2"]),
    ] {
        let page = desk.chips.list_chips(ask).await.unwrap().into_inner();
        assert_eq!(page.chips.iter().map(|chip| chip.name.as_str()).collect::<Vec<_>>(), names);
    }
    let active = v1::ListSitesRequest { state: v1::site::State::Active as i32, ..Default::default() };
    assert_eq!(desk.sites.list_sites(active).await.unwrap().into_inner().sites.len(), 2);
    desk.landmarks.create_landmark(new_landmark("l", landmark(1))).await.unwrap();
    for (state, count) in
        [(v1::registered_landmark::State::Probation, 1), (v1::registered_landmark::State::Active, 0)]
    {
        let ask = v1::ListLandmarksRequest { state: state as i32, ..Default::default() };
        assert_eq!(desk.landmarks.list_landmarks(ask).await.unwrap().into_inner().landmarks.len(), count);
    }
}

async fn tokens_and_sizes_are_checked(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.chips.batch_create_chips(batch((0..4).map(|at| format!("c-{at}")))).await.unwrap();
    let first = v1::ListChipsRequest { page_size: 2, ..Default::default() };
    let token = desk.chips.list_chips(first).await.unwrap().into_inner().next_page_token;
    assert!(!token.is_empty());
    let ask = |page_token: &str, page_size, state, agent: &str| v1::ListChipsRequest {
        page_token: page_token.into(),
        page_size,
        state,
        agent: agent.into(),
    };
    for wrong in [
        ask(&token, 2, 1, ""),
        ask(&token, 2, 0, "agents/a"),
        ask("nonsense", 2, 0, ""),
        ask(&token[1..], 2, 0, ""),
    ] {
        let answer = desk.chips.list_chips(wrong).await;
        refused(answer, ErrorReason::TokenInvalid, ("field", "page_token"));
    }
    let other = v1::ListSitesRequest { page_token: token.clone(), ..Default::default() };
    refused(desk.sites.list_sites(other).await, ErrorReason::TokenInvalid, ("field", "page_token"));
    refused(
        desk.chips.list_chips(ask("", -1, 0, "")).await,
        ErrorReason::FieldInvalid,
        ("field", "page_size"),
    );
    refused(desk.chips.list_chips(ask("", 0, 9, "")).await, ErrorReason::FieldInvalid, ("field", "state"));
    refused(desk.chips.list_chips(ask("", 0, 0, "a")).await, ErrorReason::FieldInvalid, ("field", "agent"));
    // Another size is no other list.
    let rest = desk.chips.list_chips(ask(&token, 1_000_000, 0, "")).await.unwrap().into_inner();
    assert_eq!((rest.chips.len(), rest.next_page_token.as_str()), (2, ""));
}
