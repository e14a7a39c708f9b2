//! What it costs to ask where work may run: beside a bare echo of the same messages, and beside a full bulk lane.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream::BoxStream;
use lightcone::v1;
use lightcone::v1::placement_service_client::PlacementServiceClient;
use lightcone::v1::placement_service_server::{PlacementService, PlacementServiceServer};
use lightcone_store::{SqlStore, Supervision as _};
use lightcone_tests::fleet::{self, Parked};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

use crate::latency::{micros, open_loop};
use crate::options::Options;
use crate::served::Served;
use crate::table::Table;
use crate::{Failure, flood, rank};

/// Chips that are asked about.
const CHIPS: usize = 512;
/// Calls a second in the open loop.
const RATE: u32 = 500;
/// Calls that are under way at a time in the closed loop, on connections of their own.
const CONNECTIONS: usize = 4;
const AT_ONCE: usize = 16;
/// Rounds by turns, so that whatever else the machine does falls on both alike.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
/// How long the flood gets to fill the lane.
const SETTLE: Duration = Duration::from_millis(700);
/// Kinds and places of the fleet, by turns.
const SKUS: [&str; 4] = ["H100", "H20", "L40", "RTX 4090D"];
const PLACES: [&[&str]; 4] = [&["SG"], &["SG", "MY", "ID"], &["JP"], &["DE", "FR", "NL", "BE", "LU"]];

/// Measures.
pub(crate) async fn measure(options: &Options, table: &mut Table) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    // Where a server looks that is told no URL.
    settle(&format!("sqlite:{}", folder.path().join("lightcone.db").display())).await?;
    let served = Served::start_with(&["--store", &folder.path().display().to_string(), ""]).await?;
    let echo = Served::start_as("--echo", &[]).await?;
    warm(&served.url).await?;
    let (mut asked, mut echoed) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        asked.push(throughput(&served.url).await?);
        echoed.push(throughput(&echo.url).await?);
    }
    let (asked, echoed) = (median(&mut asked), median(&mut echoed));
    table.row("CheckPlacement, one chip a call: calls a second", &format!("{asked:.0}"), "");
    table.row("a bare echo of the same messages: calls a second", &format!("{echoed:.0}"), "");
    table.row("CheckPlacement / echo", &format!("{:.2}", asked / echoed), ">= 0.70");
    let rest = latency(&served.url, options).await?;
    table.micros("CheckPlacement, at rest: p99", micros(&rest, 99.0), "");
    for (when, mode) in
        [("lane full of explained chips", "--client"), ("lane full of plain chips", "--flood")]
    {
        let mut flood = flood::start(rank::aside()?, mode, &served, options)?;
        tokio::time::sleep(SETTLE).await;
        let busy = latency(&served.url, options).await;
        flood.kill()?;
        flood.wait()?;
        let busy = busy?;
        table.micros(&format!("CheckPlacement, {when}: p50"), micros(&busy, 50.0), "");
        table.micros(&format!("CheckPlacement, {when}: p99"), micros(&busy, 99.0), "<= 5000.0 us");
    }
    let batch = batch(&served.url).await?;
    table.row("CheckPlacement, 512 places a call: places a second", &format!("{batch:.0}"), "");
    Ok(())
}

/// Enters the fleet before the server starts.
async fn settle(url: &str) -> Result<(), Failure> {
    let store = SqlStore::open(url).await?;
    let parked = |at: usize| Parked {
        id: format!("c{at}"),
        sku: SKUS[at % SKUS.len()].to_owned(),
        tenant: String::new(),
        site: "hall".to_owned(),
    };
    fleet::park(&store, &(0..CHIPS).map(parked).collect::<Vec<_>>()).await;
    for at in 0..CHIPS {
        let places = PLACES[at / SKUS.len() % PLACES.len()];
        fleet::judge(&store, &format!("c{at}"), "", places, 60).await;
    }
    store.close().await;
    Ok(())
}

fn question(at: usize) -> v1::CheckPlacementRequest {
    v1::CheckPlacementRequest {
        workload: Some(v1::Workload {
            headquarters: "SG".into(),
            parents_complete: true,
            uses: vec![v1::EndUse::Training as i32],
            hours: 72.0,
            ..Default::default()
        }),
        places: vec![place(at)],
        ..Default::default()
    }
}

fn place(at: usize) -> v1::Place {
    v1::Place { place: Some(v1::place::Place::Chip(format!("chips/c{}", at % CHIPS))) }
}

/// Asks of every chip once, so that what is measured is what a scheduler sees that asks again and again.
async fn warm(url: &str) -> Result<(), Failure> {
    let mut client = PlacementServiceClient::new(connect(url).await?);
    let places = (0..CHIPS).map(place).collect();
    let answer =
        client.check_placement(v1::CheckPlacementRequest { places, ..question(0) }).await?.into_inner();
    let unknown = answer.placements.iter().filter(|told| told.outcome() == v1::Outcome::Unknown).count();
    if unknown > 0 { Err(format!("{unknown} of {CHIPS} chips are UNKNOWN").into()) } else { Ok(()) }
}

/// Calls a second in a closed loop.
async fn throughput(url: &str) -> Result<f64, Failure> {
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut callers = Vec::new();
    for connection in 0..CONNECTIONS {
        let channel = connect(url).await?;
        for caller in 0..AT_ONCE / CONNECTIONS {
            let mut client = PlacementServiceClient::new(channel.clone());
            let (stop, done) = (Arc::clone(&stop), Arc::clone(&done));
            let first = connection * 131 + caller * 17;
            callers.push(tokio::spawn(async move {
                for at in first.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    client.check_placement(question(at)).await?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<(), Status>(())
            }));
        }
    }
    let begun = Instant::now();
    tokio::time::sleep(ROUND).await;
    stop.store(true, Ordering::Relaxed);
    let rate = done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    for caller in callers {
        caller.await??;
    }
    Ok(rate)
}

/// Places a second in calls of many.
async fn batch(url: &str) -> Result<f64, Failure> {
    let mut client = PlacementServiceClient::new(connect(url).await?);
    let many = v1::CheckPlacementRequest { places: (0..CHIPS).map(place).collect(), ..question(0) };
    let (begun, mut asked) = (Instant::now(), 0);
    while begun.elapsed() < ROUND {
        client.check_placement(many.clone()).await?;
        asked += CHIPS;
    }
    Ok(asked as f64 / begun.elapsed().as_secs_f64())
}

async fn latency(url: &str, options: &Options) -> Result<hdrhistogram::Histogram<u64>, Failure> {
    let client = PlacementServiceClient::new(connect(url).await?);
    open_loop(RATE, options.phase(), move |at| {
        let mut client = client.clone();
        async move { client.check_placement(question(at)).await.map(|_| ()) }
    })
    .await
}

async fn connect(url: &str) -> Result<Channel, Failure> {
    Ok(Endpoint::from_shared(url.to_owned())?.connect().await?)
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Answers every question alike, with nothing behind it but tonic.
#[derive(Debug)]
struct Echo(v1::CheckPlacementResponse);

#[tonic::async_trait]
impl PlacementService for Echo {
    type WatchPlacementStream = BoxStream<'static, Result<v1::WatchPlacementResponse, Status>>;

    async fn check_placement(
        &self,
        _: Request<v1::CheckPlacementRequest>,
    ) -> Result<Response<v1::CheckPlacementResponse>, Status> {
        Ok(Response::new(self.0.clone()))
    }

    async fn watch_placement(
        &self,
        _: Request<v1::WatchPlacementRequest>,
    ) -> Result<Response<Self::WatchPlacementStream>, Status> {
        Err(Status::unimplemented("an echo"))
    }

    async fn record_usage(
        &self,
        _: Request<v1::RecordUsageRequest>,
    ) -> Result<Response<v1::RecordUsageResponse>, Status> {
        Err(Status::unimplemented("an echo"))
    }

    async fn get_usage_report(
        &self,
        _: Request<v1::GetUsageReportRequest>,
    ) -> Result<Response<v1::UsageReport>, Status> {
        Err(Status::unimplemented("an echo"))
    }
}

/// Is the echo: says its address and serves until its input ends.
pub(crate) fn echo() -> Result<(), Failure> {
    use std::io::{Read as _, Write as _};
    // As many threads as the server gives to its sockets.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr()?)?;
        out.flush()?;
        let end = tokio::task::spawn_blocking(|| std::io::stdin().read(&mut [0]));
        let service = PlacementServiceServer::new(Echo(canned()));
        let serving = tonic::transport::Server::builder().add_service(service).serve_with_incoming_shutdown(
            TcpListenerStream::new(listener),
            async {
                let _ = end.await;
            },
        );
        Ok(serving.await?)
    })
}

/// What the server answers to one question, as long as it is.
fn canned() -> v1::CheckPlacementResponse {
    let ruling = v1::Ruling { outcome: v1::Outcome::Allow as i32, review_policy: 0 };
    let at = Some(prost_types::Timestamp { seconds: 1_790_000_000, nanos: 123_456_789 });
    v1::CheckPlacementResponse {
        placements: vec![v1::Placement {
            place: "chips/c123".into(),
            outcome: v1::Outcome::Allow as i32,
            best: Some(ruling),
            worst: Some(ruling),
            rules: vec!["P02.3A090.a".into()],
            missing: Vec::new(),
            verdicts: vec!["agents/c123/verdicts/0198c1a2-3b4c-7d5e-8f90-123456789abc".into()],
            as_of: at,
            valid_until: at,
            decision: String::new(),
        }],
        policy_version: "policyVersions/1".into(),
        policy_sha256: "0".repeat(64),
        stand: Some(v1::Stand {
            valid_on: "2026-11-24".into(),
            known_on: "2026-11-24".into(),
            sense: v1::stand::Sense::AsEnforced as i32,
            drafts: Vec::new(),
        }),
        verdict_revision: 512,
    }
}
