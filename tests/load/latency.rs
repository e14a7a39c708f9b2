//! How long small calls take while the bulk lane is full.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use hdrhistogram::Histogram;
use lightcone::v1::location_service_client::LocationServiceClient;
use tokio::task::{JoinHandle, JoinSet};
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::Failure;
use crate::options::Options;
use crate::served::Served;
use crate::table::Table;
use crate::ticks::ticks;
use crate::workload::Workload;

/// Calls a second, sent on time whether or not the last was answered.
const CHEAP_RATE: u32 = 500;
const LOCATE_RATE: u32 = 50;
/// Streams that fill the bulk lane.
const STREAMS: usize = 2;
/// Items of a stream that never ends while it is measured.
const ENDLESS: usize = usize::MAX;

pub(crate) async fn measure(
    served: &Served,
    workload: &Workload,
    options: &Options,
    table: &mut Table,
) -> Result<(), Failure> {
    let quiet = both(served, workload, options).await?;
    let streams: Vec<JoinHandle<()>> =
        futures_util::future::try_join_all((0..STREAMS).map(|_| fill(served, workload))).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let busy = both(served, workload, options).await?;
    streams.iter().for_each(JoinHandle::abort);
    for (when, (cheap, locate)) in [("at rest", &quiet), ("bulk lane full", &busy)] {
        let wanted = |limit: &'static str| if when == "at rest" { "" } else { limit };
        table.micros(&format!("health check, {when}: p50"), micros(cheap, 50.0), "");
        table.micros(&format!("health check, {when}: p99"), micros(cheap, 99.0), wanted("<= 1000.0 us"));
        table.micros(&format!("Locate, {when}: p50"), micros(locate, 50.0), "");
        table.micros(&format!("Locate, {when}: p99"), micros(locate, 99.0), wanted("<= 5000.0 us"));
    }
    Ok(())
}

fn micros(histogram: &Histogram<u64>, percentile: f64) -> f64 {
    histogram.value_at_percentile(percentile) as f64 / 1e3
}

/// Keeps the bulk lane full until aborted.
async fn fill(served: &Served, workload: &Workload) -> Result<JoinHandle<()>, Failure> {
    let mut client = LocationServiceClient::connect(served.url.clone()).await?;
    let frames = std::iter::once(workload.header(None)).chain(workload.frames(ENDLESS));
    let mut answers = client.batch_locate(stream::iter(frames)).await?.into_inner();
    Ok(tokio::spawn(async move { while let Some(Ok(_)) = answers.next().await {} }))
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
async fn open_loop<F, C>(rate: u32, lasts: Duration, call: F) -> Result<Histogram<u64>, Failure>
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
