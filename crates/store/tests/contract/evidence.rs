//! Reports from arrival to measurement, and the mesh.

use Ingested::{Accepted, Conflict, Duplicate};
use lightcone_store::*;

use crate::world::*;

pub(crate) async fn reports_are_kept_once(store: &SqlStore) {
    settle(store, &["l1", "l2"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let batch = vec![report("l1", 1, "x"), report("l1", 2, "x"), report("l2", 1, "x")];
    assert_eq!(store.append_reports(batch.clone()).await.unwrap(), [Accepted; 3]);
    assert_eq!(store.pending_reports("x").await.unwrap(), batch);
    let more = [batch.clone(), vec![report("l1", 3, "x")]].concat();
    let answers = store.append_reports(more).await.unwrap();
    assert_eq!(answers, [Duplicate, Duplicate, Duplicate, Accepted]);
    assert_eq!(store.pending_reports("x").await.unwrap().len(), 4);
    assert_eq!(store.append_reports(Vec::new()).await.unwrap(), []);
}

pub(crate) async fn another_report_of_the_same_sequence_is_a_conflict(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    store.append_reports(vec![report("l1", 1, "x")]).await.unwrap();
    let other = Report { digest: [0; 32], body: vec![0; 3], ..report("l1", 1, "x") };
    assert_eq!(store.append_reports(vec![other.clone()]).await.unwrap(), [Conflict]);
    let measured = Arrival { measurement: Some(measurement("x", "l1", 1)), report: other };
    assert_eq!(store.ingest(vec![measured]).await.unwrap(), [Conflict]);
    assert_eq!(store.pending_reports("x").await.unwrap(), [report("l1", 1, "x")]);
    assert_eq!(store.measurements("x").await.unwrap(), []);
}

pub(crate) async fn twice_in_one_call_counts_once(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let other = Report { digest: [0; 32], ..report("l1", 1, "x") };
    let batch = vec![report("l1", 1, "x"), report("l1", 1, "x"), other];
    assert_eq!(store.append_reports(batch).await.unwrap(), [Accepted, Duplicate, Conflict]);
    assert_eq!(store.pending_reports("x").await.unwrap(), [report("l1", 1, "x")]);
}

pub(crate) async fn a_batch_for_an_unknown_session_is_refused_alone(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let good = store.append_reports(vec![report("l1", 1, "x")]);
    let bad = store.append_reports(vec![report("l1", 2, "x"), report("l1", 3, "nowhere")]);
    let foreign = store.append_reports(vec![report("l9", 1, "x")]);
    let (good, bad, foreign) = futures_util::future::join3(good, bad, foreign).await;
    assert_eq!(good.unwrap(), [Accepted]);
    assert!(matches!(&bad, Err(StoreError::NotFound { kind: "session", id }) if id == "nowhere"), "{bad:?}");
    assert!(
        matches!(&foreign, Err(StoreError::NotFound { kind: "landmark", id }) if id == "l9"),
        "{foreign:?}"
    );
    assert_eq!(store.pending_reports("x").await.unwrap(), [report("l1", 1, "x")]);
}

pub(crate) async fn calls_at_the_same_time_are_each_answered(store: &SqlStore) {
    const CALLS: i64 = 64;
    let landmarks: Vec<String> = (0..8).map(|at| format!("l{at}")).collect();
    settle(store, &landmarks.iter().map(String::as_str).collect::<Vec<_>>(), &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let calls = (0..CALLS).map(|call| {
        let landmark = &landmarks[call as usize % 8];
        // Every other call repeats the one before it.
        let sequence = call / 16 * 2 + 1;
        store.append_reports(vec![report(landmark, sequence, "x"), report(landmark, sequence + 1, "x")])
    });
    let answers = futures_util::future::join_all(calls).await;
    let accepted = answers.into_iter().flat_map(Result::unwrap).filter(|answer| *answer == Accepted).count();
    assert_eq!(accepted, 64);
    assert_eq!(store.pending_reports("x").await.unwrap().len(), 64);
    for landmark in &landmarks {
        assert_eq!(store.durable_sequence(landmark).await.unwrap(), 8);
    }
}

pub(crate) async fn the_durable_sequence_ends_at_the_first_gap(store: &SqlStore) {
    settle(store, &["l1", "l2"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let keep = |sequences: &'static [i64]| async move {
        let reports = sequences.iter().map(|sequence| report("l1", *sequence, "x"));
        store.append_reports(reports.collect()).await.unwrap();
        store.durable_sequence("l1").await.unwrap()
    };
    assert_eq!(store.durable_sequence("l1").await.unwrap(), 0);
    assert_eq!(keep(&[2, 3]).await, 0);
    assert_eq!(keep(&[1]).await, 3);
    assert_eq!(keep(&[5, 7]).await, 3);
    assert_eq!(keep(&[4, 6]).await, 7);
    assert_eq!(store.durable_sequence("l2").await.unwrap(), 0);
}

pub(crate) async fn the_nearer_measurement_stays(store: &SqlStore) {
    settle(store, &["l1", "l2"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let batch = vec![verified("l1", 1, "x", 500), verified("l1", 2, "x", 400), verified("l2", 1, "x", 900)];
    store.ingest(batch).await.unwrap();
    store.ingest(vec![verified("l1", 3, "x", 450), verified("l2", 2, "x", 800)]).await.unwrap();
    let kept = store.measurements("x").await.unwrap();
    assert_eq!(kept, [measurement("x", "l1", 400), measurement("x", "l2", 800)]);
}

pub(crate) async fn bodies_are_kept_while_they_are_needed(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    store.append_reports(vec![report("l1", 1, "x")]).await.unwrap();
    let kept = |state| Outcome {
        landmark: "l1".into(),
        sequence: 1,
        state,
        refusal: String::new(),
        measurement: None,
        keep_until: Some(NOW + 10 * SECOND),
    };
    store.complete_reports("x", vec![kept(ReportState::Verified)], None).await.unwrap();
    assert_eq!(store.purge(NOW, &Retention::default()).await.unwrap().bodies, 0);
    let late = NOW + 11 * SECOND;
    assert_eq!(store.purge(late, &Retention::default()).await.unwrap().bodies, 1);
    assert_eq!(store.purge(late, &Retention::default()).await.unwrap().bodies, 0);
}

pub(crate) async fn pending_reports_are_completed_with_their_verdict(store: &SqlStore) {
    settle(store, &["l1", "l2"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    store
        .append_reports(vec![report("l1", 1, "x"), report("l2", 1, "x"), report("l2", 2, "x")])
        .await
        .unwrap();
    let outcome = |landmark: &str, refusal: &str| Outcome {
        landmark: landmark.into(),
        sequence: 1,
        state: if refusal.is_empty() { ReportState::Verified } else { ReportState::Refused },
        refusal: refusal.into(),
        measurement: refusal.is_empty().then(|| measurement("x", landmark, 700)),
        keep_until: None,
    };
    let outcomes = vec![outcome("l1", ""), outcome("l2", "signature does not check")];
    let verdict = store.complete_reports("x", outcomes.clone(), Some(judged("v1", "a1", "x"))).await.unwrap();
    assert_eq!(verdict.map(|verdict| verdict.revision), Some(1));
    assert_eq!(store.measurements("x").await.unwrap(), [measurement("x", "l1", 700)]);
    assert_eq!(store.pending_reports("x").await.unwrap(), [report("l2", 2, "x")]);
    assert_eq!(store.session("x").await.unwrap().state, SessionState::Judged);
    // Once more changes nothing: what it says of the reports is no longer asked.
    let again = vec![Outcome { measurement: Some(measurement("x", "l1", 1)), ..outcomes[0].clone() }];
    assert_eq!(store.complete_reports("x", again, None).await.unwrap(), None);
    assert_eq!(store.measurements("x").await.unwrap(), [measurement("x", "l1", 700)]);
}

pub(crate) async fn an_outcome_for_a_foreign_report_keeps_nothing(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x", "y"]).await;
    store.append_reports(vec![report("l1", 1, "x"), report("l1", 2, "y")]).await.unwrap();
    let outcome = |sequence| Outcome {
        landmark: "l1".into(),
        sequence,
        state: ReportState::Verified,
        refusal: String::new(),
        measurement: Some(measurement("x", "l1", 700)),
        keep_until: None,
    };
    let refused =
        store.complete_reports("x", vec![outcome(1), outcome(2)], Some(judged("v", "a1", "x"))).await;
    assert!(
        matches!(&refused, Err(StoreError::NotFound { kind: "report", id }) if id == "l1/2"),
        "{refused:?}"
    );
    assert_eq!(store.pending_reports("x").await.unwrap().len(), 1);
    assert_eq!(store.measurements("x").await.unwrap(), []);
    assert_eq!(store.verdicts_since(None, 0, 10).await.unwrap(), []);
}

pub(crate) async fn completions_at_the_same_time_are_each_answered(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    let sessions: Vec<String> = (1..=24).map(|at| format!("x{at}")).collect();
    summon(store, "a1", &sessions.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let reports = (1..).zip(&sessions).map(|(sequence, session)| report("l1", sequence, session));
    store.append_reports(reports.collect()).await.unwrap();
    let calls = (1_i64..).zip(&sessions).map(|(sequence, session)| {
        // Every fifth is for another session's report, and every fourth of the rest is refused.
        let foreign = sequence % 5 == 0;
        let refused = sequence % 4 == 0;
        let outcome = Outcome {
            landmark: "l1".into(),
            sequence: if foreign { sequence - 1 } else { sequence },
            state: if refused { ReportState::Refused } else { ReportState::Verified },
            refusal: if refused { "too early".into() } else { String::new() },
            measurement: (!refused).then(|| measurement(session, "l1", sequence)),
            keep_until: (sequence % 3 == 0).then_some(NOW),
        };
        store.complete_reports(session, vec![outcome], Some(judged(&format!("v{sequence}"), "a1", session)))
    });
    let answers = futures_util::future::join_all(calls).await;
    let mut revisions = Vec::new();
    for (sequence, answer) in (1_i64..).zip(answers) {
        let left = store.pending_reports(&sessions[sequence as usize - 1]).await.unwrap().len();
        match answer {
            Ok(verdict) => revisions.push((verdict.map(|verdict| verdict.revision), left)),
            Err(StoreError::NotFound { kind: "report", .. }) => assert_eq!((sequence % 5, left), (0, 1)),
            Err(error) => panic!("{error}"),
        }
    }
    revisions.sort_unstable();
    assert_eq!(revisions, (1..=20).map(|revision| (Some(revision), 0)).collect::<Vec<_>>());
}

pub(crate) async fn a_mesh_session_ends_with_its_reports(store: &SqlStore) {
    settle(store, &["l1", "l2"], &[]).await;
    let mesh = Session { subject_kind: SubjectKind::Landmark, ..session("x", "l2") };
    store.put_session(mesh, None).await.unwrap();
    let state = async || store.session("x").await.unwrap().state;
    store.attest_session("x", attested(&["l1"])).await.unwrap();
    store.complete_reports("x", Vec::new(), None).await.unwrap();
    assert_eq!(state().await, SessionState::Attested);
    store.close_session("x", closed()).await.unwrap();
    store.complete_reports("x", Vec::new(), None).await.unwrap();
    assert_eq!(state().await, SessionState::Judged);
}

pub(crate) async fn a_large_batch_is_one_call(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    summon(store, "a1", &["x"]).await;
    let batch: Vec<Arrival> =
        (1..=5_001).map(|sequence| verified("l1", sequence, "x", 9_000 - sequence)).collect();
    let answers = store.ingest(batch.clone()).await.unwrap();
    assert_eq!(answers, vec![Accepted; 5_001]);
    assert_eq!(store.durable_sequence("l1").await.unwrap(), 5_001);
    assert_eq!(store.measurements("x").await.unwrap(), [measurement("x", "l1", 3_999)]);
    let too_many = store.ingest([batch.clone(), batch].concat()).await;
    assert!(matches!(too_many, Err(StoreError::TooMany { limit: INGEST_MAX, .. })), "{too_many:?}");
}

fn pair(first: &str, second: &str, rtt_ns: i64, seconds: i64) -> MeshPair {
    MeshPair {
        first: first.into(),
        second: second.into(),
        first_version: 1,
        second_version: 1,
        rtt_ns,
        eps_ns: 500,
        observe_time: NOW + seconds * SECOND,
    }
}

pub(crate) async fn the_mesh_keeps_the_best_and_the_latest(store: &SqlStore) {
    settle(store, &["l1", "l2"], &[]).await;
    let pairs =
        [pair("l1", "l2", 50, 1), pair("l1", "l2", 40, 2), pair("l1", "l2", 60, 3), pair("l2", "l1", 70, 1)];
    for pair in &pairs {
        store.put_mesh_pair(pair.clone()).await.unwrap();
    }
    // A report that comes late is not the latest.
    store.put_mesh_pair(pair("l1", "l2", 65, 2)).await.unwrap();
    let kept = store.mesh_pairs().await.unwrap();
    assert_eq!(kept.best, [pairs[1].clone(), pairs[3].clone()]);
    assert_eq!(kept.latest, [pairs[2].clone(), pairs[3].clone()]);
    let absent = store.put_mesh_pair(pair("l1", "l3", 1, 1)).await;
    assert!(matches!(absent, Err(StoreError::Dangling { .. })), "{absent:?}");
}

pub(crate) async fn a_moved_landmark_leaves_the_mesh(store: &SqlStore) {
    settle(store, &["l1", "l2"], &[]).await;
    store.put_mesh_pair(pair("l1", "l2", 40, 1)).await.unwrap();
    store.update(Landmark { latitude_nd: 5, ..landmark("l2") }, None, None).await.unwrap();
    assert_eq!(store.mesh_pairs().await.unwrap(), MeshPairs::default());
    let moved = MeshPair { second_version: 2, ..pair("l1", "l2", 90, 2) };
    store.put_mesh_pair(moved.clone()).await.unwrap();
    let kept = store.mesh_pairs().await.unwrap();
    assert_eq!((kept.best, kept.latest), (vec![moved.clone()], vec![moved]));
}
