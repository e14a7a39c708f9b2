//! Verdicts.

use std::sync::atomic::{AtomicBool, Ordering};

use lightcone_store::*;

use crate::world::*;

pub(crate) async fn verdicts_come_back_and_judge_their_session(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let kept = store.put_verdict(judged("v1", "a1", "x")).await.unwrap();
    assert_eq!(kept, Verdict { revision: 1, ..verdict("v1", "a1", "x") });
    assert_eq!(store.verdict("v1").await.unwrap(), kept);
    assert_eq!(store.session("x").await.unwrap().state, SessionState::Judged);
    let twice = store.put_verdict(judged("v1", "a1", "x")).await;
    assert!(matches!(twice, Err(StoreError::AlreadyExists { field: "id", .. })), "{twice:?}");
    let nowhere = store.put_verdict(judged("v2", "a1", "y")).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound { kind: "session", .. })), "{nowhere:?}");
}

pub(crate) async fn revisions_follow_one_another(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    for id in ["v1", "v2", "v3"] {
        store.put_verdict(judged(id, "a1", "x")).await.unwrap();
        // What fails takes no revision with it.
        store.put_verdict(judged(id, "a1", "x")).await.unwrap_err();
    }
    let since = |revision, limit| async move {
        let verdicts = store.verdicts_since(None, revision, limit).await.unwrap();
        verdicts.into_iter().map(|verdict| verdict.revision).collect::<Vec<_>>()
    };
    assert_eq!(since(0, 2).await, [1, 2]);
    assert_eq!(since(2, 2).await, [3]);
    assert_eq!(since(3, 2).await, [0; 0]);
}

pub(crate) async fn a_reader_of_revisions_misses_none(store: &SqlStore) {
    const WRITERS: usize = 8;
    const EACH: usize = 12;
    settle(store, &[], &["a1"]).await;
    let sessions: Vec<String> = (0..WRITERS).map(|writer| format!("x{writer}")).collect();
    summon(store, "a1", &sessions.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let done = AtomicBool::new(false);
    let writers = sessions.iter().map(|session| async move {
        for at in 0..EACH {
            store.put_verdict(judged(&format!("v {session} {at}"), "a1", session)).await.unwrap();
        }
    });
    let write = async {
        futures_util::future::join_all(writers).await;
        done.store(true, Ordering::Release);
    };
    let read = async {
        let mut seen = Vec::new();
        loop {
            let last = done.load(Ordering::Acquire);
            let next = store.verdicts_since(None, seen.last().copied().unwrap_or(0), 5).await.unwrap();
            if next.is_empty() && last {
                return seen;
            }
            seen.extend(next.iter().map(|verdict| verdict.revision));
        }
    };
    let ((), seen) = futures_util::future::join(write, read).await;
    assert_eq!(seen, (1..=(WRITERS * EACH) as i64).collect::<Vec<_>>());
}

pub(crate) async fn what_is_superseded_says_by_what(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    store.put_verdict(judged("v1", "a1", "x")).await.unwrap();
    let later = |id: &str, old: &str| Judged { supersedes: Some(old.into()), ..judged(id, "a1", "x") };
    store.put_verdict(later("v2", "v1")).await.unwrap();
    assert_eq!(store.verdict("v1").await.unwrap().superseded_by.as_deref(), Some("v2"));
    let twice = store.put_verdict(later("v3", "v1")).await;
    assert!(matches!(&twice, Err(StoreError::WrongState { found, .. }) if found.contains("v2")), "{twice:?}");
    let absent = store.put_verdict(later("v3", "v0")).await;
    assert!(matches!(absent, Err(StoreError::NotFound { kind: "verdict", .. })), "{absent:?}");
}

pub(crate) async fn lists_show_the_latest_of_each_agent(store: &SqlStore) {
    settle(store, &[], &["a1", "a2"]).await;
    summon(store, "a1", &["x", "y"]).await;
    summon(store, "a2", &["z"]).await;
    store.put_verdict(judged("v1", "a1", "x")).await.unwrap();
    store.put_verdict(judged("v2", "a2", "z")).await.unwrap();
    store.put_verdict(judged("v3", "a1", "y")).await.unwrap();
    let ids = |filter: VerdictFilter| async move {
        let verdicts = store.list_verdicts(&filter).await.unwrap();
        verdicts.into_iter().map(|verdict| verdict.id).collect::<Vec<_>>()
    };
    let all = VerdictFilter::default();
    assert_eq!(ids(all.clone()).await, ["v3", "v2", "v1"]);
    assert_eq!(ids(VerdictFilter { before_revision: Some(3), size: 1, ..all.clone() }).await, ["v2"]);
    assert_eq!(ids(VerdictFilter { agent: Some("a1".into()), ..all.clone() }).await, ["v3", "v1"]);
    assert_eq!(ids(VerdictFilter { latest_only: true, ..all }).await, ["v3", "v2"]);
}
