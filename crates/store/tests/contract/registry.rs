//! Records with an id, an etag and a state.

use lightcone_store::*;

use crate::world::*;

pub(crate) async fn records_come_back_as_they_were(store: &SqlStore) {
    let made: Vec<Landmark> = store.create_many(vec![landmark("l1")], None).await.unwrap();
    let expected = Landmark { etag: "1".into(), update_time: NOW, position_version: 1, ..landmark("l1") };
    assert_eq!(made, std::slice::from_ref(&expected));
    assert_eq!(Registry::<Landmark>::get(store, "l1").await.unwrap(), expected);

    let unclaimed = Site { latitude_nd: None, longitude_nd: None, questions: Vec::new(), ..site("s2") };
    store.create_many(vec![site("s"), unclaimed], None).await.unwrap();
    let sites: Vec<Site> = store.list(&Filter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!(sites[0].display_name, site("s").display_name);
    assert_eq!((sites[1].latitude_nd, sites[1].questions.len()), (None, 0));

    let made = store.create_many(vec![agent("a1", "s")], None).await.unwrap();
    assert_eq!(store.get("a1").await.ok().as_ref(), made.first());
    let made = store.create_many(vec![chip("c1")], None).await.unwrap();
    assert_eq!(store.get("c1").await.ok().as_ref(), made.first());
    let absent = Registry::<Chip>::get(store, "c2").await;
    assert!(matches!(absent, Err(StoreError::NotFound { kind: "chip", .. })), "{absent:?}");
}

pub(crate) async fn a_batch_is_made_whole_or_not_at_all(store: &SqlStore) {
    store.create_many(vec![site("s500")], None).await.unwrap();
    let batch: Vec<Site> = (0..1_000).map(|at| site(&format!("s{at}"))).collect();
    let refused = store.create_many(batch.clone(), None).await;
    assert!(matches!(&refused, Err(StoreError::AlreadyExists { id, field: "id", .. }) if id == "s500"));
    let all = |store| async move {
        Registry::<Site>::list(store, &Filter::default(), &PageRequest::default()).await.unwrap().len()
    };
    assert_eq!(all(store).await, 1);
    let others: Vec<Site> =
        batch.into_iter().map(|site| Site { id: format!("x{}", site.id), ..site }).collect();
    assert_eq!(store.create_many(others.clone(), None).await.unwrap().len(), 1_000);
    let too_many = store.create_many([others, vec![site("y")]].concat(), None).await;
    assert!(matches!(too_many, Err(StoreError::TooMany { count: 1_001, limit: 1_000, .. })), "{too_many:?}");
    let orphan = store.create_many(vec![agent("a", "nowhere")], None).await;
    assert!(matches!(orphan, Err(StoreError::Dangling { kind: "agent", .. })), "{orphan:?}");
}

pub(crate) async fn what_is_taken_is_named(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    store.create_many(vec![chip("c1")], None).await.unwrap();
    let taken = |outcome: Result<(), StoreError>| match outcome {
        Err(StoreError::AlreadyExists { id, field, .. }) => (id, field),
        other => panic!("{other:?}"),
    };
    let chip = Chip { serial: chip("c1").serial, ..chip("c2") };
    let outcome = store.create_many(vec![chip], None).await;
    assert_eq!(taken(outcome.map(drop)), ("c2".into(), "serial"));
    let agent = Agent { identity_key: agent("a1", "s").identity_key, ..agent("a2", "s") };
    let outcome = store.create_many(vec![agent], None).await;
    assert_eq!(taken(outcome.map(drop)), ("a2".into(), "identity_key"));
    for field in ["signing_key", "exchange_key"] {
        let mut second = landmark("l2");
        match field {
            "signing_key" => second.signing_key = landmark("l1").signing_key,
            _ => second.exchange_key = landmark("l1").exchange_key,
        }
        let outcome = store.create_many(vec![second], None).await;
        assert_eq!(taken(outcome.map(drop)), ("l2".into(), field));
    }
}

pub(crate) async fn lists_are_filtered_and_paged(store: &SqlStore) {
    let of = |id: &str, group: &str, state| Landmark { trust_group: group.into(), state, ..landmark(id) };
    let (probation, active) = (LandmarkState::Probation, LandmarkState::Active);
    let made =
        vec![of("d", "g1", active), of("a", "g1", probation), of("c", "g2", active), of("b", "g1", active)];
    store.create_many(made, None).await.unwrap();
    let ids = |filter: Filter, after: Option<&str>, size| {
        let page = PageRequest { after: after.map(str::to_owned), size };
        async move {
            let rows = Registry::<Landmark>::list(store, &filter, &page).await.unwrap();
            rows.into_iter().map(|row| row.id).collect::<String>()
        }
    };
    assert_eq!(ids(Filter::default(), None, 0).await, "abcd");
    assert_eq!(ids(Filter::default(), None, 3).await, "abc");
    assert_eq!(ids(Filter::default(), Some("c"), 3).await, "d");
    let group = Filter { parent: Some("g1".into()), ..Filter::default() };
    assert_eq!(ids(group.clone(), None, 0).await, "abd");
    assert_eq!(ids(Filter { state: Some("ACTIVE".into()), ..group }, None, 0).await, "bd");
}

pub(crate) async fn an_etag_that_is_old_is_refused(store: &SqlStore) {
    store.create_many(vec![site("s")], None).await.unwrap();
    let renamed = |name: &str| Site { display_name: name.into(), update_time: NOW + SECOND, ..site("s") };
    let first = store.update(renamed("one"), Some("1"), None).await.unwrap();
    assert_eq!((first.etag.as_str(), first.create_time, first.update_time), ("2", NOW, NOW + SECOND));
    let stale = store.update(renamed("two"), Some("1"), None).await;
    let Err(StoreError::EtagMismatch { expected, found, .. }) = &stale else { panic!("{stale:?}") };
    assert_eq!((expected.as_str(), found.as_str()), ("1", "2"));
    assert_eq!(store.update(renamed("three"), None, None).await.unwrap().etag, "3");
    let absent = store.update(site("t"), None, None).await;
    assert!(matches!(absent, Err(StoreError::NotFound { .. })), "{absent:?}");
}

pub(crate) async fn of_two_updates_from_one_reading_one_is_refused(store: &SqlStore) {
    store.create_many(vec![site("s")], None).await.unwrap();
    let renamed = |name: &str| Site { display_name: name.into(), ..site("s") };
    let updates = ["a", "b", "c", "d"].map(|name| store.update(renamed(name), Some("1"), None));
    let outcomes = futures_util::future::join_all(updates).await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let lost =
        outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::EtagMismatch { .. }))).count();
    assert_eq!((won, lost), (1, 3), "{outcomes:?}");
}

pub(crate) async fn a_moved_landmark_has_a_version_and_the_old_one_stays(store: &SqlStore) {
    store.create_many(vec![landmark("l1")], None).await.unwrap();
    let active = Landmark { state: LandmarkState::Active, update_time: NOW + 1, ..landmark("l1") };
    assert_eq!(store.update(active.clone(), None, None).await.unwrap().position_version, 1);
    let moved = Landmark { latitude_nd: 5, update_time: NOW + 2, ..active };
    assert_eq!(store.update(moved.clone(), None, None).await.unwrap().position_version, 2);
    let rekeyed = Landmark { exchange_key: [9; 32], update_time: NOW + 3, ..moved };
    assert_eq!(store.update(rekeyed, None, None).await.unwrap().position_version, 3);
    let versions = store.landmark_versions("l1").await.unwrap();
    let places: Vec<_> = versions.iter().map(|v| (v.position_version, v.latitude_nd, v.from_time)).collect();
    assert_eq!(places, [(1, 1_352_083_000, NOW), (2, 5, NOW + 2), (3, 5, NOW + 3)]);
    assert_eq!(versions[1].exchange_key, landmark("l1").exchange_key);
}

pub(crate) async fn an_update_leaves_ties_and_schedules_alone(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    store.schedule_next(&[("a1".into(), NOW + 60)]).await.unwrap();
    let updated = store.update(agent("a1", "s"), None, None).await.unwrap();
    assert_eq!(updated.next_session_time, Some(NOW + 60));
    let tied = Chip { agent: Some("a1".into()), ..chip("c1") };
    let tied = store.create_many(vec![tied], None).await.unwrap();
    assert_eq!(tied[0].state, ChipState::Paired);
    let updated = store.update(Chip { sku: "H200".into(), ..chip("c1") }, None, None).await.unwrap();
    assert_eq!((updated.agent.as_deref(), updated.state), (Some("a1"), ChipState::Paired));
    assert_eq!(store.chip_ties("c1").await.unwrap().len(), 1);
}

pub(crate) async fn what_is_retired_stays_readable_and_unchanged(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    store.create_many(vec![Chip { agent: Some("a1".into()), ..chip("c1") }], None).await.unwrap();
    let gone: Chip = store.retire("c1", Some("1"), "sold for scrap", NOW + 9, None).await.unwrap();
    assert_eq!((gone.state, gone.state_reason.as_str()), (ChipState::Retired, "sold for scrap"));
    assert_eq!((gone.etag.as_str(), gone.update_time), ("2", NOW + 9));
    assert_eq!(store.chip_ties("c1").await.unwrap()[0].until_time, Some(NOW + 9));
    let again: Chip = store.retire("c1", None, "again", NOW + 10, None).await.unwrap();
    assert_eq!(again, gone);
    assert_eq!(store.get("c1").await.ok(), Some(gone));
    let changed = store.update(chip("c1"), None, None).await;
    assert!(
        matches!(&changed, Err(StoreError::WrongState { found, .. }) if found == "RETIRED"),
        "{changed:?}"
    );
}

pub(crate) async fn a_request_is_done_once_and_answered_alike(store: &SqlStore) {
    let first = store.create_many(vec![site("s")], Some(&request("r1", 1))).await.unwrap();
    store.update(Site { display_name: "later".into(), ..site("s") }, None, None).await.unwrap();
    // The answer is that of then, though the record has changed.
    assert_eq!(store.create_many(vec![site("s")], Some(&request("r1", 1))).await.unwrap(), first);
    let other = store.create_many(vec![site("t")], Some(&request("r1", 2))).await;
    assert!(matches!(other, Err(StoreError::RequestReused { .. })), "{other:?}");
    let method = Request { method: "Other", ..request("r1", 1) };
    let other: Result<Site, _> = store.retire("s", None, "", NOW, Some(&method)).await;
    assert!(matches!(other, Err(StoreError::RequestReused { .. })), "{other:?}");
    let once = store.update(site("s"), Some("2"), Some(&request("r2", 1))).await.unwrap();
    // The etag is old by now, and that does not matter any more.
    assert_eq!(store.update(site("s"), Some("2"), Some(&request("r2", 1))).await.unwrap(), once);
    let gone: Site = store.retire("s", None, "x", NOW, Some(&request("r3", 1))).await.unwrap();
    assert_eq!(store.retire("s", None, "x", NOW, Some(&request("r3", 1))).await.ok(), Some(gone));
}

pub(crate) async fn a_request_at_the_same_time_is_done_once(store: &SqlStore) {
    let request = request("r1", 1);
    let calls = (0..8).map(|_| store.create_many(vec![site("s")], Some(&request)));
    for outcome in futures_util::future::join_all(calls).await {
        assert_eq!(outcome.unwrap()[0].etag, "1");
    }
}

pub(crate) async fn a_failed_request_may_come_again(store: &SqlStore) {
    let refused = store.create_many(vec![agent("a", "s")], Some(&request("r1", 1))).await;
    assert!(matches!(refused, Err(StoreError::Dangling { .. })), "{refused:?}");
    store.create_many(vec![site("s")], None).await.unwrap();
    store.create_many(vec![agent("a", "s")], Some(&request("r1", 1))).await.unwrap();
}
