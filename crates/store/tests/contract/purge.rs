//! What is forgotten, and what is not.

use Ingested::{Accepted, Duplicate, Expired};
use lightcone_store::*;

use crate::world::*;

const DAY: i64 = 86_400 * SECOND;

pub(crate) async fn reports_are_forgotten_and_known_as_old(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let batch: Vec<Arrival> = (1..=4).map(|sequence| verified("l1", sequence, "x", 100)).collect();
    store.ingest(batch.clone()).await.unwrap();
    // The first two are older than a day.
    let now = NOW + DAY + 2 * SECOND + 1;
    assert_eq!(store.purge(now, &Retention::default()).await.unwrap().reports, 2);
    assert_eq!(store.durable_sequence("l1").await.unwrap(), 4);
    assert_eq!(store.ingest(batch).await.unwrap(), [Expired, Expired, Duplicate, Duplicate]);
    assert_eq!(store.ingest(vec![verified("l1", 5, "x", 100)]).await.unwrap(), [Accepted]);
    assert_eq!(store.durable_sequence("l1").await.unwrap(), 5);
    assert_eq!(store.measurements("x").await.unwrap().len(), 1);
}

pub(crate) async fn a_gap_that_is_too_old_is_given_up(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    store.ingest(vec![verified("l1", 1, "x", 100), verified("l1", 3, "x", 100)]).await.unwrap();
    assert_eq!(store.durable_sequence("l1").await.unwrap(), 1);
    let now = NOW + DAY + 4 * SECOND;
    assert_eq!(store.purge(now, &Retention::default()).await.unwrap().reports, 2);
    assert_eq!(store.durable_sequence("l1").await.unwrap(), 3);
    // Not acknowledged: nobody can tell any more whether it was kept.
    assert_eq!(store.ingest(vec![verified("l1", 2, "x", 100)]).await.unwrap(), [Expired]);
}

pub(crate) async fn bodies_are_dropped_when_their_time_is_over(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let mut kept = verified("l1", 1, "x", 100);
    kept.report.keep_until = Some(NOW + DAY);
    let pending = report("l1", 2, "x");
    store.ingest(vec![kept, Arrival { report: pending.clone(), measurement: None }]).await.unwrap();
    let long = Retention { reports: 9 * DAY, ..Retention::default() };
    assert_eq!(store.purge(NOW + DAY, &long).await.unwrap(), Purged::default());
    assert_eq!(store.purge(NOW + DAY + 1, &long).await.unwrap(), Purged { bodies: 1, ..Purged::default() });
    // What waits for its transcript is not old, whatever its age.
    store.purge(NOW + 20 * DAY, &Retention::default()).await.unwrap();
    assert_eq!(store.pending_reports("x").await.unwrap(), [pending]);
}

pub(crate) async fn what_a_verdict_leans_on_is_kept(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x", "y"]).await;
    store.ingest(vec![verified("l1", 1, "x", 100), verified("l1", 2, "y", 100)]).await.unwrap();
    store.append_reports(vec![report("l1", 3, "y")]).await.unwrap();
    store.put_verdict(judged("v", "a1", "x")).await.unwrap();
    let purged = store.purge(NOW + 31 * DAY, &Retention::default()).await.unwrap();
    assert_eq!((purged.sessions, purged.verdicts), (1, 0));
    assert!(matches!(store.session("y").await, Err(StoreError::NotFound { .. })));
    assert_eq!(
        (store.measurements("y").await.unwrap(), store.pending_reports("y").await.unwrap().len()),
        (vec![], 0)
    );
    assert_eq!(store.measurements("x").await.unwrap().len(), 1);
    let purged = store.purge(NOW + 6 * 365 * DAY, &Retention::default()).await.unwrap();
    assert_eq!((purged.sessions, purged.verdicts), (1, 1));
    assert_eq!(store.measurements("x").await.unwrap(), []);
}

pub(crate) async fn held_verdicts_stay(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    store.ingest(vec![verified("l1", 1, "x", 100)]).await.unwrap();
    store.put_verdict(judged("v", "a1", "x")).await.unwrap();
    store.hold_verdict("v", true).await.unwrap();
    let never = NOW + 50 * 365 * DAY;
    let purged = store.purge(never, &Retention::default()).await.unwrap();
    assert_eq!((purged.sessions, purged.verdicts), (0, 0));
    assert!(store.verdict("v").await.unwrap().legal_hold);
    assert_eq!(store.measurements("x").await.unwrap().len(), 1);
    store.hold_verdict("v", false).await.unwrap();
    assert_eq!(store.purge(never, &Retention::default()).await.unwrap().verdicts, 1);
    let absent = store.hold_verdict("w", true).await;
    assert!(matches!(absent, Err(StoreError::NotFound { .. })), "{absent:?}");
}

pub(crate) async fn answers_and_alerts_expire(store: &SqlStore) {
    store.create_many(vec![site("s")], Some(&request("r", 1))).await.unwrap();
    store.put_alert(alert("x")).await.unwrap();
    assert_eq!(store.purge(NOW + DAY, &Retention::default()).await.unwrap(), Purged::default());
    let purged = store.purge(NOW + DAY + 1, &Retention::default()).await.unwrap();
    assert_eq!(purged, Purged { requests: 1, ..Purged::default() });
    // The id is free again, so the request is another one.
    store.create_many(vec![site("t")], Some(&request("r", 2))).await.unwrap();
    let short = Retention { alerts: DAY, ..Retention::default() };
    assert_eq!(store.purge(NOW + DAY + 1, &short).await.unwrap().alerts, 1);
}
