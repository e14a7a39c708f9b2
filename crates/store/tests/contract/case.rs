//! Cases: who asked, who agreed, and when they end.

use lightcone_store::*;

use crate::world::*;

const ASKER: &str = "https://id.example#kim";
const SECOND_ONE: &str = "https://id.example#lee";
const HOUR: i64 = 3_600 * SECOND;

fn case(id: &str, tenant: &str) -> Case {
    Case {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: 0,
        state: CaseState::Requested,
        site: "s".into(),
        reason: "an export that was not declared".into(),
        tenant: tenant.into(),
        requested_by: ASKER.into(),
        approved_by: String::new(),
        closed_by: String::new(),
        duration_ns: HOUR,
        open_time: None,
        expire_time: NOW + HOUR,
        close_time: None,
    }
}

pub(crate) async fn a_case_opens_by_a_second_subject(store: &SqlStore) {
    let asked = store.put_case(case("c1", "agency"), Some(&request("r", 1))).await.unwrap();
    assert_eq!(store.put_case(case("c9", "agency"), Some(&request("r", 1))).await.unwrap(), asked);
    let alone = store.approve_case("c1", ASKER, NOW + 1, NOW + HOUR).await;
    assert!(matches!(alone, Err(StoreError::SameSubject { .. })), "{alone:?}");
    assert_eq!(store.case("c1").await.unwrap(), asked);
    let open = store.approve_case("c1", SECOND_ONE, NOW + 1, NOW + 2 * HOUR).await.unwrap();
    let expected = Case {
        state: CaseState::Open,
        approved_by: SECOND_ONE.into(),
        open_time: Some(NOW + 1),
        expire_time: NOW + 2 * HOUR,
        etag: "2".into(),
        update_time: NOW + 1,
        ..asked
    };
    assert_eq!(open, expected);
    assert_eq!(store.approve_case("c1", SECOND_ONE, NOW + 2, NOW + 9 * HOUR).await.unwrap(), open);
    let third = store.approve_case("c1", "another", NOW + 2, NOW + HOUR).await;
    assert!(matches!(third, Err(StoreError::WrongState { .. })), "{third:?}");
    let absent = store.approve_case("c2", SECOND_ONE, NOW, NOW + HOUR).await;
    assert!(matches!(absent, Err(StoreError::NotFound { kind: "case", .. })), "{absent:?}");
}

pub(crate) async fn of_two_who_agree_at_once_one_is_kept(store: &SqlStore) {
    store.put_case(case("c1", "agency"), None).await.unwrap();
    let seconds = ["a", "b", "c"].map(|by| store.approve_case("c1", by, NOW + 1, NOW + HOUR));
    let outcomes = futures_util::future::join_all(seconds).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
}

pub(crate) async fn a_case_ends_by_somebody_or_by_its_time(store: &SqlStore) {
    for id in ["c1", "c2", "c3"] {
        store.put_case(case(id, "agency"), None).await.unwrap();
    }
    store.approve_case("c1", SECOND_ONE, NOW, NOW + HOUR).await.unwrap();
    store.approve_case("c2", SECOND_ONE, NOW, NOW + 2 * HOUR).await.unwrap();
    let open = |now| async move {
        let cases = store.open_cases("agency", now).await.unwrap();
        cases.into_iter().map(|case| case.id).collect::<String>()
    };
    assert_eq!(open(NOW).await, "c1c2");
    assert_eq!(open(NOW + HOUR).await, "c2");
    assert_eq!(store.open_cases("other", NOW).await.unwrap(), []);
    let closed = store.close_case("c2", ASKER, NOW + 5).await.unwrap();
    assert_eq!((closed.state, closed.closed_by.as_str()), (CaseState::Closed, ASKER));
    assert_eq!(closed.close_time, Some(NOW + 5));
    assert_eq!(store.close_case("c2", SECOND_ONE, NOW + 6).await.unwrap(), closed);
    assert_eq!(open(NOW + HOUR).await, "");
    // Its time ended it, and nobody did.
    assert_eq!(store.close_case("c1", ASKER, NOW + HOUR).await.unwrap().closed_by, "");
    let late = store.approve_case("c3", SECOND_ONE, NOW + HOUR, NOW + 2 * HOUR).await;
    assert!(matches!(&late, Err(StoreError::WrongState { found, .. }) if found == "CLOSED"), "{late:?}");
}

pub(crate) async fn cases_are_listed_the_latest_first(store: &SqlStore) {
    for (id, tenant) in [("c1", "agency"), ("c2", "other"), ("c3", "agency"), ("c4", "agency")] {
        store.put_case(case(id, tenant), None).await.unwrap();
    }
    store.approve_case("c3", SECOND_ONE, NOW, NOW + 2 * HOUR).await.unwrap();
    store.close_case("c4", ASKER, NOW).await.unwrap();
    let ids = |filter: CaseFilter| async move {
        let cases = store.list_cases(&filter).await.unwrap();
        cases.into_iter().map(|case| case.id).collect::<String>()
    };
    let all = || CaseFilter { now: NOW, ..CaseFilter::default() };
    assert_eq!(ids(all()).await, "c4c3c2c1");
    let agency = || CaseFilter { tenant: Some("agency".into()), ..all() };
    assert_eq!(ids(agency()).await, "c4c3c1");
    assert_eq!(ids(CaseFilter { before_id: Some("c4".into()), size: 1, ..agency() }).await, "c3");
    let state = |state, now| CaseFilter { state: Some(state), now, ..agency() };
    assert_eq!(ids(state(CaseState::Requested, NOW)).await, "c1");
    assert_eq!(ids(state(CaseState::Open, NOW)).await, "c3");
    assert_eq!(ids(state(CaseState::Closed, NOW)).await, "c4");
    assert_eq!(ids(state(CaseState::Closed, NOW + HOUR)).await, "c4c1");
    assert_eq!(ids(state(CaseState::Open, NOW + 2 * HOUR)).await, "");
}

pub(crate) async fn what_was_looked_at_is_forgotten_in_time(store: &SqlStore) {
    const DAY: i64 = 24 * HOUR;
    store.put_case(case("c1", "agency"), None).await.unwrap();
    for epoch in [1, 2] {
        let standing = Standing { subject: "chips/c1".into(), epoch, body: vec![1], create_time: NOW };
        store.put_standing(standing).await.unwrap();
    }
    let noted = Access {
        revision: 0,
        time: NOW,
        subject: ASKER.into(),
        subject_tenant: "agency".into(),
        call: "SiteService/GetSite".into(),
        resource: "sites/s".into(),
        tenant: "jurong".into(),
        case_id: "c1".into(),
        reason: String::new(),
        policy_version: String::new(),
    };
    store.put_accesses(vec![noted]).await.unwrap();
    let purged = |now| async move { store.purge(now, &Retention::default()).await.unwrap() };
    assert_eq!(purged(NOW + 14 * DAY).await, Purged::default());
    assert_eq!(purged(NOW + 15 * DAY).await, Purged { standings: 1, ..Purged::default() });
    let last = store.latest_standing("chips/c1").await.unwrap();
    assert_eq!(last.map(|standing| standing.epoch), Some(2), "the last one stays");
    assert_eq!(purged(NOW + 5 * 365 * DAY).await, Purged::default());
    assert_eq!(purged(NOW + 6 * 365 * DAY).await, Purged { accesses: 2, ..Purged::default() });
}
