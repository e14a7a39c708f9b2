//! Ties, alerts and what is seen from outside.

use std::sync::{Arc, Mutex};

use lightcone_store::*;

use crate::world::*;

fn tie(chip: &str, agent: Option<&str>, from_time: i64, rma: bool) -> ChipTie {
    ChipTie {
        chip: chip.into(),
        agent: agent.map(str::to_owned),
        from_time,
        until_time: None,
        reason: "rack 7".into(),
        rma,
    }
}

pub(crate) async fn a_chip_has_one_tie_at_a_time(store: &SqlStore) {
    settle(store, &[], &["a1", "a2"]).await;
    store.create_many(vec![chip("c1")], None).await.unwrap();
    let first = store.tie_chip(tie("c1", Some("a1"), NOW + 1, false), None, None, None).await.unwrap();
    assert_eq!((first.state, first.agent.as_deref()), (ChipState::Paired, Some("a1")));
    let again = store.tie_chip(tie("c1", Some("a1"), NOW + 2, false), None, None, None).await.unwrap();
    assert_eq!(again, first);
    // Only the chip that was seen: of two who saw the same one, the second is told.
    let seen = Some(first.etag.as_str());
    store.tie_chip(tie("c1", Some("a2"), NOW + 3, true), seen, None, None).await.unwrap();
    let late = store.tie_chip(tie("c1", Some("a1"), NOW + 4, true), seen, None, None).await;
    assert!(matches!(late, Err(StoreError::EtagMismatch { .. })), "{late:?}");
    let ties = store.chip_ties("c1").await.unwrap();
    let spans: Vec<_> =
        ties.iter().map(|tie| (tie.agent.as_deref(), tie.from_time, tie.until_time)).collect();
    assert_eq!(spans, [(Some("a1"), NOW + 1, Some(NOW + 3)), (Some("a2"), NOW + 3, None)]);
}

pub(crate) async fn a_move_without_a_return_is_an_alert(store: &SqlStore) {
    settle(store, &[], &["a1", "a2", "a3"]).await;
    store.create_many(vec![chip("c1")], None).await.unwrap();
    let move_to = |agent: &'static str, at, rma, name: &'static str, request: Option<Request>| async move {
        let tie = tie("c1", Some(agent), NOW + at, rma);
        store.tie_chip(tie, None, Some(alert(name)), request.as_ref()).await.unwrap();
        store.alerts_since(0, 10).await.unwrap().len()
    };
    assert_eq!(move_to("a1", 1, false, "first tie", None).await, 0);
    assert_eq!(move_to("a2", 2, true, "returned", None).await, 0);
    assert_eq!(move_to("a3", 3, false, "moved", Some(request("r", 1))).await, 1);
    assert_eq!(move_to("a3", 3, false, "moved", Some(request("r", 1))).await, 1);
}

pub(crate) async fn a_chip_that_is_untied_can_be_tied_again(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    store.create_many(vec![Chip { agent: Some("a1".into()), ..chip("c1") }], None).await.unwrap();
    let loose =
        store.tie_chip(tie("c1", None, NOW + 1, false), None, Some(alert("untied")), None).await.unwrap();
    assert_eq!((loose.state, loose.agent), (ChipState::Registered, None));
    // To untie first is no way around the alert.
    assert_eq!(store.alerts_since(0, 10).await.unwrap().len(), 1);
    let tied = store.tie_chip(tie("c1", Some("a1"), NOW + 2, false), None, None, None).await.unwrap();
    assert_eq!(tied.state, ChipState::Paired);
    assert_eq!(store.chip_ties("c1").await.unwrap().len(), 3);
}

pub(crate) async fn retired_chips_and_agents_are_not_tied(store: &SqlStore) {
    settle(store, &[], &["a1", "a2"]).await;
    store.create_many(vec![chip("c1"), chip("c2")], None).await.unwrap();
    let _: Chip = store.retire("c1", None, "", NOW, None).await.unwrap();
    let _: Agent = store.retire("a2", None, "", NOW, None).await.unwrap();
    let refused = store.tie_chip(tie("c1", Some("a1"), NOW, false), None, None, None).await;
    assert!(matches!(refused, Err(StoreError::WrongState { kind: "chip", .. })), "{refused:?}");
    let refused = store.tie_chip(tie("c2", Some("a2"), NOW, false), None, None, None).await;
    assert!(matches!(refused, Err(StoreError::WrongState { kind: "agent", .. })), "{refused:?}");
    let refused = store.tie_chip(tie("c2", Some("a3"), NOW, false), None, None, None).await;
    assert!(matches!(refused, Err(StoreError::NotFound { kind: "agent", .. })), "{refused:?}");
}

pub(crate) async fn alerts_are_followed_and_listed(store: &SqlStore) {
    for id in ["x", "y", "z"] {
        let subject = if id == "y" { "chips/c2" } else { "chips/c1" };
        store.put_alert(Alert { subject: subject.into(), ..alert(id) }).await.unwrap();
    }
    let twice = store.put_alert(alert("x")).await;
    assert!(matches!(twice, Err(StoreError::AlreadyExists { .. })), "{twice:?}");
    let ids = |alerts: Vec<Alert>| alerts.into_iter().map(|alert| alert.id).collect::<String>();
    assert_eq!(ids(store.alerts_since(1, 10).await.unwrap()), "yz");
    let newest = AlertFilter::default();
    assert_eq!(ids(store.list_alerts(&newest).await.unwrap()), "zyx");
    let about =
        AlertFilter { subject: Some("chips/c1".into()), before_revision: Some(3), ..AlertFilter::default() };
    assert_eq!(ids(store.list_alerts(&about).await.unwrap()), "x");
}

pub(crate) async fn every_transaction_is_observed_by_name(store: &SqlStore) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    store.observe(Box::new(move |finished| log.lock().unwrap().push((finished.name, finished.committed))));
    store.put_alert(alert("x")).await.unwrap();
    store.put_alert(alert("x")).await.unwrap_err();
    store.ping().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [("put-alert", true), ("put-alert", false)]);
}

pub(crate) async fn a_request_knows_whether_it_was_answered(store: &SqlStore) {
    assert!(!store.is_answered(&request("r", 1)).await.unwrap());
    store.create_many(vec![site("s")], Some(&request("r", 1))).await.unwrap();
    assert!(store.is_answered(&request("r", 1)).await.unwrap());
    let other = store.is_answered(&request("r", 2)).await;
    assert!(matches!(other, Err(StoreError::RequestReused { .. })), "{other:?}");
}
