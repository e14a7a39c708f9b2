//! What holds under load, in small: the whole is measured by the load generator.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use lightcone_tests::House;

use crate::calls::{items, outside, request, world};

/// Generous: tests run beside one another on few cores.
const LOCATE_WITHIN: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_does_not_keep_a_locate_waiting() {
    let house = House::open().await;
    let mut client = house.client().await;
    let mut world = world();
    let chip = world.chip();
    let header = world.header(vec![outside(&["CN"])]);
    let endless = stream::iter([header]).chain(stream::repeat_with(move || items(vec![chip.item("x"); 64])));
    let mut answers = house.client().await.batch_locate(endless).await.unwrap().into_inner();
    let batch = tokio::spawn(async move { while let Some(Ok(_)) = answers.next().await {} });
    let mut slowest = Duration::ZERO;
    for _ in 0..50 {
        let started = Instant::now();
        client.locate(request()).await.unwrap();
        slowest = slowest.max(started.elapsed());
    }
    batch.abort();
    assert!(slowest < LOCATE_WITHIN, "{slowest:?}");
}
