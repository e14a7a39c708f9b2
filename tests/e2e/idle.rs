//! Batches that are open and do nothing: they end, and together they hold no more than there is room for.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone_server::limits::{LANDMARKS_MAX, OPEN_LANDMARKS_MAX};
use lightcone_tests::{House, World};
use tokio::sync::oneshot;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

use crate::calls::{items, world};

/// A batch that is open until it is dropped.
struct Open {
    answers: Streaming<v1::BatchLocateResponse>,
    /// Its caller's half, which tonic would keep open on its own.
    _sending: oneshot::Sender<()>,
}

/// A batch that sends these frames and then nothing.
async fn open(house: &House, frames: Vec<v1::BatchLocateRequest>) -> Result<Open, Status> {
    let (sending, sent) = oneshot::channel::<()>();
    let end = stream::once(sent).filter_map(async |_| None);
    let answers = house.client().await.batch_locate(stream::iter(frames).chain(end)).await?.into_inner();
    Ok(Open { answers, _sending: sending })
}

#[tokio::test]
async fn a_batch_that_does_nothing_ends() {
    let house = House::with(|config| config.server.stream_idle_ms = 200).await;
    let mut world = world();
    let chip = world.chip();
    let started = Instant::now();
    let frames = vec![world.header(Vec::new()), items(vec![chip.item("answered")])];
    let mut open = open(&house, frames).await.unwrap();
    let (mut seen, mut end) = (0, None);
    while let Some(answer) = open.answers.next().await {
        match answer {
            Ok(_) => seen += 1,
            Err(status) => end = Some(status),
        }
    }
    let status = end.unwrap();
    assert_eq!(seen, 2, "the opening and the outcome come first");
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::DeadlineExceeded));
    assert_eq!(status.get_details_error_info().unwrap().metadata["idle_ms"], "200");
    assert!(status.message().contains("idle"), "{status:?}");
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_tables_have_a_budget() {
    let house = House::open().await;
    let header = World::of_seed(LANDMARKS_MAX, 1).header(Vec::new());
    let mut held = Vec::new();
    for _ in 0..OPEN_LANDMARKS_MAX / LANDMARKS_MAX {
        held.push(open(&house, vec![header.clone()]).await.unwrap());
    }
    let status = open(&house, vec![header.clone()]).await.err().unwrap();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::Overloaded));
    assert_eq!(status.get_details_error_info().unwrap().metadata["cause"], "open_tables");
    assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
    held.pop();
    let started = Instant::now();
    while open(&house, vec![header.clone()]).await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(3), "what a stream held is free once it is gone");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
