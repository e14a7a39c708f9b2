//! Whole sessions of a landmark's and an agent's thread, through bridges.

use std::collections::HashMap;
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lightcone_carrier::flags::CARRIED;
use lightcone_carrier::{Outlet, State, Way, stand_in};
use lightcone_probe::assignment::Assignment;
use lightcone_probe::chance::{Chance as _, Seeded};
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::report::Report;
use lightcone_probe::udp::socket::Stamping;
use lightcone_probe::udp::{
    AgentSetup, AgentThread, Bound, Engagement, Event, LandmarkSetup, LandmarkThread, Sockets, clocks,
};
use lightcone_probe::verify::{Checked, complete, precheck};
use lightcone_probe::{Binding, LandmarkId, SessionId, SigningKey, agent, landmark};

use crate::ends::{reach, settings, v4, way};

const PATIENCE: Duration = Duration::from_secs(60);
const PROBES: u16 = 32;

/// A landmark and an agent that have not met yet.
pub(crate) struct Pair {
    landmark: LandmarkThread,
    agent: AgentThread,
    said: (Receiver<Event>, Receiver<Event>),
    keys: (StaticKey, StaticKey),
}

impl Pair {
    pub(crate) fn new(flags: u32) -> Self {
        let keys = (StaticKey::from_bytes([1; 32]), StaticKey::from_bytes([2; 32]));
        let at = Bound { v4: Some(SocketAddrV4::new([127, 0, 0, 1].into(), 0)), v6: None };
        let (sender, landmark_said) = sync_channel(64);
        let mut settings = landmark::Settings::default();
        settings.schedule.settled_ns = None;
        settings.schedule.gap_ns = 10_000_000;
        settings.schedule.within_ns = 700_000_000;
        let answers = agent::Settings::default();
        let setup = LandmarkSetup { key: keys.0.clone(), settings, answers, seed: [3; 32] };
        let sockets = Sockets::bind(at, Stamping::Kernel).unwrap();
        let landmark = LandmarkThread::start(sockets, setup, sender).unwrap();
        let (sender, agent_said) = sync_channel(64);
        let settings = agent::Settings { quiet_ns: 2_000_000_000, flags, ..agent::Settings::default() };
        let sockets = Sockets::bind(at, Stamping::Off).unwrap();
        let agent =
            AgentThread::start(sockets, AgentSetup { settings, seed: [4; 32], busy_poll: false }, sender)
                .unwrap();
        Self { landmark, agent, said: (landmark_said, agent_said), keys }
    }

    pub(crate) fn landmark(&self) -> SocketAddr {
        self.landmark.bound().v4.unwrap().into()
    }

    pub(crate) fn agent(&self) -> SocketAddr {
        self.agent.bound().v4.unwrap().into()
    }

    /// The papers of a session that begins now, with a landmark that is to be found at `at`.
    pub(crate) fn papers(&self, number: u8, at: SocketAddr) -> (Assignment, Plan) {
        let now_ns = clocks::real_ns();
        // Time for the handshake before the first challenge.
        let not_before_ns = now_ns + 1_000_000_000;
        let window = Window { probes: PROBES, not_before_ns, not_after_ns: now_ns + 30_000_000_000 };
        let session = SessionId(Seeded::new(&[number; 32]).array());
        let (binding, id) = (Binding([number; 32]), LandmarkId::of(&self.keys.0.public()));
        let agent_x25519 = self.keys.1.public();
        let assignment =
            Assignment { session, landmark: id, binding, agent_x25519, position_version: 1, window };
        let planned = PlannedLandmark { id, x25519: self.keys.0.public(), v4: Some(v4(at)), v6: None };
        (assignment, Plan { session, binding, window, landmarks: vec![planned] })
    }

    /// A whole session, and the verifier's judgement of it.
    pub(crate) fn measure(&self, assignment: Assignment, plan: Plan) -> (Report, Checked) {
        self.landmark.assign(assignment).unwrap();
        self.agent.engage(Engagement { plan, key: self.keys.1.clone() }).unwrap();
        let report = said(&self.said.0, |event| match event {
            Event::Reported(report) => Some(report),
            _ => None,
        });
        let transcript = said(&self.said.1, |event| match event {
            Event::Answered(transcript) => Some(transcript),
            _ => None,
        });
        let key = SigningKey::from_bytes(&[9; 32]);
        let (body, signature) = report.sign(&key);
        let prechecked = precheck(&body, &signature, &key.verifying_key(), &assignment).unwrap();
        let checked = complete(&prechecked, transcript.entry(report.landmark).unwrap()).unwrap();
        (report, checked)
    }
}

fn said<T>(events: &Receiver<Event>, wanted: impl Fn(Event) -> Option<T>) -> T {
    loop {
        if let Some(found) = wanted(events.recv_timeout(PATIENCE).unwrap()) {
            return found;
        }
    }
}

/// One session through bridges, by the given way; the report must hold, and say how it came about.
pub(crate) async fn a_session(way: &Way) -> Checked {
    let pair = Pair::new(CARRIED);
    let outlet = Outlet::open(settings(pair.landmark())).await.unwrap();
    let (assignment, plan) = pair.papers(7, outlet.address());
    let (plan, inlets) = stand_in(plan, pair.agent(), way).await.unwrap();
    assert_eq!(inlets.len(), 1);
    let (report, checked) = pair.measure(assignment, plan);
    assert!(checked.corroborated);
    assert!(checked.diagnostics.answered > PROBES / 2, "{:?}", checked.diagnostics);
    let answers: Vec<_> = report.sent.iter().filter_map(|sent| sent.answer).collect();
    assert!(answers.iter().all(|answer| answer.flags == CARRIED));
    assert_eq!(checked.best.unwrap().sent.answer.unwrap().flags, CARRIED);
    assert_eq!(outlet.counted().carried, 1);
    checked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_through_bridges_gives_a_report_that_holds_and_says_so() {
    a_session(&way()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_without_bridges_says_nothing() {
    let pair = Pair::new(0);
    let (assignment, plan) = pair.papers(8, pair.landmark());
    let (report, checked) = pair.measure(assignment, plan);
    assert!(checked.diagnostics.answered > 0);
    assert!(report.sent.iter().filter_map(|sent| sent.answer).all(|answer| answer.flags == 0));
}

/// Between the inlet and the agent somebody times every challenge: from its coming to its answer's going. That span lies
/// within the landmark's, so that no bound may be shorter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_bound_is_shorter_than_what_somebody_beside_the_agent_saw() {
    let pair = Pair::new(CARRIED);
    let outlet = Outlet::open(settings(pair.landmark())).await.unwrap();
    let tap = Tap::before(pair.agent());
    let inlet = reach(&way(), outlet.address(), tap.outside).await.unwrap();
    tap.toward(inlet.address());
    let (assignment, plan) = pair.papers(9, tap.inside);
    let (_, checked) = pair.measure(assignment, plan);
    let spans = tap.spans.lock().unwrap();
    for sample in [checked.best, checked.backup].into_iter().flatten() {
        let span_ns = spans[&u32::from(sample.sent.sequence)];
        assert!(sample.bound_ns() >= span_ns, "{} ns is within {span_ns} ns", sample.bound_ns());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_landmark_that_cannot_be_reached_holds_up_no_other() {
    let pair = Pair::new(CARRIED);
    let outlet = Outlet::open(settings(pair.landmark())).await.unwrap();
    let (assignment, mut plan) = pair.papers(10, outlet.address());
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let other = StaticKey::from_bytes([5; 32]).public();
    let absent =
        PlannedLandmark { id: LandmarkId::of(&other), x25519: other, v4: Some(v4(nobody)), v6: None };
    plan.landmarks.push(absent);
    plan.landmarks.sort_unstable_by_key(|landmark| landmark.id);
    let place = plan.landmarks.iter().position(|landmark| landmark.id == absent.id).unwrap();
    let (plan, inlets) = stand_in(plan, pair.agent(), &way()).await.unwrap();
    let (_, checked) = pair.measure(assignment, plan);
    assert!(checked.diagnostics.answered > 0);
    assert!(matches!(*inlets[place].state().borrow(), State::Unreachable(_)));
    assert!(matches!(*inlets[1 - place].state().borrow(), State::Carrying));
}

/// Passes datagrams and writes down how long the agent took.
struct Tap {
    /// Where the agent finds what it takes for the landmark.
    inside: SocketAddr,
    /// Where the inlet finds what it takes for the agent.
    outside: SocketAddr,
    sockets: Arc<(UdpSocket, UdpSocket)>,
    spans: Arc<Mutex<HashMap<u32, i64>>>,
}

impl Tap {
    fn before(agent: SocketAddr) -> Self {
        let sockets = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        sockets.0.connect(agent).unwrap();
        let (inside, outside) = (sockets.0.local_addr().unwrap(), sockets.1.local_addr().unwrap());
        Self { inside, outside, sockets: Arc::new(sockets), spans: Arc::default() }
    }

    /// Begins to pass. The threads end with the test's process.
    fn toward(&self, inlet: SocketAddr) {
        self.sockets.1.connect(inlet).unwrap();
        let came: Arc<Mutex<HashMap<u32, i64>>> = Arc::default();
        let (sockets, noted) = (Arc::clone(&self.sockets), Arc::clone(&came));
        std::thread::spawn(move || {
            let mut bytes = [0; 256];
            while let Ok(length) = sockets.1.recv(&mut bytes) {
                noted.lock().unwrap().insert(sequence(&bytes), clocks::raw_ns());
                sockets.0.send(&bytes[..length]).unwrap();
            }
        });
        let (sockets, spans) = (Arc::clone(&self.sockets), Arc::clone(&self.spans));
        std::thread::spawn(move || {
            let mut bytes = [0; 256];
            while let Ok(length) = sockets.0.recv(&mut bytes) {
                let now_ns = clocks::raw_ns();
                if let (168, Some(came)) = (length, came.lock().unwrap().get(&sequence(&bytes))) {
                    spans.lock().unwrap().insert(sequence(&bytes), now_ns - came);
                }
                sockets.1.send(&bytes[..length]).unwrap();
            }
        });
    }
}

fn sequence(datagram: &[u8]) -> u32 {
    u32::from_be_bytes(datagram[..4].try_into().unwrap())
}
