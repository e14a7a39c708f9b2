//! A system that runs: a service with its store, landmarks, agents, and the WAN between them.

mod addresses;
mod enrol;
mod service;
mod sessions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lightcone_core::Borders;

use lightcone_keyring::SigningIdentity;
use lightcone_wan::{AttackId, Geography, Host, HostId, Paths, Place, Target, Wan};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tonic::transport::Channel;

use crate::cast::{AgentPart, Cast, LandmarkPart, Spot};
use crate::error::RehearsalError;
use addresses::Net;
use service::Service;
pub use sessions::Outcome;
use sessions::Verdicts;

/// Threads that serve the sockets of landmarks' and agents' calls. Timed paths have threads of their own.
const THREADS: usize = 2;
/// How long the WAN keeps a socket for a session that is over.
const FLOW_IDLE: Duration = Duration::from_secs(10);
/// How long a landmark or agent waits before it calls a service that was away again, in milliseconds.
const RECONNECT_MS: (u64, u64) = (50, 500);

/// How a rehearsal runs.
#[derive(Clone, Debug)]
pub struct StageSettings {
    /// Where the service keeps its store and key; made if it is not there.
    pub folder: PathBuf,
    /// Address and port of the service; port 0 takes a free one.
    pub listen: String,
    /// Paths between places.
    pub geography: Geography,
    /// How many times as fast as clocks verdict time runs between sessions.
    pub time_factor: u32,
    /// How long landmarks may measure in a session.
    pub window: Duration,
    /// Challenges that each landmark sends in a session.
    pub probes: u32,
    /// Time between two rounds in which landmarks measure one another; zero: never.
    pub mesh_interval: Duration,
    /// Landmarks that will join later; the WAN needs to know its hosts from the start.
    pub understudies: Vec<LandmarkPart>,
}

impl StageSettings {
    /// Quick sessions with a store in this folder.
    #[must_use]
    pub fn quick(folder: PathBuf) -> Self {
        Self {
            folder,
            listen: "127.0.0.1:0".to_owned(),
            geography: Geography::azure_2026(2026),
            time_factor: 1,
            window: Duration::from_millis(1_500),
            probes: 16,
            mesh_interval: Duration::ZERO,
            understudies: Vec::new(),
        }
    }
}

/// A system that runs. Dropping it ends it.
pub struct Stage {
    cast: Cast,
    settings: StageSettings,
    net: Net,
    wan: Wan,
    service: Service,
    runtime: Runtime,
    channel: Channel,
    verdicts: Verdicts,
    /// Who is to leave.
    leaving: watch::Sender<Leaving>,
    /// The map, for replays.
    borders: Arc<Borders>,
    /// Where the understudies' hosts begin.
    understudies_from: usize,
}

impl Stage {
    /// Starts everything and enters it into the registry. Returns when agents and landmarks were told to attend;
    /// [`Self::settle`] waits until they do.
    ///
    /// # Errors
    /// [`RehearsalError`] when a part does not start.
    pub fn open(cast: Cast, settings: StageSettings) -> Result<Self, RehearsalError> {
        let threads = |error| RehearsalError::machine("cannot start threads", error);
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("rehearsal")
            .enable_all()
            .build()
            .map_err(threads)?;
        let net = Net::find()?;
        let wan = wan(&cast, &settings, net)?;
        let service = Service::start(&settings)?;
        let channel = runtime.block_on(service.connect())?;
        let verdicts = Verdicts::watch(&runtime, channel.clone());
        let (leaving, _) = watch::channel(Leaving::default());
        let borders = Borders::embedded().map_err(|error| RehearsalError::machine("the map", error))?;
        let (borders, understudies_from) = (Arc::new(borders), cast.landmarks.len());
        let stage = Self {
            cast,
            settings,
            net,
            wan,
            service,
            runtime,
            channel,
            verdicts,
            leaving,
            borders,
            understudies_from,
        };
        stage.enter_all()?;
        Ok(stage)
    }

    /// Where the service serves, as a URL.
    #[must_use]
    pub fn url(&self) -> &str {
        self.service.url()
    }

    /// Who plays.
    #[must_use]
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    /// The WAN.
    #[must_use]
    pub fn wan(&self) -> &Wan {
        &self.wan
    }

    /// How many times as fast as clocks verdict time runs.
    #[must_use]
    pub fn time_factor(&self) -> u32 {
        self.settings.time_factor
    }

    /// Switches an attack on against what an agent sends, receives, or both: `way` is one of [`Target`]'s.
    ///
    /// # Errors
    /// Nobody of that name plays, or the attack's figures are out of range.
    pub fn attack_agent(
        &self,
        agent: &str,
        way: impl FnOnce(HostId) -> Target,
        attack: impl Into<lightcone_wan::Attack>,
    ) -> Result<AttackId, RehearsalError> {
        Ok(self.wan.attack(way(self.host(agent)?), attack)?)
    }

    /// Switches an attack off.
    ///
    /// # Errors
    /// It is not on.
    pub fn call_off(&self, attack: AttackId) -> Result<(), RehearsalError> {
        Ok(self.wan.call_off(attack)?)
    }

    /// Carries an agent, chips and all, to another place. What it claims stays.
    ///
    /// # Errors
    /// Nobody of that name plays.
    pub fn carry(&mut self, agent: &str, to: &Spot) -> Result<(), RehearsalError> {
        self.wan.move_host(self.host(agent)?, place(to))?;
        if let Some(part) = self.cast.agents.iter_mut().find(|part| part.id == agent) {
            part.stands = to.clone();
        }
        Ok(())
    }

    /// Ends an agent's program. Sessions that it is summoned to are missed from now on.
    pub fn silence(&self, agent: &str) {
        self.leaving.send_modify(|leaving| {
            leaving.agents.insert(agent.to_owned());
        });
    }

    /// The host of an agent or landmark.
    ///
    /// # Errors
    /// Nobody of that name plays.
    pub fn host(&self, id: &str) -> Result<HostId, RehearsalError> {
        self.wan.host(id).ok_or_else(|| RehearsalError::Nobody(id.to_owned()))
    }

    /// Summons agents, all at once, and waits for what becomes of their sessions.
    ///
    /// # Errors
    /// The service refuses, or does not judge in time.
    pub fn ask(&self, agents: &[String]) -> Result<BTreeMap<String, Outcome>, RehearsalError> {
        self.ask_telling(agents, &mut |_, _| ())
    }

    /// The same; `tell` is told of each as it comes.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn ask_telling(
        &self,
        agents: &[String],
        tell: &mut dyn FnMut(&str, &Outcome),
    ) -> Result<BTreeMap<String, Outcome>, RehearsalError> {
        let patience = self.settings.window + service::LEAD + service::NOTICE + service::GRACE;
        self.runtime.block_on(self.verdicts.ask(&self.channel, agents, patience, tell))
    }

    /// Asks an agent until all landmarks have measured it, so that what follows finds everyone in place.
    ///
    /// # Errors
    /// It takes too long.
    pub fn settle(&self, patience: Duration) -> Result<(), RehearsalError> {
        let first = self.cast.agents.first().map(|agent| agent.id.clone());
        first.map_or(Ok(()), |first| self.ask_until_heard(&first, |_| true, patience).map(drop))
    }

    /// Asks an agent until all landmarks that are waited for, by their ids, have measured it; what came of that session.
    ///
    /// # Errors
    /// It takes too long.
    pub fn ask_until_heard(
        &self,
        agent: &str,
        is_awaited: impl Fn(&str) -> bool,
        patience: Duration,
    ) -> Result<Outcome, RehearsalError> {
        let (started, agent) = (Instant::now(), agent.to_owned());
        loop {
            let outcome = self.ask(std::slice::from_ref(&agent))?.remove(&agent).unwrap_or(Outcome::Missed);
            let mut unheard = match outcome.sight() {
                Some(sight) => self.unheard(&sight.session)?,
                None => vec![agent.clone()],
            };
            unheard.retain(|id| is_awaited(id) || *id == agent);
            if unheard.is_empty() {
                return Ok(outcome);
            }
            if started.elapsed() > patience {
                return Err(RehearsalError::NotReady {
                    seconds: patience.as_secs(),
                    what: unheard.join(", "),
                });
            }
        }
    }

    /// Lets a landmark join that was named as an understudy.
    ///
    /// # Errors
    /// It is none, or does not start.
    pub fn join(&mut self, landmark: &LandmarkPart) -> Result<(), RehearsalError> {
        let place = self.settings.understudies.iter().position(|part| part == landmark);
        let place = place.ok_or_else(|| RehearsalError::Nobody(landmark.id.clone()))?;
        self.enter_landmarks(&[(self.understudies_from + place, landmark.clone())])?;
        self.cast.landmarks.push(landmark.clone());
        Ok(())
    }

    /// Ends everything.
    ///
    /// # Errors
    /// The server ended with a fault.
    pub fn close(self) -> Result<(), RehearsalError> {
        self.leaving.send_modify(|leaving| leaving.all = true);
        self.runtime.shutdown_timeout(Duration::from_secs(2));
        self.service.stop()
    }
}

/// The WAN of a cast: every landmark behind a front of its own, every agent at an address of its own.
fn wan(cast: &Cast, settings: &StageSettings, net: Net) -> Result<Wan, RehearsalError> {
    let landmarks = cast.landmarks.iter().chain(&settings.understudies).enumerate().map(|(index, part)| {
        Host::new(&part.id, place(&part.stands)).serves(net.front(index), net.landmark(index))
    });
    let agents = cast
        .agents
        .iter()
        .enumerate()
        .map(|(index, part)| Host::new(&part.id, place(&part.stands)).sends_from(net.agent(index)));
    let hosts: Vec<Host> = landmarks.chain(agents).collect();
    let paths = Paths::geographic(&hosts, &settings.geography);
    // Every session is a flow to every landmark: what is over makes room soon.
    let settings = lightcone_wan::Settings { flow_idle: FLOW_IDLE, ..Default::default() };
    Ok(Wan::start_with(&hosts, paths, settings)?)
}

fn place(spot: &Spot) -> Place {
    Place::new(&spot.name, spot.point)
}

/// Who is to leave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leaving {
    /// Everyone.
    pub(crate) all: bool,
    /// Single agents.
    pub(crate) agents: BTreeSet<String>,
}

/// What an agent needs to run.
pub(crate) struct AgentKeys<'a> {
    pub(crate) part: &'a AgentPart,
    pub(crate) identity: SigningIdentity,
}
