//! Going down: what was accepted is answered, what comes later goes elsewhere.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use lightcone::v1::ErrorReason;
use lightcone::v1::batch_locate_response::Frame;
use lightcone_tests::House;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::calls::{items, outside, world};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_gets_its_answers_and_is_told_to_go_on_elsewhere() {
    let mut house = House::open().await;
    let mut health = HealthClient::new(house.admin_channel().await);
    let mut watch = health.watch(HealthCheckRequest { service: String::new() }).await.unwrap().into_inner();
    assert_eq!(watch.next().await.unwrap().unwrap().status(), ServingStatus::Serving);

    let mut client = house.client().await;
    let mut world = world();
    let (send, receive) = mpsc::channel(8);
    send.send(world.header(vec![outside(&["CN"])])).await.unwrap();
    for frame in 0..4 {
        let chips = (0..100).map(|index| world.chip().item(format!("{frame}-{index}")));
        send.send(items(chips.collect())).await.unwrap();
    }
    let mut answers = client.batch_locate(ReceiverStream::new(receive)).await.unwrap().into_inner();
    let (mut answered, mut ended) = (0, None);
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(answer) => {
                if let Some(Frame::Outcomes(outcomes)) = answer.frame {
                    answered += outcomes.outcomes.len();
                }
                // The caller keeps its stream open; it is the server that has to go.
                if answered == 400 {
                    house.ask_to_stop();
                }
            }
            Err(status) => ended = Some(status),
        }
    }
    assert_eq!(answered, 400);
    let status = ended.expect("the stream is ended by the server");
    assert_eq!(ErrorReason::of(&status), Some(ErrorReason::ShuttingDown), "{status:?}");
    assert_eq!(watch.next().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    drop((watch, health, client, send));
    let started = Instant::now();
    house.down().await;
    assert!(started.elapsed() < Duration::from_secs(5), "nothing was left to wait for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accepted_calls_are_answered_before_the_end() {
    let mut house = House::open().await;
    let client = house.client().await;
    let mut world = world();
    let mut calls: FuturesUnordered<_> = (0..64)
        .map(|_| {
            let (mut client, request) = (client.clone(), world.request(&world.clone().chip()));
            world.chip();
            tokio::spawn(async move { client.locate(request).await })
        })
        .collect();
    calls.next().await.unwrap().unwrap().expect("the first is answered before the end begins");
    house.ask_to_stop();
    while let Some(call) = calls.next().await {
        if let Err(status) = call.unwrap() {
            // Not yet accepted when the listener closed; the transport says so by code or by its GOAWAY.
            let goes_away = format!("{status:?}").contains("GoAway(b\"\", NO_ERROR, Remote)");
            assert!(goes_away || status.code() == tonic::Code::Unavailable, "{status:?}");
        }
    }
    drop(client);
    house.down().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_to_drain_runs_out() {
    let mut house = House::with(|config| config.server.drain_ms = 50).await;
    let mut client = house.client().await;
    // A call that never says what it wants.
    let call = tokio::spawn(async move { client.batch_locate(tokio_stream::pending()).await.map(drop) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    house.ask_to_stop();
    let started = Instant::now();
    house.down().await;
    assert!(started.elapsed() < Duration::from_secs(3));
    assert!(call.await.unwrap().is_err(), "its connection is closed");
}
