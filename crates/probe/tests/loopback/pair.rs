//! A landmark and an agent on loopback, and the papers that bring them together.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use lightcone_probe::assignment::Assignment;
use lightcone_probe::chance::{Chance, Seeded};
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::report::Report;
use lightcone_probe::transcript::Transcript;
use lightcone_probe::udp::socket::Stamping;
use lightcone_probe::udp::{
    AgentSetup, AgentThread, Bound, Engagement, Event, LandmarkSetup, LandmarkThread, Sockets, clocks,
};
use lightcone_probe::verify::{Checked, complete, precheck};
use lightcone_probe::{Binding, LandmarkId, SessionId, SigningKey, agent, landmark};

/// Longer than any test may take; nothing waits for it but a failure.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn v4() -> Bound {
    Bound { v4: Some(SocketAddrV4::new([127, 0, 0, 1].into(), 0)), v6: None }
}

pub(crate) fn v6() -> Bound {
    Bound { v4: None, v6: Some(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0)) }
}

pub(crate) fn both() -> Bound {
    Bound { v4: v4().v4, v6: v6().v6 }
}

/// A landmark's thread and what it says.
pub(crate) struct Landmark {
    pub(crate) thread: LandmarkThread,
    pub(crate) key: StaticKey,
    pub(crate) events: Receiver<Event>,
}

/// An agent's thread and what it says.
pub(crate) struct Agent {
    pub(crate) thread: AgentThread,
    pub(crate) events: Receiver<Event>,
}

/// Quick: 64 challenges within a second and a half.
pub(crate) fn quick() -> landmark::Settings {
    let mut settings = landmark::Settings::default();
    settings.schedule.settled_ns = None;
    settings.schedule.gap_ns = 10_000_000;
    settings.schedule.within_ns = 1_400_000_000;
    settings
}

pub(crate) fn landmark(seed: u8, at: Bound, settings: landmark::Settings) -> Landmark {
    let key = StaticKey::from_bytes([seed; 32]);
    let (sender, events) = sync_channel(64);
    let sockets = Sockets::bind(at, Stamping::Kernel).unwrap();
    let answers = agent::Settings { quiet_ns: 2_000_000_000, ..agent::Settings::default() };
    let setup = LandmarkSetup { key: key.clone(), settings, answers, seed: [seed; 32] };
    Landmark { thread: LandmarkThread::start(sockets, setup, sender).unwrap(), key, events }
}

pub(crate) fn agent(seed: u8, at: Bound) -> Agent {
    answering(seed, at, false)
}

/// An agent that looks for challenges without end.
pub(crate) fn polling(seed: u8, at: Bound) -> Agent {
    answering(seed, at, true)
}

fn answering(seed: u8, at: Bound, busy_poll: bool) -> Agent {
    let (sender, events) = sync_channel(64);
    let sockets = Sockets::bind(at, Stamping::Off).unwrap();
    let settings = agent::Settings { quiet_ns: 2_000_000_000, ..agent::Settings::default() };
    let thread =
        AgentThread::start(sockets, AgentSetup { settings, seed: [seed; 32], busy_poll }, sender).unwrap();
    Agent { thread, events }
}

/// What the service would say of one session of one landmark, begun now.
pub(crate) fn papers(
    session: u8,
    agent: &StaticKey,
    landmark: &Landmark,
    at: Bound,
    probes: u16,
) -> (Assignment, Engagement) {
    let now_ns = clocks::real_ns();
    let window = Window { probes, not_before_ns: now_ns, not_after_ns: now_ns + 30_000_000_000 };
    let session = SessionId(Seeded::new(&[session; 32]).array());
    let binding = Binding([session.0[0]; 32]);
    let id = LandmarkId::of(&landmark.key.public());
    let assignment = Assignment {
        session,
        landmark: id,
        binding,
        agent_x25519: agent.public(),
        position_version: 1,
        window,
    };
    let planned = PlannedLandmark { id, x25519: landmark.key.public(), v4: at.v4, v6: at.v6 };
    let plan = Plan { session, binding, window, landmarks: vec![planned] };
    (assignment, Engagement { plan, key: agent.clone() })
}

pub(crate) fn reported(events: &Receiver<Event>) -> Report {
    loop {
        match events.recv_timeout(PATIENCE).unwrap() {
            Event::Reported(report) => return report,
            Event::Failed(error) => panic!("{error}"),
            _ => {}
        }
    }
}

pub(crate) fn answered(events: &Receiver<Event>) -> Transcript {
    loop {
        match events.recv_timeout(PATIENCE).unwrap() {
            Event::Answered(transcript) => return transcript,
            Event::Failed(error) => panic!("{error}"),
            _ => {}
        }
    }
}

/// The verifier's judgement.
pub(crate) fn judge(assignment: &Assignment, report: &Report, transcript: &Transcript) -> Checked {
    let key = SigningKey::from_bytes(&[9; 32]);
    let (body, signature) = report.sign(&key);
    let prechecked = precheck(&body, &signature, &key.verifying_key(), assignment).unwrap();
    complete(&prechecked, transcript.entry(report.landmark).unwrap()).unwrap()
}

/// A whole session through `at`, where the agent believes the landmark to be.
pub(crate) fn measure(landmark: &Landmark, agent: &Agent, at: Bound, probes: u16) -> Checked {
    let key = StaticKey::from_bytes([77; 32]);
    let (assignment, engagement) = papers(5, &key, landmark, at, probes);
    landmark.thread.assign(assignment).unwrap();
    agent.thread.engage(engagement).unwrap();
    judge(&assignment, &reported(&landmark.events), &answered(&agent.events))
}

pub(crate) fn address(bound: Bound) -> SocketAddr {
    bound.v4.map(SocketAddr::V4).or(bound.v6.map(SocketAddr::V6)).unwrap()
}
