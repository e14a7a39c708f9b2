//! Sessions and when they come.

use lightcone_store::*;

use crate::world::*;

pub(crate) async fn a_session_goes_its_way(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    let summoned = store.put_session(session("x", "a1"), Some(&request("r", 1))).await.unwrap();
    assert_eq!(store.put_session(session("x", "a1"), Some(&request("r", 1))).await.unwrap(), summoned);
    let bound = store.attest_session("x", attested(&["l1", "l2"])).await.unwrap();
    assert_eq!((bound.state, bound.binding), (SessionState::Attested, Some(bytes("binding"))));
    assert_eq!(bound.landmarks, ["l1", "l2"]);
    assert_eq!((bound.attest_time, bound.appraisal.len(), bound.inventory.len()), (Some(NOW + SECOND), 2, 1));
    let ended = store.close_session("x", closed()).await.unwrap();
    assert_eq!((ended.state, ended.as_of), (SessionState::Closed, Some(NOW + 5 * SECOND)));
    assert_eq!((ended.etag.as_str(), ended.evidence.len(), ended.transcript.len()), ("3", 3, 500));
    assert_eq!((ended.closing_evidence.len(), ended.closing_appraisal.len()), (2, 1));
    assert_eq!(store.session("x").await.unwrap(), ended);
    let agent: Agent = store.get("a1").await.unwrap();
    assert_eq!(agent.last_session.as_deref(), Some("x"));
}

pub(crate) async fn steps_out_of_order_are_refused(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let early = store.close_session("x", closed()).await;
    assert!(matches!(&early, Err(StoreError::WrongState { found, .. }) if found == "SUMMONED"), "{early:?}");
    store.attest_session("x", attested(&[])).await.unwrap();
    let twice = store.attest_session("x", attested(&[])).await;
    assert!(matches!(&twice, Err(StoreError::WrongState { found, .. }) if found == "ATTESTED"), "{twice:?}");
    store.close_session("x", closed()).await.unwrap();
    let missed = store.record_missed("x", NOW).await;
    assert!(matches!(&missed, Err(StoreError::WrongState { found, .. }) if found == "CLOSED"), "{missed:?}");
    let absent = store.attest_session("y", attested(&[])).await;
    assert!(matches!(absent, Err(StoreError::NotFound { .. })), "{absent:?}");
}

pub(crate) async fn wire_ids_are_unique(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let twin = Session { wire_id: session("x", "a1").wire_id, ..session("y", "a1") };
    let refused = store.put_session(twin, None).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists { field: "wire_id", .. })), "{refused:?}");
}

pub(crate) async fn sessions_are_found_by_wire_id_subject_and_state(store: &SqlStore) {
    settle(store, &[], &["a1", "a2"]).await;
    summon(store, "a1", &["x", "y"]).await;
    summon(store, "a2", &["z"]).await;
    let found = store.session_by_wire_id(session("y", "a1").wire_id).await.unwrap();
    assert_eq!(found.id, "y");
    let absent = store.session_by_wire_id([0; 8]).await;
    assert!(matches!(absent, Err(StoreError::NotFound { kind: "session", .. })), "{absent:?}");
    store.attest_session("y", attested(&[])).await.unwrap();
    let filter = Filter { parent: Some("a1".into()), state: Some("SUMMONED".into()), tenant: None };
    let listed = store.list_sessions(&filter, &PageRequest::default()).await.unwrap();
    assert_eq!(listed.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["x"]);
}

pub(crate) async fn missed_sessions_are_counted_until_one_closes(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    summon(store, "a1", &["x", "y", "z"]).await;
    let missed = async |store: &SqlStore| Registry::<Agent>::get(store, "a1").await.unwrap().missed_sessions;
    assert_eq!(store.record_missed("x", NOW).await.unwrap().state, SessionState::Missed);
    store.attest_session("y", attested(&[])).await.unwrap();
    store.record_missed("y", NOW).await.unwrap();
    assert_eq!(missed(store).await, 2);
    store.attest_session("z", attested(&[])).await.unwrap();
    assert_eq!(missed(store).await, 2);
    store.close_session("z", closed()).await.unwrap();
    assert_eq!(missed(store).await, 0);
}

pub(crate) async fn agents_come_due_in_order(store: &SqlStore) {
    settle(store, &[], &["a1", "a2", "a3", "a4"]).await;
    let at = |id: &str, time| (id.to_owned(), time);
    let times = [at("a2", NOW), at("a1", NOW + 5), at("a3", NOW + 9), at("a4", NOW - 1), at("nobody", NOW)];
    store.schedule_next(&times).await.unwrap();
    let _: Agent = store.retire("a4", None, "", NOW, None).await.unwrap();
    let due = |time, limit| async move {
        let agents = store.due_agents(time, limit).await.unwrap();
        agents.into_iter().map(|agent| agent.id).collect::<Vec<_>>()
    };
    assert_eq!(due(NOW + 5, 10).await, ["a2", "a1"]);
    assert_eq!(due(NOW + 9, 2).await, ["a2", "a1"]);
    assert_eq!(due(NOW - 1, 10).await, [""; 0]);
    store.schedule_next(&[at("a2", NOW + 100)]).await.unwrap();
    assert_eq!(due(NOW + 99, 10).await, ["a1", "a3"]);
}
