//! What the server adds to the geometry: processor time per chip over BatchLocate, less that of the core alone.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use lightcone::v1;
use lightcone::v1::batch_locate_response::Frame;
use lightcone::v1::location_service_client::LocationServiceClient;
use lightcone_core::locate::{Inquiry, Settings, locate};
use lightcone_core::{
    Age, Borders, ClockError, Landmark, LandmarkId, Mesh, Metres, Observation, Point, Question, RoundTrip,
};

use crate::Failure;
use crate::options::Options;
use crate::processor::{Used, this_thread};
use crate::served::Served;
use crate::table::Table;
use crate::workload::Workload;

/// Rounds that take turns: a machine that is busy with something else is so for both.
const ROUNDS: usize = 9;

/// One round's processor time per chip, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Round {
    core: f64,
    server: f64,
    io: f64,
    wall: f64,
}

pub(crate) async fn measure(
    served: &Served,
    workload: &Workload,
    options: &Options,
    table: &mut Table,
) -> Result<(), Failure> {
    let chips = if options.quick { 4_000 } else { 20_000 };
    let alone = Alone::new(workload)?;
    let mut client = LocationServiceClient::connect(served.url.clone()).await?;
    batch(&mut client, workload, chips / 4).await?;
    alone.locate(chips / 16);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let core = per_chip(alone.locate(chips / 4), chips / 4);
        let (before, started) = (Used::by(served.id()), Instant::now());
        batch(&mut client, workload, chips).await?;
        let used = Used::by(served.id()).since(before);
        rounds.push(Round {
            core,
            server: per_chip(used.all(), chips),
            io: per_chip(used.io, chips),
            wall: per_chip(started.elapsed(), chips),
        });
    }
    let median = |figure: fn(&Round) -> f64| middle(rounds.iter().map(figure).collect());
    table.micros("core alone, one thread: processor time a chip", median(|round| round.core), "");
    table.micros("BatchLocate: processor time of the server a chip", median(|round| round.server), "");
    table.micros("  of which on threads that serve sockets", median(|round| round.io), "");
    table.micros("  added to the core's own", median(|round| round.server - round.core), "<= 10.0 us");
    let rate = 1e6 / median(|round| round.wall);
    table.row("BatchLocate: chips a second over one stream", &format!("{rate:.0}"), "");
    Ok(())
}

/// Sends so many chips and waits for all answers.
async fn batch(
    client: &mut LocationServiceClient<tonic::transport::Channel>,
    workload: &Workload,
    chips: usize,
) -> Result<(), Failure> {
    let frames = std::iter::once(workload.header(None)).chain(workload.frames(chips));
    let mut answers = client.batch_locate(futures_util::stream::iter(frames)).await?.into_inner();
    let mut answered = 0;
    while let Some(answer) = answers.next().await {
        if let Some(Frame::Outcomes(outcomes)) = answer?.frame {
            let is_brief = |outcome: &v1::BatchOutcome| {
                matches!(outcome.outcome, Some(v1::batch_outcome::Outcome::Brief(_)))
            };
            if !outcomes.outcomes.iter().all(is_brief) {
                return Err("an item of the workload was refused".into());
            }
            answered += outcomes.outcomes.len();
        }
    }
    if answered == chips { Ok(()) } else { Err(format!("{answered} of {chips} chips were answered").into()) }
}

/// The core without a server.
struct Alone {
    borders: Borders,
    mesh: Mesh,
    chips: Vec<Vec<Observation>>,
    questions: Vec<Question>,
}

impl Alone {
    fn new(workload: &Workload) -> Result<Self, Failure> {
        let borders = Borders::embedded()?;
        let mesh = Mesh::new(workload.landmarks.iter().map(landmark).collect::<Result<_, _>>()?)?;
        let ids: Vec<LandmarkId> =
            workload.landmarks.iter().filter_map(|landmark| mesh.find(&landmark.name)).collect();
        let chip = |item: &v1::BatchItem| -> Result<Vec<Observation>, Failure> {
            let trip = |(place, rtt_ns): (usize, &i64)| -> Result<Observation, Failure> {
                let landmark = ids[item.landmarks.get(place).map_or(place, |at| *at as usize)];
                Ok(Observation { landmark, round_trip: RoundTrip::from_ns(*rtt_ns)?, age: Age::default() })
            };
            item.rtt_ns.iter().enumerate().map(trip).collect()
        };
        let chips = workload.items.iter().map(chip).collect::<Result<_, _>>()?;
        let areas = workload.questions.iter().filter_map(|question| match &question.question {
            Some(v1::question::Question::Outside(outside)) => {
                Some(outside.areas.iter().filter_map(|code| borders.find(code)).collect())
            }
            _ => None,
        });
        let questions = areas.map(|areas| Question::Outside { areas }).collect();
        Ok(Self { borders, mesh, chips, questions })
    }

    /// Locates so many chips; says what processor time it took.
    fn locate(&self, chips: usize) -> Duration {
        let settings = Settings::default();
        let before = this_thread();
        for observations in self.chips.iter().cycle().take(chips) {
            let inquiry =
                Inquiry { mesh: &self.mesh, observations, questions: &self.questions, settings: &settings };
            let _ = std::hint::black_box(locate(&self.borders, &inquiry, &|| false));
        }
        this_thread().saturating_sub(before)
    }
}

fn landmark(wire: &v1::Landmark) -> Result<Landmark, Failure> {
    let point = wire.point.unwrap_or_default();
    Ok(Landmark {
        name: wire.name.clone(),
        point: Point::from_degrees(point.latitude_deg, point.longitude_deg)?,
        position_error: Metres::new(wire.position_error_m.unwrap_or_default())?,
        clock_error: ClockError::default(),
        group: None,
    })
}

fn per_chip(time: Duration, chips: usize) -> f64 {
    time.as_secs_f64() * 1e6 / chips as f64
}

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
