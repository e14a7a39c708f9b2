//! One landmark, one agent, a wire with a flight time, and every datagram in the open.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use lightcone_probe::agent::{self, Answerer, Engagement};
use lightcone_probe::assignment::Assignment;
use lightcone_probe::chance::Seeded;
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::landmark::{self, Arrival, Challenger, Turn};
use lightcone_probe::now::Now;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::report::Report;
use lightcone_probe::transcript::Transcript;
use lightcone_probe::verify::{Checked, Refusal, complete, precheck};
use lightcone_probe::{Binding, LandmarkId, SessionId, SigningKey, ntp};
use lightcone_responder::Seen;

pub(crate) const MS: i64 = 1_000_000;
pub(crate) const SECOND: i64 = 1_000 * MS;
pub(crate) const UNIX_NS: i64 = 1_790_000_000 * SECOND;
/// How long a stack takes on one side.
pub(crate) const STACK_NS: i64 = 9_000;
pub(crate) const SESSION: SessionId = SessionId([7; 8]);
pub(crate) const BINDING: Binding = Binding([4; 32]);

/// A datagram under way.
#[derive(Clone, Debug)]
pub(crate) struct Flying {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// What the network does to a datagram: what arrives instead, and how much later than the flight time.
pub(crate) type Network = Box<dyn FnMut(&Flying, i64) -> Vec<(Flying, i64)>>;

pub(crate) struct World {
    /// Monotonic; the wall clock is [`UNIX_NS`] ahead.
    pub(crate) now_ns: i64,
    pub(crate) landmark: Challenger<Seeded>,
    pub(crate) agent: Answerer<Seeded>,
    pub(crate) landmark_at: Vec<SocketAddr>,
    /// Where the agent is reached; what is sent elsewhere is lost.
    pub(crate) agent_at: Vec<SocketAddr>,
    /// By how much REALTIME was set or steered away since the beginning.
    pub(crate) steered_ns: i64,
    /// One way.
    pub(crate) flight_ns: i64,
    pub(crate) network: Network,
    /// By arrival, then order.
    wire: BTreeMap<(i64, u64), Flying>,
    sent: u64,
    /// Everything that was sent, ever.
    pub(crate) log: Vec<(i64, Flying)>,
    pub(crate) entered: Vec<SocketAddr>,
    pub(crate) established: usize,
    pub(crate) reports: Vec<Report>,
    pub(crate) transcripts: Vec<Transcript>,
    pub(crate) assignment: Assignment,
    pub(crate) plan: Plan,
}

pub(crate) fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(crate) fn landmark_key() -> StaticKey {
    StaticKey::from_bytes([1; 32])
}

pub(crate) fn agent_key() -> StaticKey {
    StaticKey::from_bytes([2; 32])
}

pub(crate) fn window(probes: u16) -> Window {
    Window { probes, not_before_ns: UNIX_NS + 2 * SECOND, not_after_ns: UNIX_NS + 60 * SECOND }
}

/// Everything arrives as it was sent.
pub(crate) fn honest() -> Network {
    Box::new(|flying, flight_ns| vec![(flying.clone(), flight_ns)])
}

impl World {
    /// Nobody is assigned yet.
    pub(crate) fn empty(landmark: landmark::Settings, agent: agent::Settings) -> Self {
        let id = LandmarkId::of(&landmark_key().public());
        let window = window(64);
        let assignment = Assignment {
            session: SESSION,
            landmark: id,
            binding: BINDING,
            agent_x25519: agent_key().public(),
            position_version: 3,
            window,
        };
        let planned = PlannedLandmark {
            id,
            x25519: landmark_key().public(),
            v4: Some("192.0.2.1:9000".parse().unwrap()),
            v6: None,
        };
        let plan = Plan { session: SESSION, binding: BINDING, window, landmarks: vec![planned] };
        Self {
            now_ns: 5_000 * SECOND,
            landmark: Challenger::new(landmark_key(), landmark, Seeded::new(&[11; 32])),
            agent: Answerer::new(agent, Seeded::new(&[12; 32])),
            landmark_at: vec![at("192.0.2.1:9000"), at("[2001:db8::1]:9000")],
            agent_at: vec![at("198.51.100.7:40000"), at("[2001:db8:7::7]:40000")],
            steered_ns: 0,
            flight_ns: 5 * MS,
            network: honest(),
            wire: BTreeMap::new(),
            sent: 0,
            log: Vec::new(),
            entered: Vec::new(),
            established: 0,
            reports: Vec::new(),
            transcripts: Vec::new(),
            assignment,
            plan,
        }
    }

    /// Assigned and engaged, nothing said yet; 64 challenges, none left out.
    pub(crate) fn new() -> Self {
        let mut world = Self::empty(unhurried(), agent::Settings::default());
        world.begin();
        world
    }

    pub(crate) fn begin(&mut self) {
        self.landmark.assign(self.assignment, self.now()).unwrap();
        self.engage();
    }

    pub(crate) fn engage(&mut self) {
        let engagement = Engagement { plan: self.plan.clone(), key: agent_key() };
        self.agent.engage(&engagement, self.now()).unwrap();
    }

    pub(crate) fn now(&self) -> Now {
        Now { mono_ns: self.now_ns, unix_ns: self.unix_ns() }
    }

    fn unix_ns(&self) -> i64 {
        UNIX_NS + self.now_ns - 5_000 * SECOND + self.steered_ns
    }

    /// Puts a datagram on the wire.
    pub(crate) fn send(&mut self, flying: Flying) {
        self.send_after(0, flying);
    }

    /// Puts a datagram on the wire when the stack is done with it.
    fn send_after(&mut self, stack_ns: i64, flying: Flying) {
        self.log.push((self.now_ns, flying.clone()));
        for (arriving, after_ns) in (self.network)(&flying, self.flight_ns) {
            self.sent += 1;
            self.wire.insert((self.now_ns + stack_ns + after_ns, self.sent), arriving);
        }
    }

    /// The next thing that happens; false: nothing ever will.
    pub(crate) fn step(&mut self) -> bool {
        let arrives = self.wire.first_key_value().map(|((at, _), _)| *at);
        let wakes = [self.landmark.wakes_at(), self.agent.wakes_at(), arrives].into_iter().flatten().min();
        let Some(wakes) = wakes else { return false };
        self.now_ns = self.now_ns.max(wakes);
        self.turns();
        if arrives.is_some_and(|at| at <= self.now_ns) {
            let (_, flying) = self.wire.pop_first().unwrap();
            self.arrive(&flying);
        }
        true
    }

    /// Until nothing is left to happen.
    pub(crate) fn run(&mut self) {
        while self.step() {}
    }

    /// Until a time from now.
    pub(crate) fn run_for(&mut self, span_ns: i64) {
        let end = self.now_ns + span_ns;
        loop {
            let arrives = self.wire.first_key_value().map(|((at, _), _)| *at);
            let next = [self.landmark.wakes_at(), self.agent.wakes_at(), arrives].into_iter().flatten().min();
            if next.is_none_or(|next| next > end) {
                break;
            }
            self.step();
        }
        self.now_ns = self.now_ns.max(end);
    }

    fn turns(&mut self) {
        while let Some(turn) = self.landmark.turn(self.now()) {
            match turn {
                Turn::Done(report) => self.reports.push(report),
                Turn::Probe(probe) => {
                    let r0 = self.unix_ns();
                    self.landmark.sent(probe.shot, self.now_ns, r0);
                    self.landmark.stamped(&probe.packet, r0 + STACK_NS);
                    let from =
                        *self.landmark_at.iter().find(|at| at.is_ipv4() == probe.to.is_ipv4()).unwrap();
                    self.send_after(STACK_NS, Flying { from, to: probe.to, bytes: probe.packet.to_vec() });
                }
            }
        }
        let mut actions = Vec::new();
        self.agent.turn(self.now(), &mut actions);
        self.agent_acts(actions);
    }

    fn agent_acts(&mut self, actions: Vec<agent::Action>) {
        for action in actions {
            match action {
                agent::Action::Send { to, datagram } => {
                    let from = *self.agent_at.iter().find(|at| at.is_ipv4() == to.is_ipv4()).unwrap();
                    self.send(Flying { from, to, bytes: datagram.to_vec() });
                }
                agent::Action::Established { .. } => self.established += 1,
                agent::Action::Done(transcript) => self.transcripts.push(transcript),
            }
        }
    }

    /// Hands a datagram to whoever it reaches.
    pub(crate) fn arrive(&mut self, flying: &Flying) {
        if self.landmark_at.contains(&flying.to) {
            self.at_landmark(flying);
        } else if self.agent_at.contains(&flying.to) {
            self.at_agent(flying);
        }
    }

    fn at_landmark(&mut self, flying: &Flying) {
        let mut actions = Vec::new();
        let r3 = self.unix_ns() + STACK_NS;
        let arrival = Arrival { t4: Some(self.unix_ns()), r3, t3: self.now_ns + STACK_NS };
        let now = Now { mono_ns: arrival.t3, unix_ns: r3 };
        self.landmark.receive(&flying.bytes, flying.from, &arrival, now, &mut actions);
        for action in actions {
            match action {
                landmark::Action::Send { to, datagram } => {
                    self.send(Flying { from: flying.to, to, bytes: datagram.to_vec() });
                }
                landmark::Action::Established { agent, .. } => self.entered.push(agent),
            }
        }
    }

    fn at_agent(&mut self, flying: &Flying) {
        let mut actions = Vec::new();
        let t2 = ntp::from_unix_ns(self.unix_ns());
        let seen = Seen { t2, ttl: 57 };
        let now = self.now();
        let reply = self.agent.receive(&flying.bytes, flying.from, seen, || t2, now, &mut actions);
        if let Some(reply) = reply {
            self.send(Flying { from: flying.to, to: flying.from, bytes: reply.to_vec() });
        }
        self.agent_acts(actions);
    }

    /// Datagrams of a length that went to the landmark, or to the agent.
    pub(crate) fn logged(&self, length: usize, to_landmark: bool) -> Vec<&Flying> {
        let of_kind = self.log.iter().map(|(_, flying)| flying).filter(|flying| {
            flying.bytes.len() == length && self.landmark_at.contains(&flying.to) == to_landmark
        });
        of_kind.collect()
    }

    /// The verifier's judgement of the one report and the one transcript.
    pub(crate) fn verdict(&self) -> Result<Checked, Refusal> {
        let ([report], [transcript]) = (&self.reports[..], &self.transcripts[..]) else {
            panic!("{} reports, {} transcripts", self.reports.len(), self.transcripts.len());
        };
        let key = SigningKey::from_bytes(&[9; 32]);
        let (body, signature) = report.sign(&key);
        let prechecked = precheck(&body, &signature, &key.verifying_key(), &self.assignment)?;
        complete(&prechecked, transcript.entry(report.landmark).unwrap())
    }
}

/// Never stops early.
pub(crate) fn unhurried() -> landmark::Settings {
    let mut settings = landmark::Settings::default();
    settings.schedule.settled_ns = None;
    settings
}
