//! A fleet that is not all alike, written into an embedded store by SQL: a chip and an agent each, and a verdict for most.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use lightcone::v1;
use lightcone_core::Borders;
use lightcone_store::{SqlStore, Supervision as _};
use lightcone_tests::{Seed, fleet};
use prost::Message as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _, SqliteConnection};

/// Kinds of chips; the last is of no book.
const SKUS: [&str; 24] = [
    "A100",
    "A800",
    "H100",
    "H800",
    "H200",
    "H20",
    "L40S",
    "L40",
    "L20",
    "L2",
    "L4",
    "RTX 4090",
    "RTX 4090D",
    "RTX 5090D V2",
    "B200",
    "B300",
    "B30A",
    "MI300X",
    "MI325X",
    "MI308X",
    "Gaudi 3",
    "Ascend 910B",
    "Ascend 910C",
    "no such kind",
];
/// Where chips are.
const COUNTRIES: [&str; 32] = [
    "US", "CN", "SG", "MY", "ID", "TH", "VN", "JP", "KR", "TW", "IN", "AE", "SA", "QA", "TR", "DE", "FR",
    "NL", "BE", "LU", "GB", "IE", "SE", "FI", "NO", "PL", "CZ", "AT", "CH", "IT", "RU", "IR",
];
/// Answers that differ: sets of destinations, with and without a claim that is impossible.
const ANSWERS: u64 = 500;
/// The most destinations of one.
const PLACES_MAX: u64 = 6;
/// One answer of so many finds the claim impossible.
const IMPOSSIBLE_OF: u64 = 50;
/// Of a hundred chips so many were never seen, and so many were not seen for two days.
const UNSEEN_PERCENT: u64 = 5;
const STALE_PERCENT: u64 = 5;

/// Writes it. No sessions are written: a comparison reads none.
pub(crate) async fn write(file: &Path, rows: u64, seed: u64) {
    let store = SqlStore::sqlite(file).await.unwrap();
    store.close().await;
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    let mut store = options.connect().await.unwrap();
    answers(&mut store, seed).await;
    store.execute("BEGIN").await.unwrap();
    for sql in statements(rows, seed) {
        store.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    store.execute("COMMIT").await.unwrap();
    store.execute("ANALYZE").await.unwrap();
}

/// What verdicts say, each with what a server keeps beside it.
async fn answers(store: &mut SqliteConnection, seed: u64) {
    store.execute("CREATE TEMP TABLE answers (k INTEGER PRIMARY KEY, places BLOB, wire BLOB)").await.unwrap();
    let (borders, mut seed) = (Borders::embedded().unwrap(), Seed::new(seed));
    for k in 0..ANSWERS {
        let touched: Vec<&str> = (0..=seed.next() % PLACES_MAX)
            .map(|_| COUNTRIES[(seed.next() % COUNTRIES.len() as u64) as usize])
            .collect();
        let verdict = match k % IMPOSSIBLE_OF {
            0 => fleet::elsewhere(&touched),
            _ => fleet::bounded(&touched),
        };
        let record = v1::VerdictRecord { verdict: Some(verdict), ..Default::default() };
        sqlx::query("INSERT INTO answers VALUES ($1, $2, $3)")
            .bind(k as i64)
            .bind(lightcone_server::places_to_keep(&borders, &record))
            .bind(record.encode_to_vec())
            .execute(&mut *store)
            .await
            .unwrap();
    }
}

fn statements(rows: u64, seed: u64) -> Vec<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let old = now - 2 * 86_400 * 1_000_000_000;
    // A different number for each row and purpose: products of odd constants, their middle bits.
    let odd = |salt: u64| format!("(((i + {seed}) * {}) >> 7 & 1048575)", 2_654_435_761 + 2 * salt);
    let numbers =
        format!("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows})");
    let skus: String = SKUS.iter().enumerate().map(|(at, sku)| format!(" WHEN {at} THEN '{sku}'")).collect();
    let kind = format!("CASE {} % {}{skus} END", odd(1), SKUS.len());
    let (id, agent) = ("printf('c-%08d', i)", "printf('a-%08d', i)");
    vec![
        format!(
            "INSERT INTO sites (id, etag, create_time, update_time, state, state_reason, display_name, \
             position_error_mm, questions, updated_by) VALUES ('hall', 'e', {now}, {now}, 'ACTIVE', '', '', 0, x'', 'b')"
        ),
        format!(
            "{numbers} INSERT INTO agents (id, etag, create_time, update_time, state, state_reason, site, identity_key, \
             missed_sessions, updated_by) SELECT {agent}, 'e', {now}, {now}, 'ACTIVE', '', 'hall', \
             CAST(printf('%032d', i) AS BLOB), 0, 'b' FROM n"
        ),
        format!(
            "{numbers} INSERT INTO chips (id, etag, create_time, update_time, state, state_reason, serial, sku, agent, \
             updated_by) SELECT {id}, 'e', {now}, {now}, 'REGISTERED', '', 's' || i, {kind}, {agent}, 'b' FROM n"
        ),
        format!("{numbers} INSERT INTO chip_tenants (tenant, chip, updated_by) SELECT '', {id}, 'b' FROM n"),
        format!(
            "{numbers} INSERT INTO verdicts (id, revision, create_time, agent, session, as_of, canonical, wire, summary, \
             residency, liars, mode, legal_hold, updated_by, places) SELECT printf('v-%08d', i), i + 1, {now}, {agent}, \
             printf('s-%08d', i), CASE WHEN {} % 100 < {STALE_PERCENT} THEN {old} ELSE {now} END, x'', a.wire, '', 'R2', \
             1, 'vacuum', 0, 'b', a.places FROM n JOIN answers AS a ON a.k = {} % {ANSWERS} \
             WHERE {} % 100 >= {UNSEEN_PERCENT}",
            odd(2),
            odd(3),
            odd(4)
        ),
        format!(
            "INSERT INTO counters (name, value, updated_by) VALUES ('verdicts', {rows}, 'b') ON CONFLICT (name) DO \
             UPDATE SET value = excluded.value"
        ),
    ]
}
