//! Good clients: calls at a fixed rate, on a few connections.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use lightcone::v1;
use lightcone::v1::location_service_client::LocationServiceClient;
use lightcone_tests::World;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tonic::Request;
use tonic::transport::{Channel, Endpoint};

use crate::Failure;
use crate::served::Served;

/// Calls a second: what a server of two slow cores does with most of its time to spare.
const RATE: u32 = 200;
/// Within what an answer is good.
const DEADLINE: Duration = Duration::from_millis(250);
/// Connections that the calls are spread over.
const CONNECTIONS: usize = 4;
const LANDMARKS: usize = 60;

/// Good clients.
pub(crate) struct Good {
    clients: Vec<LocationServiceClient<Channel>>,
    requests: Vec<v1::LocateRequest>,
}

/// What became of their calls.
pub(crate) struct Heard {
    /// Answered in time, of all.
    pub(crate) share: f64,
    /// Times of answers that came, in microseconds.
    times: Histogram<u64>,
}

impl Heard {
    pub(crate) fn p99_ms(&self) -> f64 {
        self.times.value_at_quantile(0.99) as f64 / 1e3
    }
}

impl Good {
    pub(crate) async fn of(served: &Served) -> Result<Self, Failure> {
        let mut world = World::of_seed(LANDMARKS, 2026);
        let requests = (0..64).map(|_| {
            let chip = world.chip();
            world.request(&chip)
        });
        let requests = requests.collect();
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            let endpoint = Endpoint::from_shared(format!("http://{}", served.address))?;
            clients.push(LocationServiceClient::new(endpoint.connect().await?));
        }
        Ok(Self { clients, requests })
    }

    /// Calls for so long.
    pub(crate) async fn calls(&self, lasts: Duration) -> Result<Heard, Failure> {
        let mut times = Histogram::new(3)?;
        let (mut all, mut good) = (0_u32, 0_u32);
        let mut calls = JoinSet::new();
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / RATE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let started = Instant::now();
        while started.elapsed() < lasts {
            // The time of an answer counts from when its call was due.
            let due = ticks.tick().await.into_std();
            let mut client = self.clients[all as usize % CONNECTIONS].clone();
            let request = self.requests[all as usize % self.requests.len()].clone();
            calls.spawn(async move {
                let mut request = Request::new(request);
                request.set_timeout(DEADLINE);
                client.locate(request).await.map(|_| due.elapsed())
            });
            all += 1;
            while let Some(ended) = calls.try_join_next() {
                good += count(&mut times, ended?);
            }
        }
        while let Some(ended) = calls.join_next().await {
            good += count(&mut times, ended?);
        }
        Ok(Heard { share: f64::from(good) / f64::from(all.max(1)), times })
    }
}

fn count(times: &mut Histogram<u64>, ended: Result<Duration, tonic::Status>) -> u32 {
    let Ok(took) = ended else { return 0 };
    times.record(took.as_micros() as u64).unwrap_or_default();
    u32::from(took <= DEADLINE)
}
