//! How long small calls take while the bulk lane is full.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use lightcone::v1::location_service_client::LocationServiceClient;
use tokio::task::JoinSet;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::options::Options;
use crate::processor::Used;
use crate::served::Served;
use crate::table::Table;
use crate::ticks::ticks;
use crate::workload::Workload;
use crate::{Failure, flood, rank};

/// Calls a second, sent on time whether or not the last was answered.
const CHEAP_RATE: u32 = 500;
const LOCATE_RATE: u32 = 50;
/// How long the flood gets to fill the lane.
const SETTLE: Duration = Duration::from_millis(700);

pub(crate) async fn measure(
    served: &Served,
    workload: &Workload,
    options: &Options,
    table: &mut Table,
) -> Result<(), Failure> {
    tell("at rest", &both(served, workload, options).await?, ["", ""], table);
    // Explained chips fill the lane with next to nothing on the wire: what is left is how work is scheduled.
    // Plain ones bring tens of thousands of chips a second through the sockets as well, and their client
    // shares the cores.
    for (when, mode) in
        [("lane full of explained chips", "--client"), ("lane full of plain chips", "--flood")]
    {
        let mut flood = flood::start(rank::aside()?, mode, served, options)?;
        tokio::time::sleep(SETTLE).await;
        let (before, started) = (Used::by(served.id()), Instant::now());
        let busy = both(served, workload, options).await;
        let used = Used::by(served.id()).since(before).pool.as_secs_f64() / started.elapsed().as_secs_f64();
        flood.kill()?;
        flood.wait()?;
        table.row(&format!("cores of the pool, {when}"), &format!("{used:.2}"), "");
        tell(when, &busy?, ["<= 1000.0 us", "<= 5000.0 us"], table);
    }
    Ok(())
}

fn tell(
    when: &str,
    (cheap, locate): &(Histogram<u64>, Histogram<u64>),
    wanted: [&'static str; 2],
    table: &mut Table,
) {
    table.micros(&format!("health check, {when}: p50"), micros(cheap, 50.0), "");
    table.micros(&format!("health check, {when}: p99"), micros(cheap, 99.0), wanted[0]);
    table.micros(&format!("Locate, {when}: p50"), micros(locate, 50.0), "");
    table.micros(&format!("Locate, {when}: p99"), micros(locate, 99.0), wanted[1]);
}

pub(crate) fn micros(histogram: &Histogram<u64>, percentile: f64) -> f64 {
    histogram.value_at_percentile(percentile) as f64 / 1e3
}

/// Health checks and Locates at the same time.
async fn both(
    served: &Served,
    workload: &Workload,
    options: &Options,
) -> Result<(Histogram<u64>, Histogram<u64>), Failure> {
    let channel = Endpoint::from_shared(served.url.clone())?.connect().await?;
    let requests: Vec<_> = (0..64).map(|index| workload.locate(index, None)).collect();
    let health = HealthClient::new(channel.clone());
    let cheap = open_loop(CHEAP_RATE, options.phase(), move |_| {
        let mut health = health.clone();
        async move { health.check(HealthCheckRequest { service: String::new() }).await.map(|_| ()) }
    });
    let location = LocationServiceClient::<Channel>::connect(served.url.clone()).await?;
    let locate = open_loop(LOCATE_RATE, options.phase(), move |index| {
        let (mut location, request) = (location.clone(), requests[index % requests.len()].clone());
        async move { location.locate(request).await.map(|_| ()) }
    });
    let (cheap, locate) = tokio::join!(cheap, locate);
    Ok((cheap?, locate?))
}

/// Sends at a fixed rate; latency counts from when a call should have been sent.
pub(crate) async fn open_loop<F, C>(rate: u32, lasts: Duration, call: F) -> Result<Histogram<u64>, Failure>
where
    F: Fn(usize) -> C,
    C: Future<Output = Result<(), tonic::Status>> + Send + 'static,
{
    let mut histogram = Histogram::new(3)?;
    let (mut ticks, mut calls) = (ticks(f64::from(rate), lasts), JoinSet::new());
    let mut index = 0;
    while let Some(due) = ticks.recv().await {
        let call = call(index);
        calls.spawn(async move { call.await.map(|()| due.elapsed()) });
        index += 1;
    }
    while let Some(took) = calls.join_next().await {
        histogram.record(took??.as_nanos() as u64)?;
    }
    Ok(histogram)
}
