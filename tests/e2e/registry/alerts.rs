//! Ties of chips, and the alerts when goods wander.

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::alert::Kind;
use lightcone_tests::Ground;

use super::on_every_store;
use super::records::{Desk, pair, refused};

on_every_store!(
    a_change_without_an_rma_is_kept_and_raises_an_alert,
    ties_are_history,
    ties_need_chip_and_agent_in_use,
    alerts_are_listed_from_the_latest,
);

async fn alerts(desk: &mut Desk) -> Vec<v1::Alert> {
    desk.alerts.list_alerts(v1::ListAlertsRequest::default()).await.unwrap().into_inner().alerts
}

async fn a_change_without_an_rma_is_kept_and_raises_an_alert(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.agent("a-1", 1).await;
    desk.agent("a-2", 2).await;
    desk.chip("c").await;
    // Agent, whether by RMA, state afterwards, alerts so far: first ties and RMAs raise none.
    let steps = [
        ("agents/a-1", false, v1::chip::State::Paired, 0),
        ("agents/a-1", false, v1::chip::State::Paired, 0),
        ("agents/a-2", true, v1::chip::State::Paired, 0),
        ("agents/a-1", false, v1::chip::State::Paired, 1),
        ("", true, v1::chip::State::Registered, 1),
        ("agents/a-2", false, v1::chip::State::Paired, 1),
        ("", false, v1::chip::State::Registered, 2),
    ];
    for (step, (agent, rma, state, raised)) in steps.into_iter().enumerate() {
        let chip = desk.chips.pair_chip(pair("c", agent, rma)).await.unwrap().into_inner();
        assert_eq!((chip.agent.as_str(), chip.state()), (agent, state), "step {step}");
        assert_eq!(alerts(&mut desk).await.len(), raised, "step {step}");
    }
    let raised = alerts(&mut desk).await;
    assert!(raised.iter().all(|alert| alert.kind() == Kind::PairingChanged && alert.subject == "chips/c"));
    for part in ["agents/a-2", "agents/a-1", "installed"] {
        assert!(raised[1].detail.contains(part), "{}", raised[1].detail);
    }
}

async fn ties_are_history(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.agent("a-1", 1).await;
    desk.agent("a-2", 2).await;
    desk.chip("c").await;
    let list = v1::ListChipTiesRequest { parent: "chips/c".into() };
    assert!(desk.chips.list_chip_ties(list.clone()).await.unwrap().into_inner().ties.is_empty());
    for (agent, rma) in [("agents/a-1", false), ("", true), ("agents/a-2", false)] {
        desk.chips.pair_chip(pair("c", agent, rma)).await.unwrap();
    }
    let ties = desk.chips.list_chip_ties(list).await.unwrap().into_inner().ties;
    let told: Vec<(&str, bool, bool)> =
        ties.iter().map(|tie| (tie.agent.as_str(), tie.rma, tie.end_time.is_some())).collect();
    assert_eq!(told, [("agents/a-2", false, false), ("", true, true), ("agents/a-1", false, true)]);
    assert_eq!(ties[1].end_time, ties[0].begin_time);
    assert!(ties.iter().all(|tie| tie.reason == "installed"));
}

async fn ties_need_chip_and_agent_in_use(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.agent("a", 1).await;
    desk.agent("gone", 2).await;
    desk.chip("c").await;
    let retire =
        v1::RetireAgentRequest { name: "agents/gone".into(), reason: "x".into(), ..Default::default() };
    desk.agents.retire_agent(retire).await.unwrap();
    for (asked, reason, fact) in [
        (pair("none", "agents/a", false), ErrorReason::NotFound, ("name", "chips/none")),
        (pair("c", "agents/none", false), ErrorReason::NotFound, ("name", "agents/none")),
        (pair("c", "agents/gone", false), ErrorReason::StateForbids, ("name", "agents/gone")),
        (pair("c", "sites/s", false), ErrorReason::FieldInvalid, ("field", "agent")),
        (pair("C", "agents/a", false), ErrorReason::FieldInvalid, ("field", "name")),
        (
            v1::PairChipRequest { reason: String::new(), ..pair("c", "agents/a", false) },
            ErrorReason::FieldMissing,
            ("field", "reason"),
        ),
    ] {
        refused(desk.chips.pair_chip(asked).await, reason, fact);
    }
    let none = v1::ListChipTiesRequest { parent: "chips/none".into() };
    refused(desk.chips.list_chip_ties(none).await, ErrorReason::NotFound, ("name", "chips/none"));
    let retire = v1::RetireChipRequest { name: "chips/c".into(), reason: "x".into(), ..Default::default() };
    desk.chips.retire_chip(retire).await.unwrap();
    let late = desk.chips.pair_chip(pair("c", "agents/a", false)).await;
    refused(late, ErrorReason::StateForbids, ("name", "chips/c"));
}

async fn alerts_are_listed_from_the_latest(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    desk.agent("a-1", 1).await;
    desk.agent("a-2", 2).await;
    for chip in ["c", "d"] {
        desk.chip(chip).await;
        desk.chips.pair_chip(pair(chip, "agents/a-1", false)).await.unwrap();
    }
    for turn in 0..5 {
        for chip in ["c", "d"] {
            let agent = if turn % 2 == 0 { "agents/a-2" } else { "agents/a-1" };
            desk.chips.pair_chip(pair(chip, agent, false)).await.unwrap();
        }
    }
    let all = alerts(&mut desk).await;
    assert_eq!(all.len(), 10);
    let mut ask = v1::ListAlertsRequest { page_size: 2, subject: "chips/d".into(), ..Default::default() };
    let mut shown = Vec::new();
    loop {
        let page = desk.alerts.list_alerts(ask.clone()).await.unwrap().into_inner();
        shown.extend(page.alerts);
        // What is raised meanwhile is newer than all that is left to show.
        desk.chips
            .pair_chip(pair("d", if shown.len() % 4 == 2 { "agents/a-1" } else { "agents/a-2" }, false))
            .await
            .unwrap();
        if page.next_page_token.is_empty() {
            break;
        }
        ask.page_token = page.next_page_token;
    }
    let of_d: Vec<v1::Alert> = all.into_iter().filter(|alert| alert.subject == "chips/d").collect();
    assert_eq!(shown, of_d);
    let wrong = v1::ListAlertsRequest { subject: "chips/c".into(), ..ask };
    refused(desk.alerts.list_alerts(wrong).await, ErrorReason::TokenInvalid, ("field", "page_token"));
}
