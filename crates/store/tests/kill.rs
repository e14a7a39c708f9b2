//! `kill -9` in the middle of ingestion: no acknowledged report is lost, and none is there twice.
//!
//! This program runs itself as a child that ingests for ever and writes down each acknowledgement. The parent kills
//! it after some of them, opens the store as a restart would, and holds it to what was acknowledged. What a
//! power cut does to a disk that lies about its cache is not tested here.

#![expect(clippy::panic, clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail loudly")]

mod world;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use lightcone_store::*;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use world::*;

/// Makes this program the child; the value is the store's url.
const CHILD: &str = "LIGHTCONE_STORE_CHILD";
/// Kills of each engine; the long form has [`KILLS_LONG`].
const KILLS: u64 = 10;
const KILLS_LONG: u64 = 200;
/// Callers of the child, each a landmark with a sequence of its own.
const CALLERS: usize = 8;
const SESSIONS: i64 = 16;
/// Most acknowledgements before a kill.
const ACKNOWLEDGED_MAX: u64 = 60;
/// Most reports of one call.
const BATCH_MAX: u64 = 24;

#[tokio::main]
async fn main() {
    if let Ok(url) = std::env::var(CHILD) {
        return child(&url).await;
    }
    let kills = if std::env::var_os("LIGHTCONE_LONG").is_some() { KILLS_LONG } else { KILLS };
    survives(Place::sqlite(), kills).await;
    if let Some(place) = Place::postgres().await {
        survives(place, kills).await;
    }
}

/// Kills as often as that, and checks after each.
async fn survives(place: Place, kills: u64) {
    let store = place.open().await;
    let landmarks: Vec<String> = (0..CALLERS).map(landmark_of).collect();
    settle(&store, &landmarks.iter().map(String::as_str).collect::<Vec<_>>(), &["a1"]).await;
    let sessions: Vec<String> = (0..SESSIONS).map(session_of).collect();
    summon(&store, "a1", &sessions.iter().map(String::as_str).collect::<Vec<_>>()).await;
    store.close().await;
    let mut acknowledged = BTreeMap::new();
    for kill in 0..kills {
        let after = 1 + random(kill) % ACKNOWLEDGED_MAX;
        let round = tokio::task::block_in_place(|| run_and_kill(&place.url, after));
        assert!(round.len() as u64 >= after, "the child ended by itself");
        for (landmark, sequence) in round {
            let last = acknowledged.entry(landmark).or_insert(0);
            *last = sequence.max(*last);
        }
        check(&place, &acknowledged).await;
    }
    let engine = place.url.split(':').next().unwrap_or_default();
    let reports: i64 = acknowledged.values().sum();
    println!("{engine}: {kills} kills, {reports} acknowledged reports, none lost and none twice");
    place.leave().await;
}

/// Lets a child ingest, kills it after some acknowledgements, and gives all that it wrote down.
fn run_and_kill(url: &str, after: u64) -> Vec<(String, i64)> {
    let program = std::env::current_exe().unwrap();
    let mut child = Command::new(program).env(CHILD, url).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told: Vec<String> = lines.by_ref().take(after as usize).map(Result::unwrap).collect();
    child.kill().unwrap();
    // What is in the pipe was acknowledged too.
    told.extend(lines.map(Result::unwrap));
    child.wait().unwrap();
    told.iter().map(|line| parse(line)).collect()
}

fn parse(line: &str) -> (String, i64) {
    let (landmark, sequence) = line.split_once(' ').unwrap_or_else(|| panic!("the child wrote `{line}`"));
    (landmark.to_owned(), sequence.parse().unwrap())
}

/// Holds a reopened store to what was acknowledged: up to the last one of each landmark.
async fn check(place: &Place, acknowledged: &BTreeMap<String, i64>) {
    let store = place.open().await;
    for (landmark, last) in acknowledged {
        let durable = store.durable_sequence(landmark).await.unwrap();
        assert!(durable >= *last, "{landmark}: {last} was acknowledged, {durable} is durable");
        // No row twice, and none of a call that was cut off in its middle. One statement a question: a server may
        // still be finishing the last commit of the client that is gone.
        let sql = "SELECT COUNT(*), COUNT(DISTINCT digest), MAX(sequence) FROM reports WHERE landmark = $1";
        let [rows, distinct, newest] = count(&place.url, sql, landmark).await;
        assert_eq!((rows, distinct), (newest, newest), "{landmark}");
        let sql = "SELECT COUNT(DISTINCT session), (SELECT COUNT(*) FROM measurements WHERE landmark = $1), \
                   MIN(sequence) FROM reports WHERE landmark = $1";
        let [sessions, measurements, oldest] = count(&place.url, sql, landmark).await;
        assert_eq!((measurements, oldest), (sessions, 1), "{landmark}");
        // What a client sends again is known, byte for byte.
        let again = (1.max(last - 50)..=*last).map(|sequence| arrival(landmark, sequence));
        let answers = store.ingest(again.collect()).await.unwrap();
        assert!(answers.iter().all(|answer| *answer == Ingested::Duplicate), "{landmark}: {answers:?}");
    }
    store.close().await;
}

async fn count(url: &str, sql: &'static str, landmark: &str) -> [i64; 3] {
    let (a, b, c) = if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        sqlx::query_as(sql).bind(landmark).fetch_one(&mut connection).await.unwrap()
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::query_as(sql).bind(landmark).fetch_one(&mut connection).await.unwrap()
    };
    [a, b, c]
}

/// Ingests until it is killed.
async fn child(url: &str) {
    let store = Arc::new(SqlStore::open(url).await.unwrap());
    let callers = (0..CALLERS).map(|caller| tokio::spawn(call_for_ever(Arc::clone(&store), caller)));
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
}

async fn call_for_ever(store: Arc<SqlStore>, caller: usize) {
    let landmark = landmark_of(caller);
    let mut next = store.durable_sequence(&landmark).await.unwrap() + 1;
    loop {
        // A client that was cut off sends some of what it had sent before.
        let from = 1.max(next - (random(next as u64) % 3) as i64);
        let to = next + (random(next as u64 + caller as u64) % BATCH_MAX) as i64;
        let arrivals = (from..=to).map(|sequence| arrival(&landmark, sequence)).collect();
        let answers = store.ingest(arrivals).await.unwrap();
        assert!(answers.iter().all(|answer| matches!(answer, Ingested::Accepted | Ingested::Duplicate)));
        // One write, so that a line is there whole or not at all.
        std::io::stdout().write_all(format!("{landmark} {to}\n").as_bytes()).unwrap();
        next = to + 1;
    }
}

fn arrival(landmark: &str, sequence: i64) -> Arrival {
    verified(landmark, sequence, &session_of(sequence % SESSIONS), 1_000_000 + sequence)
}

fn landmark_of(caller: usize) -> String {
    format!("l{caller}")
}

fn session_of(session: i64) -> String {
    format!("x{session}")
}

/// SplitMix64, by Vigna: numbers that look like chance and are the same in every run.
fn random(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
