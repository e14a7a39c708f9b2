//! Goodput when twice as much is asked for as can be done in time.

use std::time::{Duration, Instant};

use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::location_service_client::LocationServiceClient;
use tokio::task::JoinSet;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

use crate::Failure;
use crate::options::Options;
use crate::processor::Used;
use crate::served::Served;
use crate::table::Table;
use crate::ticks::ticks;
use crate::workload::Workload;

/// The time that each call is given.
const DEADLINE: Duration = Duration::from_millis(250);
/// Calls at a time for each core that find out the peak: enough to keep it busy, too few to be refused.
const CALLERS_PER_CORE: usize = 2;
/// Landmarks that measure each chip.
const LANDMARKS: usize = 250;
/// Trust groups that may lie.
const LIARS: u32 = 16;
/// Questions about each chip, each of which has to be explained.
const QUESTIONS: usize = 16;
/// Connections that the calls are spread over.
const CONNECTIONS: usize = 4;

/// How calls ended.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    good: u32,
    refused: u32,
    refused_without_time: u32,
    late: u32,
    other: u32,
}

impl Ends {
    fn count(&mut self, end: &Result<Duration, Status>) {
        match end {
            Ok(took) if *took <= DEADLINE => self.good += 1,
            Ok(_) => self.late += 1,
            Err(status) => match ErrorReason::of(status) {
                Some(ErrorReason::Overloaded) if has_time(status) => self.refused += 1,
                Some(ErrorReason::Overloaded) => self.refused_without_time += 1,
                Some(ErrorReason::DeadlineExceeded) => self.late += 1,
                _ if status.code() == tonic::Code::Cancelled => self.late += 1,
                _ => self.other += 1,
            },
        }
    }

    fn all(&self) -> u32 {
        self.good + self.refused + self.refused_without_time + self.late + self.other
    }
}

fn has_time(status: &Status) -> bool {
    status.get_details_retry_info().is_some_and(|info| info.retry_delay.is_some())
}

pub(crate) async fn measure(served: &Served, options: &Options, table: &mut Table) -> Result<(), Failure> {
    // Explained verdicts of more landmarks, that allow for more liars: many milliseconds each, so that it is
    // the server that is short and not the client, which runs on the same cores.
    let mut heavy = options.clone();
    (heavy.landmarks, heavy.data) = (LANDMARKS, None);
    let workload = Workload::of(&heavy)?;
    let settings = v1::Settings { explain: true, liars: Some(LIARS), ..v1::Settings::default() };
    let requests = (0..64).map(|index| {
        let request = workload.locate(index, Some(settings.clone()));
        let questions = request.questions.iter().cycle().take(QUESTIONS).cloned().collect();
        v1::LocateRequest { questions, ..request }
    });
    let requests: Vec<_> = requests.collect();
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(LocationServiceClient::connect(served.url.clone()).await?);
    }
    let calls = Calls { clients, requests };
    calls.closed_loop(options.phase() / 3).await;
    let (before, started) = (Spent::by(served), Instant::now());
    let peak = calls.closed_loop(options.phase()).await;
    let peak_cores = before.tell("at the peak", served, started, table);
    let (before, started) = (Spent::by(served), Instant::now());
    let (good, ends) = calls.open_loop(2.0 * peak, options.phase()).await;
    let cores = before.tell("at twice that", served, started, table);
    let share = |count: u32| format!("{:.1} %", 100.0 * f64::from(count) / f64::from(ends.all().max(1)));
    table.row("peak goodput, explained Locates a second", &format!("{peak:.0}"), "");
    table.row("goodput at twice that, deadlines of 250 ms", &format!("{good:.0}"), "");
    table.row("  of the peak", &format!("{:.1} %", 100.0 * good / peak), ">= 95.0 %");
    // This program and the refusals take cores from the pool that a client elsewhere would leave it.
    let evened = 100.0 * (good / cores) / (peak / peak_cores);
    table.row("  of the peak, for each core that the pool had", &format!("{evened:.1} %"), "");
    table.row("  good, of all calls", &share(ends.good), "");
    table.row("  refused with a time to come back", &share(ends.refused), "the rest");
    table.row("  refused without", &share(ends.refused_without_time), "0.0 %");
    table.row("  too late", &share(ends.late), "0.0 %");
    table.row("  anything else", &share(ends.other), "0.0 %");
    Ok(())
}

/// Processor time of the server and of this process, which shares its cores.
struct Spent {
    server: Used,
    here: Duration,
}

impl Spent {
    fn by(served: &Served) -> Self {
        Self { server: Used::by(served.id()), here: Used::by(std::process::id()).all() }
    }

    /// Tells what was spent since, and how many cores of it the pool had.
    fn tell(&self, when: &str, served: &Served, started: Instant, table: &mut Table) -> f64 {
        let now = Self::by(served);
        let server = now.server.since(self.server);
        let cores = |time: Duration| format!("{:.2}", time.as_secs_f64() / started.elapsed().as_secs_f64());
        let shares = [cores(server.pool), cores(server.io), cores(now.here - self.here)].join(" / ");
        table.row(&format!("cores {when}: pool / sockets / this program"), &shares, "");
        server.pool.as_secs_f64() / started.elapsed().as_secs_f64()
    }
}

struct Calls {
    clients: Vec<LocationServiceClient<Channel>>,
    requests: Vec<v1::LocateRequest>,
}

impl Calls {
    async fn call(
        mut client: LocationServiceClient<Channel>,
        request: v1::LocateRequest,
    ) -> Result<Duration, Status> {
        let started = Instant::now();
        let mut request = Request::new(request);
        request.set_timeout(DEADLINE);
        client.locate(request).await.map(|_| started.elapsed())
    }

    fn nth(&self, index: usize) -> impl Future<Output = Result<Duration, Status>> + Send + use<> {
        let client = self.clients[index % self.clients.len()].clone();
        Self::call(client, self.requests[index % self.requests.len()].clone())
    }

    /// As many calls as callers that wait for each answer get through; good ones a second.
    async fn closed_loop(&self, lasts: Duration) -> f64 {
        let started = Instant::now();
        let mut ends = Ends::default();
        let mut calls = JoinSet::new();
        let mut index = 0;
        let callers = CALLERS_PER_CORE * std::thread::available_parallelism().map_or(1, usize::from);
        while started.elapsed() < lasts {
            while calls.len() < callers {
                calls.spawn(self.nth(index));
                index += 1;
            }
            if let Some(Ok(end)) = calls.join_next().await {
                ends.count(&end);
            }
        }
        f64::from(ends.good) / started.elapsed().as_secs_f64()
    }

    /// Calls at a fixed rate, answered or not; good ones a second.
    async fn open_loop(&self, rate: f64, lasts: Duration) -> (f64, Ends) {
        let (mut ends, mut calls) = (Ends::default(), JoinSet::new());
        let (mut ticks, mut index) = (ticks(rate, lasts), 0);
        while ticks.recv().await.is_some() {
            calls.spawn(self.nth(index));
            index += 1;
            while let Some(Ok(end)) = calls.try_join_next() {
                ends.count(&end);
            }
        }
        while let Some(Ok(end)) = calls.join_next().await {
            ends.count(&end);
        }
        (f64::from(ends.good) / lasts.as_secs_f64(), ends)
    }
}
