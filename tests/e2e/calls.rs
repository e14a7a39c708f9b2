//! Ways to ask that several tests share.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use lightcone::v1;
use lightcone::v1::batch_locate_response::Frame;
use lightcone::v1::batch_outcome::Outcome;
use lightcone::v1::location_service_client::LocationServiceClient;
use lightcone::v1::question::{Claim, Inside, Outside, Question};
use lightcone_tests::{House, World};
use tonic::Status;
use tonic::transport::Channel;

/// Where the chip of most tests is.
pub(crate) const SINGAPORE: v1::Point = v1::Point { latitude_deg: 1.35, longitude_deg: 103.82 };

pub(crate) fn inside(codes: &[&str]) -> v1::Question {
    let areas = codes.iter().map(|code| (*code).to_owned()).collect();
    v1::Question { question: Some(Question::Inside(Inside { areas, on_land: false })) }
}

pub(crate) fn outside(codes: &[&str]) -> v1::Question {
    let areas = codes.iter().map(|code| (*code).to_owned()).collect();
    v1::Question { question: Some(Question::Outside(Outside { areas })) }
}

pub(crate) fn claim(point: v1::Point) -> v1::Question {
    v1::Question { question: Some(Question::Claim(Claim { point: Some(point), tolerance_m: 0.0 })) }
}

/// A world with three landmarks near Singapore, so that something is proven even if one lies.
pub(crate) fn world() -> World {
    let mut world = World::of_seed(24, 7);
    for (index, (latitude_deg, longitude_deg)) in
        [(1.30, 103.80), (1.40, 103.90), (1.45, 103.75)].into_iter().enumerate()
    {
        world.landmarks[index].point = Some(v1::Point { latitude_deg, longitude_deg });
    }
    world
}

/// The request that is right in every field.
pub(crate) fn request() -> v1::LocateRequest {
    let mut world = world();
    let chip = world.chip_at(SINGAPORE);
    let mut request = world.request(&chip);
    for trip in request.round_trips.iter_mut().take(3) {
        trip.rtt_ns = 900_000;
    }
    request.questions = vec![inside(&["SG", "MY", "ID"]), outside(&["CN"]), claim(SINGAPORE)];
    request
}

/// Sends frames and gathers what comes back: the opening, the outcomes and how the stream ended.
pub(crate) async fn batch(
    client: &mut LocationServiceClient<Channel>,
    frames: Vec<v1::BatchLocateRequest>,
) -> (Option<v1::BatchOpening>, Vec<v1::BatchOutcome>, Result<(), Status>) {
    let (mut opening, mut outcomes) = (None, Vec::new());
    let mut answers = match client.batch_locate(stream::iter(frames)).await {
        Ok(answers) => answers.into_inner(),
        Err(status) => return (None, outcomes, Err(status)),
    };
    while let Some(answer) = answers.next().await {
        match answer.map(|answer| answer.frame) {
            Ok(Some(Frame::Opening(first))) => assert!(opening.replace(first).is_none(), "one opening"),
            Ok(Some(Frame::Outcomes(more))) => outcomes.extend(more.outcomes),
            Ok(None) => unreachable!("a frame is something"),
            Err(status) => return (opening, outcomes, Err(status)),
        }
    }
    (opening, outcomes, Ok(()))
}

pub(crate) fn items(items: Vec<v1::BatchItem>) -> v1::BatchLocateRequest {
    v1::BatchLocateRequest { frame: Some(v1::batch_locate_request::Frame::Items(v1::BatchItems { items })) }
}

/// The answer to one item.
pub(crate) fn outcome<'a>(outcomes: &'a [v1::BatchOutcome], id: &str) -> &'a Outcome {
    let mut found = outcomes.iter().filter(|outcome| outcome.correlation_id == id);
    let outcome = found.next().and_then(|outcome| outcome.outcome.as_ref()).expect("an outcome");
    assert!(found.next().is_none(), "one outcome for `{id}`");
    outcome
}

/// Waits until the pool has nothing to do; says how long that took.
pub(crate) async fn idle_within(house: &House, limit: Duration) -> Duration {
    let started = std::time::Instant::now();
    loop {
        let snapshot = house.pool.snapshot();
        if snapshot.lanes.iter().all(|lane| lane.depth == 0 && lane.running == 0) {
            return started.elapsed();
        }
        assert!(started.elapsed() < limit, "the pool is still busy: {snapshot:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
