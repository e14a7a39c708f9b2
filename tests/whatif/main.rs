//! What a comparison of rules costs over a large fleet, beside a plain scan of the same rows, in one process and run.
//!
//! `cargo bench -p lightcone-tests --bench whatif`; `--rows N` for other than a million chips, `--seed N` for another fleet.
//! The fleet is written into an embedded store by SQL. A server on that store, in this process, then compares rules over
//! the wire: once for a change that flips few, once for one that flips most. The plain scan reads the same columns of the
//! same rows and does nothing with them.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program that measures and says so")]

mod fleet;

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use lightcone::longrunning::operations_client::OperationsClient;
use lightcone::longrunning::{WaitOperationRequest, operation};
use lightcone::v1;
use lightcone::v1::policy_service_client::PolicyServiceClient;
use lightcone_tests::{Ground, House};
use prost::Message as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Row as _};
use tonic::transport::Channel;

/// Chips unless told otherwise.
const ROWS: u64 = 1_000_000;
const SEED: u64 = 7;
/// Days around a change of rules, and what it is.
const CHANGES: [(&str, &str, &str); 2] = [
    ("existing use may go on", "2026-05-30", "2026-05-31"),
    ("guidance on training and Ascend chips", "2025-05-12", "2025-05-13"),
];
/// What a comparison reads, without anything that judges.
const SCAN: &str = "SELECT c.id, c.sku, c.tenant, c.holder, v.agent, v.id, v.as_of, v.places FROM chips AS c \
    LEFT JOIN verdicts AS v ON v.agent = c.agent AND v.revision = \
    (SELECT MAX(w.revision) FROM verdicts AS w WHERE w.agent = c.agent) ORDER BY c.id";

fn main() {
    let (rows, seed) = (number("--rows").unwrap_or(ROWS), number("--seed").unwrap_or(SEED));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(rows, seed));
}

fn number(option: &str) -> Option<u64> {
    std::env::args().skip_while(|argument| argument != option).nth(1)?.parse().ok()
}

async fn measure(rows: u64, seed: u64) {
    let ground = Ground::on_disk();
    let begin = Instant::now();
    std::fs::create_dir_all(ground.data()).unwrap();
    let file = ground.data().join("lightcone.db");
    fleet::write(&file, rows, seed).await;
    println!("{rows} chips written in {:.1} s, seed {seed}", begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let house = House::on(&ground, |_| {}).await;
    println!("server up in {:.1} s, {} MiB resident", begin.elapsed().as_secs_f64(), memory("VmRSS"));
    let channel = house.channel().await;
    for (change, before, after) in CHANGES {
        let scan = scan(&file, rows).await;
        // The high-water mark begins anew.
        let resident = memory("VmRSS");
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let begin = Instant::now();
        let found = compare(&channel, before, after).await;
        let took = begin.elapsed();
        assert_eq!(found.judged, rows);
        println!(
            "{change}: {rows} judged, {} flip, {:.2} s; plain scan {:.2} s; ratio {:.2}; {} MiB resident before, {} MiB at \
             most",
            found.flipped,
            took.as_secs_f64(),
            scan.as_secs_f64(),
            took.as_secs_f64() / scan.as_secs_f64(),
            resident,
            memory("VmHWM"),
        );
        println!(
            "  {:?}",
            found.outcomes.iter().map(|it| (it.was(), it.would_be(), it.count)).collect::<Vec<_>>()
        );
    }
}

/// Reads every column of every row, one row at a time.
async fn scan(file: &Path, rows: u64) -> Duration {
    let mut store = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
    let begin = Instant::now();
    let (mut read, mut bytes) = (0, 0);
    {
        let mut found = sqlx::query(SCAN).fetch(&mut store);
        while let Some(row) = found.try_next().await.unwrap() {
            for text in 0..6 {
                bytes += row.get::<Option<&str>, _>(text).map_or(0, str::len);
            }
            bytes += row.get::<Option<i64>, _>(6).map_or(0, |_| 8);
            bytes += row.get::<Option<&[u8]>, _>(7).map_or(0, <[u8]>::len);
            read += 1;
        }
    }
    assert!(read == rows && bytes > 0, "{read} rows, {bytes} bytes");
    begin.elapsed()
}

async fn compare(channel: &Channel, before: &str, after: &str) -> v1::Comparison {
    let on = |day: &str| {
        let stand = v1::Stand { valid_on: day.to_owned(), ..v1::Stand::default() };
        Some(v1::Rules { stand: Some(stand), ..v1::Rules::default() })
    };
    let request = v1::ComparePoliciesRequest {
        base: on(before),
        draft: on(after),
        verdicts: true,
        ..v1::ComparePoliciesRequest::default()
    };
    let begun = PolicyServiceClient::new(channel.clone()).compare_policies(request).await.unwrap();
    let name = begun.into_inner().name;
    let mut operations = OperationsClient::new(channel.clone());
    loop {
        let wait = WaitOperationRequest { name: name.clone(), timeout: None };
        match operations.wait_operation(wait).await.unwrap().into_inner().result {
            Some(operation::Result::Response(found)) => {
                return v1::Comparison::decode(found.value.as_slice()).unwrap();
            }
            other => assert_eq!(other, None),
        }
    }
}

/// What the system says of this process's memory, in MiB.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
}
