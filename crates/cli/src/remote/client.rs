//! The connection: unary for one target, a stream for many.

use std::time::Duration;

use lightcone::v1;
use lightcone::v1::location_service_client::LocationServiceClient;
use lightcone_core::{Borders, Mesh, Observation, Question, Settings, Verdict};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::from_wire::Door;
use super::line::{Line, Wire, limited, refused};
use super::to_wire;
use crate::args::WayArgs;
use crate::exit::{Failure, Outcome};

/// A server that is busy is asked again so many times, after the wait that it names.
const TRIES: u32 = 5;
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Targets a frame.
const FRAME_ITEMS: usize = 32;
/// The largest answer, in bytes.
const MESSAGE_BYTES_MAX: usize = 16 << 20;

/// A server.
pub(crate) struct Remote {
    line: Line,
    client: LocationServiceClient<Wire>,
}

/// What all targets have in common.
pub(crate) struct Ask<'a> {
    pub(crate) borders: &'a Borders,
    pub(crate) mesh: &'a Mesh,
    pub(crate) questions: &'a [Question],
    pub(crate) settings: &'a Settings,
}

impl Remote {
    /// Connects to a server such as `http://127.0.0.1:7443`.
    pub(crate) fn connect(url: &str, way: &WayArgs) -> Outcome<Self> {
        let line = Line::connect_as(url, way)?;
        let client = LocationServiceClient::new(line.channel());
        Ok(Self { line, client: client.max_decoding_message_size(MESSAGE_BYTES_MAX) })
    }

    /// Locates some targets, in their order.
    pub(crate) fn locate(
        &self,
        ask: &Ask<'_>,
        targets: &[(String, Vec<Observation>)],
    ) -> Outcome<Vec<Verdict>> {
        let work = async {
            match targets {
                [(_, observations)] => Ok(vec![self.one(ask, observations).await?]),
                _ => self.many(ask, targets).await,
            }
        };
        self.line.wait(work)?
    }

    async fn one(&self, ask: &Ask<'_>, observations: &[Observation]) -> Outcome<Verdict> {
        let message = v1::LocateRequest {
            landmarks: to_wire::landmarks(ask.mesh),
            round_trips: to_wire::round_trips(ask.mesh, observations),
            settings: Some(to_wire::settings(ask.settings)),
            questions: to_wire::questions(ask.borders, ask.questions),
            view: Some(v1::View::Basic.into()),
            as_of: None,
        };
        let mut tries = 0;
        let answer = loop {
            tries += 1;
            match self.client.clone().locate(limited(message.clone())).await {
                Ok(answer) => break answer.into_inner(),
                Err(status) if tries < TRIES && status.code() == Code::ResourceExhausted => {
                    tokio::time::sleep(wait_of(&status)).await;
                }
                Err(status) => return Err(refused(&status)),
            }
        };
        ask.verdict(answer)
    }

    async fn many(&self, ask: &Ask<'_>, targets: &[(String, Vec<Observation>)]) -> Outcome<Vec<Verdict>> {
        let header = v1::BatchHeader {
            landmarks: to_wire::landmarks(ask.mesh),
            settings: Some(to_wire::settings(ask.settings)),
            questions: to_wire::questions(ask.borders, ask.questions),
            view: Some(v1::View::Basic.into()),
        };
        let items = targets.iter().enumerate();
        let items: Vec<v1::BatchItem> =
            items.map(|(index, (_, observations))| to_wire::item(index.to_string(), observations)).collect();
        let mut frames = vec![v1::batch_locate_request::Frame::Header(header)];
        frames.extend(
            items.chunks(FRAME_ITEMS).map(|items| {
                v1::batch_locate_request::Frame::Items(v1::BatchItems { items: items.to_vec() })
            }),
        );
        let requests = frames.into_iter().map(|frame| v1::BatchLocateRequest { frame: Some(frame) });
        let stream = tokio_stream::iter(requests.collect::<Vec<_>>());
        let answers = self.client.clone().batch_locate(stream).await.map_err(|status| refused(&status))?;
        let mut answers = answers.into_inner();
        let mut verdicts: Vec<Option<Verdict>> = targets.iter().map(|_| None).collect();
        while let Some(response) = answers.message().await.map_err(|status| refused(&status))? {
            if let Some(v1::batch_locate_response::Frame::Outcomes(frame)) = response.frame {
                for outcome in frame.outcomes {
                    let index =
                        outcome.correlation_id.parse::<usize>().ok().filter(|index| *index < targets.len());
                    let Some(index) = index else { continue };
                    verdicts[index] = Some(ask.outcome(&targets[index].0, outcome.outcome)?);
                }
            }
        }
        let all: Option<Vec<Verdict>> = verdicts.into_iter().collect();
        all.ok_or_else(|| Failure::server("the server ended the stream before every target was answered"))
    }
}

impl Ask<'_> {
    fn verdict(&self, answer: v1::LocateResponse) -> Outcome<Verdict> {
        let wire = answer.verdict.ok_or_else(|| Failure::server("the server's answer holds no verdict"))?;
        let door = Door {
            borders: self.borders,
            mesh: self.mesh,
            settings: self.settings,
            questions: self.questions,
        };
        door.verdict(wire)
    }

    fn outcome(&self, target: &str, outcome: Option<v1::batch_outcome::Outcome>) -> Outcome<Verdict> {
        match outcome {
            Some(v1::batch_outcome::Outcome::Response(answer)) => self.verdict(*answer),
            Some(v1::batch_outcome::Outcome::Error(status)) => {
                Err(Failure::server(format!("the server refused target `{target}`: {}", status.message)))
            }
            _ => Err(Failure::server(format!("the server's answer for target `{target}` is empty"))),
        }
    }
}

fn wait_of(status: &Status) -> Duration {
    let named = status.get_details_retry_info().and_then(|info| info.retry_delay);
    named.unwrap_or(Duration::from_millis(200)).min(WAIT_MAX)
}
