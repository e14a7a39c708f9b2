//! What ingestion costs: reports a second through the store against the same rows written raw, in one run.
//!
//! A report is a row of `reports` without its body and a row of `measurements` with less than 300 bytes of evidence.
//! *raw* writes both with the widest statements that the engine likes, one connection, nothing checked. *fused* is
//! [`Evidence::ingest`] by many callers at once. *in two steps* is what a report goes through that waits for its
//! transcript: kept with its samples, then completed session by session with a verdict.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that prints a table")]

#[path = "../tests/world/mod.rs"]
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use lightcone_store::*;
use sqlx::{Connection as _, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection};
use world::*;

const LANDMARKS: usize = 64;
const LANDMARKS_A_SESSION: usize = 16;
const SESSIONS: usize = 2_500;
const REPORTS: usize = SESSIONS * LANDMARKS_A_SESSION;
const CALLERS: usize = 64;
/// Reports of one call.
const BATCHES: [usize; 3] = [1, 16, 64];
/// Rounds of each kind, in turn; the median counts.
const ROUNDS: usize = 3;
/// Bytes of 64 samples as they come.
const BODY: usize = 64 * 60;
/// Rows of one raw transaction and of one raw statement.
const RAW_TRANSACTION: usize = 4_096;
const RAW_STATEMENT: usize = 128;
const REPORT_COLUMNS: usize = 11;
const MEASUREMENT_COLUMNS: usize = 16;
const SESSIONS_A_DAY: f64 = 12.0;

#[tokio::main]
async fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 0 };
    engine("SQLite", rounds, async || Some(Place::sqlite())).await;
    engine("PostgreSQL", rounds, Place::postgres).await;
}

async fn engine(name: &str, rounds: usize, place: impl AsyncFn() -> Option<Place>) {
    let mut raw = Vec::new();
    let mut fused = vec![Vec::new(); BATCHES.len()];
    let mut steps = Vec::new();
    for _ in 0..rounds {
        let Some(fresh) = place().await else { return };
        raw.push(write_raw(fresh).await);
        for (batch, runs) in BATCHES.iter().zip(&mut fused) {
            let Some(fresh) = place().await else { return };
            runs.push(ingest(fresh, *batch).await);
        }
        let Some(fresh) = place().await else { return };
        steps.push(in_two_steps(fresh).await);
    }
    if rounds == 0 {
        return;
    }
    let raw = median(&mut raw, |rate| *rate);
    println!(
        "{name}: {REPORTS} reports, {LANDMARKS_A_SESSION} a session, {CALLERS} callers, median of {rounds} rounds"
    );
    println!("  raw bulk insert of the same rows        {raw:>8.0} reports/s");
    for (batch, runs) in BATCHES.iter().zip(&mut fused) {
        let run = median(runs, |run| run.rate);
        let (p50, p99) = (run.latency.value_at_quantile(0.5), run.latency.value_at_quantile(0.99));
        println!(
            "  fused, {batch:>3} a call                       {:>8.0} reports/s  {:>3.0} % of raw  ack p50 {:.1} ms p99 {:.1} \
             ms  {:.0} reports a commit  {:.0} % of the time in transactions",
            run.rate,
            100.0 * run.rate / raw,
            p50 as f64 / 1e3,
            p99 as f64 / 1e3,
            run.group,
            100.0 * run.busy,
        );
    }
    let steps = median(&mut steps, |rate| *rate);
    println!(
        "  in two steps, with samples and verdicts {steps:>8.0} reports/s  {:>3.0} % of raw",
        100.0 * steps / raw
    );
    let devices = steps * 86_400.0 / SESSIONS_A_DAY / LANDMARKS_A_SESSION as f64;
    println!(
        "  devices at {SESSIONS_A_DAY} sessions a day and {LANDMARKS_A_SESSION} landmarks: {devices:.0}"
    );
}

fn median<T: Clone>(runs: &mut [T], by: impl Fn(&T) -> f64) -> T {
    runs.sort_by(|a, b| by(a).total_cmp(&by(b)));
    runs[runs.len() / 2].clone()
}

/// One run of fused ingestion.
#[derive(Clone)]
struct Run {
    rate: f64,
    latency: Histogram<u64>,
    /// Reports of one commit, on average.
    group: f64,
    /// Part of the time in which transactions ran; above 1 where several can run.
    busy: f64,
}

/// A report, the `at`-th: each session's come one after another, as they do in a burst.
fn arrival(at: usize) -> Arrival {
    let landmark = landmark_of(at);
    let mut arrival =
        verified(&landmark, 1 + (at / LANDMARKS) as i64, &session_of(at), 2_000_000 + at as i64);
    if let Some(measurement) = &mut arrival.measurement {
        // With the root of the digest tree: 268 bytes of evidence.
        measurement.best = vec![at as u8; 118];
        measurement.backup = vec![at as u8; 118];
    }
    arrival.report.body = vec![at as u8; BODY];
    arrival
}

fn landmark_of(at: usize) -> String {
    format!("landmark-{:02}", at % LANDMARKS)
}

fn session_of(at: usize) -> String {
    // As long as a UUID.
    format!("{:036x}", (at / LANDMARKS_A_SESSION).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// A store with all that reports name.
async fn prepared(place: &Place) -> Arc<SqlStore> {
    let store = place.open().await;
    let landmarks: Vec<String> = (0..LANDMARKS).map(landmark_of).collect();
    settle(&store, &landmarks.iter().map(String::as_str).collect::<Vec<_>>(), &["a1"]).await;
    let sessions: Vec<String> =
        (0..SESSIONS).map(|session| session_of(session * LANDMARKS_A_SESSION)).collect();
    let puts = sessions.iter().enumerate().map(|(at, id)| {
        let session = Session { wire_id: (at as u64).to_be_bytes(), ..session(id, "a1") };
        store.put_session(session, None)
    });
    for outcome in futures_util::future::join_all(puts).await {
        outcome.unwrap();
    }
    Arc::new(store)
}

async fn ingest(place: Place, batch: usize) -> Run {
    let store = prepared(&place).await;
    let (commits, busy) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let counts = (Arc::clone(&commits), Arc::clone(&busy));
    store.observe(Box::new(move |finished| {
        counts.0.fetch_add(1, Ordering::Relaxed);
        counts.1.fetch_add(finished.elapsed.as_micros() as u64, Ordering::Relaxed);
    }));
    let began = Instant::now();
    let latency = call(&store, batch, async |store, arrivals| {
        assert!(store.ingest(arrivals).await.unwrap().iter().all(|answer| *answer == Ingested::Accepted));
    })
    .await;
    let elapsed = began.elapsed();
    store.close().await;
    place.leave().await;
    Run {
        rate: REPORTS as f64 / elapsed.as_secs_f64(),
        latency,
        group: REPORTS as f64 / commits.load(Ordering::Relaxed) as f64,
        busy: Duration::from_micros(busy.load(Ordering::Relaxed)).as_secs_f64() / elapsed.as_secs_f64(),
    }
}

/// Lets all callers bring all reports, and measures how long each call waits, in microseconds.
async fn call<F>(store: &Arc<SqlStore>, batch: usize, work: F) -> Histogram<u64>
where
    F: AsyncFn(&SqlStore, Vec<Arrival>),
{
    let next = AtomicUsize::new(0);
    let (next, work) = (&next, &work);
    let callers = (0..CALLERS).map(|_| async move {
        let mut latency = Histogram::<u64>::new(3).unwrap();
        loop {
            let from = next.fetch_add(batch, Ordering::Relaxed);
            if from >= REPORTS {
                return latency;
            }
            let arrivals = (from..(from + batch).min(REPORTS)).map(arrival).collect();
            let began = Instant::now();
            work(store, arrivals).await;
            latency.record(began.elapsed().as_micros() as u64).unwrap();
        }
    });
    let mut all = Histogram::<u64>::new(3).unwrap();
    for latency in futures_util::future::join_all(callers).await {
        all.add(latency).unwrap();
    }
    all
}

/// Each call brings a session's reports with their samples, then completes them.
async fn in_two_steps(place: Place) -> f64 {
    let store = prepared(&place).await;
    let began = Instant::now();
    call(&store, LANDMARKS_A_SESSION, async |store, arrivals| {
        let reports: Vec<Report> = arrivals
            .iter()
            .map(|arrival| Report { state: ReportState::Pending, ..arrival.report.clone() })
            .collect();
        store.append_reports(reports).await.unwrap();
        let session = arrivals[0].report.session.clone();
        assert_eq!(store.pending_reports(&session).await.unwrap().len(), LANDMARKS_A_SESSION);
        let judged = judged(&format!("v{session}"), "a1", &session);
        let outcomes = arrivals.into_iter().map(|arrival| Outcome {
            landmark: arrival.report.landmark,
            sequence: arrival.report.sequence,
            state: ReportState::Verified,
            refusal: String::new(),
            measurement: arrival.measurement,
            keep_until: None,
        });
        store.complete_reports(&session, outcomes.collect(), Some(judged)).await.unwrap();
    })
    .await;
    let elapsed = began.elapsed();
    store.close().await;
    place.leave().await;
    REPORTS as f64 / elapsed.as_secs_f64()
}

/// The same rows, as fast as the engine takes them.
async fn write_raw(place: Place) -> f64 {
    prepared(&place).await.close().await;
    let rows: Vec<Arrival> = (0..REPORTS).map(arrival).collect();
    let elapsed = if place.url.starts_with("sqlite:") {
        raw_sqlite(&place, &rows).await
    } else {
        raw_postgres(&place, &rows).await
    };
    place.leave().await;
    REPORTS as f64 / elapsed.as_secs_f64()
}

const REPORT: &str = "INSERT INTO reports (landmark, sequence, session, state, digest, body, signature, \
    received_time, keep_until, refusal, updated_by) ";
const MEASUREMENT: &str = "INSERT INTO measurements (session, landmark, position_version, rtt_ns, eps_ns, \
    observe_time, best, backup, digest_root, samples, answered, loss_ppm, p1_ns, p50_ns, flags, updated_by) ";

async fn raw_sqlite(place: &Place, rows: &[Arrival]) -> Duration {
    let mut connection = SqliteConnection::connect(&place.url).await.unwrap();
    sqlx::query("PRAGMA synchronous = FULL").execute(&mut connection).await.unwrap();
    sqlx::query("PRAGMA wal_autocheckpoint = 4000").execute(&mut connection).await.unwrap();
    let began = Instant::now();
    for rows in rows.chunks(RAW_TRANSACTION) {
        let mut transaction = connection.begin().await.unwrap();
        for rows in rows.chunks(RAW_STATEMENT) {
            let mut query = QueryBuilder::<Sqlite>::new(REPORT);
            push_reports(&mut query, rows);
            query.build().execute(&mut *transaction).await.unwrap();
            let mut query = QueryBuilder::<Sqlite>::new(MEASUREMENT);
            push_measurements(&mut query, rows);
            query.build().execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }
    began.elapsed()
}

async fn raw_postgres(place: &Place, rows: &[Arrival]) -> Duration {
    let mut connection = PgConnection::connect(&place.url).await.unwrap();
    let began = Instant::now();
    for rows in rows.chunks(RAW_TRANSACTION) {
        let mut transaction = connection.begin().await.unwrap();
        // As wide as the protocol's 65,535 values allow.
        for rows in rows.chunks(2_048) {
            let mut query = QueryBuilder::<Postgres>::new(REPORT);
            push_reports(&mut query, rows);
            query.build().execute(&mut *transaction).await.unwrap();
            let mut query = QueryBuilder::<Postgres>::new(MEASUREMENT);
            push_measurements(&mut query, rows);
            query.build().execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }
    began.elapsed()
}

/// Binds what both engines bind alike.
macro_rules! push {
    ($name:ident, $rows:ident, $row:ident, $columns:ident, [$($value:expr),+ $(,)?]) => {
        fn $name<D>(query: &mut QueryBuilder<D>, $rows: &[Arrival])
        where
            D: sqlx::Database,
            i64: sqlx::Type<D> + for<'q> sqlx::Encode<'q, D>,
            Option<i64>: sqlx::Type<D> + for<'q> sqlx::Encode<'q, D>,
            String: sqlx::Type<D> + for<'q> sqlx::Encode<'q, D>,
            Vec<u8>: sqlx::Type<D> + for<'q> sqlx::Encode<'q, D>,
        {
            const { assert!([$(stringify!($value)),+].len() == $columns) };
            query.push_values($rows, |mut values, $row| {
                $(values.push_bind($value);)+
            });
        }
    };
}

push!(
    push_reports,
    rows,
    row,
    REPORT_COLUMNS,
    [
        row.report.landmark.clone(),
        row.report.sequence,
        row.report.session.clone(),
        row.report.state.as_str().to_owned(),
        row.report.digest.to_vec(),
        Vec::<u8>::new(),
        row.report.signature.to_vec(),
        row.report.received_time,
        row.report.keep_until,
        row.report.refusal.clone(),
        "raw".to_owned(),
    ]
);
push!(
    push_measurements,
    rows,
    row,
    MEASUREMENT_COLUMNS,
    [
        row.report.session.clone(),
        row.report.landmark.clone(),
        i64::from(row.measurement.as_ref().unwrap().position_version),
        row.measurement.as_ref().unwrap().rtt_ns,
        row.measurement.as_ref().unwrap().eps_ns,
        row.measurement.as_ref().unwrap().observe_time,
        row.measurement.as_ref().unwrap().best.clone(),
        row.measurement.as_ref().unwrap().backup.clone(),
        row.measurement.as_ref().unwrap().digest_root.to_vec(),
        i64::from(row.measurement.as_ref().unwrap().samples),
        i64::from(row.measurement.as_ref().unwrap().answered),
        i64::from(row.measurement.as_ref().unwrap().loss_ppm),
        row.measurement.as_ref().unwrap().p1_ns,
        row.measurement.as_ref().unwrap().p50_ns,
        i64::from(row.measurement.as_ref().unwrap().flags),
        "raw".to_owned(),
    ]
);
