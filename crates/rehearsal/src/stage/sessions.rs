//! Sessions: agents are summoned, and what becomes of it is waited for.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lightcone::v1;
use lightcone::v1::session::State;
use lightcone::v1::session_service_client::SessionServiceClient;
use lightcone::v1::verdict_service_client::VerdictServiceClient;
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tonic::transport::Channel;

use super::Stage;
use crate::error::RehearsalError;
use crate::seen::{Replay, Sight};

/// How often a session is looked at that should be over.
const LOOK: Duration = Duration::from_millis(200);
/// How long an agent whose session is not quite over is left alone.
const BUSY: Duration = Duration::from_millis(20);
/// How much longer than planned a session may take: a loud machine is not a fault.
const SLACK: Duration = Duration::from_secs(30);
/// The largest answer, in bytes.
const MESSAGE_BYTES_MAX: usize = 16 << 20;

/// What became of a session.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A verdict.
    Verdict(Box<Sight>),
    /// The agent did not keep it.
    Missed,
}

impl Outcome {
    /// The verdict, if there is one.
    #[must_use]
    pub fn sight(&self) -> Option<&Sight> {
        match self {
            Self::Verdict(sight) => Some(sight),
            Self::Missed => None,
        }
    }
}

/// Verdicts as they are given.
#[derive(Clone, Default)]
pub(super) struct Verdicts {
    /// By session.
    given: Arc<Mutex<HashMap<String, v1::VerdictRecord>>>,
    news: Arc<Notify>,
}

impl Verdicts {
    /// Watches all that are given from now on.
    pub(super) fn watch(runtime: &Runtime, channel: Channel) -> Self {
        let verdicts = Self::default();
        let kept = verdicts.clone();
        runtime.spawn(async move {
            let mut client = VerdictServiceClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
            let mut request =
                v1::WatchVerdictsRequest { parent: "agents/-".to_owned(), ..Default::default() };
            // Ends with the service; what was given meanwhile comes after the token.
            loop {
                let Ok(stream) = client.watch_verdicts(request.clone()).await else { return };
                let mut stream = stream.into_inner();
                while let Ok(Some(message)) = stream.message().await {
                    request.resume_token = message.resume_token;
                    kept.keep(message.verdicts);
                }
            }
        });
        verdicts
    }

    fn keep(&self, records: Vec<v1::VerdictRecord>) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            given.insert(record.session.clone(), record);
        }
        drop(given);
        self.news.notify_waiters();
    }

    fn of(&self, session: &str) -> Option<v1::VerdictRecord> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).get(session).cloned()
    }

    /// Summons agents and waits for what becomes of their sessions, which should be over after `patience`. `tell` is
    /// told of each as it comes.
    pub(super) async fn ask(
        &self,
        channel: &Channel,
        agents: &[String],
        patience: Duration,
        tell: &mut dyn FnMut(&str, &Outcome),
    ) -> Result<BTreeMap<String, Outcome>, RehearsalError> {
        let mut client = SessionServiceClient::new(channel.clone());
        let mut open = BTreeMap::new();
        for agent in agents {
            open.insert(agent.clone(), summon(&mut client, agent, patience).await?);
        }
        let (started, mut outcomes) = (Instant::now(), BTreeMap::new());
        loop {
            let news = self.news.notified();
            let mut over = self.judged(&open)?;
            if started.elapsed() > patience {
                over.extend(missed(&mut client, &open).await?);
            }
            for (agent, outcome) in over {
                open.remove(&agent);
                tell(&agent, &outcome);
                outcomes.insert(agent, outcome);
            }
            if open.is_empty() {
                return Ok(outcomes);
            }
            if started.elapsed() > patience + SLACK {
                let what = format!("verdicts on {}", open.into_keys().collect::<Vec<_>>().join(", "));
                return Err(RehearsalError::NotReady { seconds: (patience + SLACK).as_secs(), what });
            }
            let _ = tokio::time::timeout(LOOK, news).await;
        }
    }

    /// Those among some sessions that have a verdict.
    fn judged(&self, open: &BTreeMap<String, String>) -> Result<Vec<(String, Outcome)>, RehearsalError> {
        let records = open.iter().filter_map(|(agent, session)| Some((agent, self.of(session)?)));
        records
            .map(|(agent, record)| Ok((agent.clone(), Outcome::Verdict(Box::new(Sight::read(record)?)))))
            .collect()
    }
}

/// Summons an agent, once its last session is over; says what the new one is called.
async fn summon(
    client: &mut SessionServiceClient<Channel>,
    agent: &str,
    patience: Duration,
) -> Result<String, RehearsalError> {
    let started = Instant::now();
    loop {
        let request = v1::SummonAgentRequest { agent: format!("agents/{agent}"), ..Default::default() };
        match client.summon_agent(request).await {
            Ok(session) => return Ok(session.into_inner().name),
            // A verdict is told a moment before its session counts as over.
            Err(status) if is_in_session(&status) && started.elapsed() < patience => {
                tokio::time::sleep(BUSY).await;
            }
            Err(status) => return Err(call("SummonAgent")(status)),
        }
    }
}

fn is_in_session(status: &tonic::Status) -> bool {
    v1::ErrorReason::of(status) == Some(v1::ErrorReason::StateForbids)
}

/// Those among some sessions that were missed.
async fn missed(
    client: &mut SessionServiceClient<Channel>,
    open: &BTreeMap<String, String>,
) -> Result<Vec<(String, Outcome)>, RehearsalError> {
    let mut missed = Vec::new();
    for (agent, name) in open {
        let request = v1::GetSessionRequest { name: name.clone() };
        let session = client.get_session(request).await.map_err(call("GetSession"))?;
        if session.into_inner().state() == State::Missed {
            missed.push((agent.clone(), Outcome::Missed));
        }
    }
    Ok(missed)
}

/// A call that failed.
pub(super) fn call(call: &'static str) -> impl FnOnce(tonic::Status) -> RehearsalError {
    move |status| RehearsalError::Call { call, status: Box::new(status) }
}

impl Stage {
    /// Landmarks of the cast that did not measure in a session.
    pub(super) fn unheard(&self, session: &str) -> Result<Vec<String>, RehearsalError> {
        let measured = self.measurements(session)?;
        let heard = |id: &str| {
            let name = format!("landmarks/{id}");
            measured.iter().any(|seen| seen.landmark == name && seen.answered > 0)
        };
        let ids = self.cast.landmarks.iter().map(|part| part.id.clone());
        Ok(ids.filter(|id| !heard(id)).collect())
    }

    /// What was measured in a session.
    pub(crate) fn measurements(&self, session: &str) -> Result<Vec<v1::Measurement>, RehearsalError> {
        use v1::measurement_service_client::MeasurementServiceClient;
        let request = v1::ListMeasurementsRequest { parent: session.to_owned() };
        let mut client = MeasurementServiceClient::new(self.channel.clone());
        let answer =
            self.runtime.block_on(client.list_measurements(request)).map_err(call("ListMeasurements"))?;
        Ok(answer.into_inner().measurements)
    }

    /// Recomputes a verdict here from what its landmarks measured.
    ///
    /// # Errors
    /// The service does not tell, or tells something impossible.
    pub fn replay(&self, sight: &Sight) -> Result<Replay, RehearsalError> {
        Replay::of(Arc::clone(&self.borders), &self.cast, sight, &self.measurements(&sight.session)?)
    }

    /// What was raised for people to look at, the latest first: kind, subject and detail.
    ///
    /// # Errors
    /// The service does not tell.
    pub fn alerts(&self) -> Result<Vec<(String, String, String)>, RehearsalError> {
        use v1::alert_service_client::AlertServiceClient;
        let request = v1::ListAlertsRequest { page_size: 1_000, ..Default::default() };
        let mut client = AlertServiceClient::new(self.channel.clone());
        let answer = self.runtime.block_on(client.list_alerts(request)).map_err(call("ListAlerts"))?;
        let alerts = answer.into_inner().alerts.into_iter().map(|alert| {
            let kind = alert.kind().as_str_name().trim_start_matches("KIND_").to_owned();
            (kind, alert.subject, alert.detail)
        });
        Ok(alerts.collect())
    }

    /// The state of a landmark in the registry and why it is in it.
    ///
    /// # Errors
    /// The service does not tell.
    pub fn landmark_state(&self, id: &str) -> Result<(String, String), RehearsalError> {
        use v1::landmark_service_client::LandmarkServiceClient;
        let request = v1::GetLandmarkRequest { name: format!("landmarks/{id}") };
        let mut client = LandmarkServiceClient::new(self.channel.clone());
        let answer = self.runtime.block_on(client.get_landmark(request)).map_err(call("GetLandmark"))?;
        let landmark = answer.into_inner();
        let state = landmark.state().as_str_name().trim_start_matches("STATE_").to_owned();
        Ok((state, landmark.state_reason))
    }
}
