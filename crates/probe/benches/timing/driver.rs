//! A landmark by hand against a real agent thread: the calls of the landmark's thread, without its schedule.

use std::collections::VecDeque;
use std::hint::black_box;
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, sync_channel};

use lightcone_probe::clock::{Stamps, round_trip};
use lightcone_probe::control::{Control, Welcome};
use lightcone_probe::handshake::{StaticKey, Tie, welcome};
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::tai64n::Tai64n;
use lightcone_probe::udp::socket::{Socket, Stamping};
use lightcone_probe::udp::{AgentSetup, AgentThread, Bound, Engagement, Event, Sockets, clocks};
use lightcone_probe::{Binding, LandmarkId, Nonce, SessionId, agent};
use lightcone_responder::{CHALLENGES_MAX, Challenge, Packet, Reply, Responder, Seen, SessionKeys, prove};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

const ALONE: usize = 200_000;

/// One measurement, in nanoseconds.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    /// By the rule, with the kernel's stamps.
    pub(crate) rtt_ns: i64,
    /// By the program's own clock.
    pub(crate) span_ns: i64,
    pub(crate) is_fallback: bool,
}

pub(crate) struct Driver {
    socket: Socket,
    here: SocketAddrV4,
    key: StaticKey,
    agent: AgentThread,
    events: Receiver<Event>,
    sessions: u64,
    open: Option<Open>,
}

/// A thread that sends back what it gets.
pub(crate) struct Echo {
    at: SocketAddr,
}

impl Echo {
    /// Starts it; it ends with the process.
    pub(crate) fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = socket.local_addr().unwrap();
        let echo = move || {
            let mut buffer = [0; 256];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let _ = socket.send_to(&buffer[..length], from);
            }
        };
        std::thread::Builder::new().name("lc-echo".into()).spawn(echo).unwrap();
        Self { at }
    }
}

struct Open {
    session: SessionId,
    keys: SessionKeys,
    at: SocketAddr,
    asked: u32,
}

impl Driver {
    /// A landmark and its agent; `busy_poll`: one that looks for challenges without end.
    pub(crate) fn start(busy_poll: bool) -> Self {
        let any = SocketAddrV4::new([127, 0, 0, 1].into(), 0);
        let socket = Socket::bind(any.into(), Stamping::Kernel).unwrap();
        let SocketAddr::V4(here) = socket.local().unwrap() else { unreachable!("bound to IPv4") };
        let (sender, events) = sync_channel(64);
        let sockets = Sockets::bind(Bound { v4: Some(any), v6: None }, Stamping::Off).unwrap();
        let mut settings = agent::Settings::default();
        (settings.limits.answers, settings.limits.answers_per_landmark) = (10_000_000, 10_000_000);
        let agent =
            AgentThread::start(sockets, AgentSetup { settings, seed: [1; 32], busy_poll }, sender).unwrap();
        let key = StaticKey::from_bytes([2; 32]);
        Self { socket, here, key, agent, events, sessions: 0, open: None }
    }

    /// One fresh challenge and its reply.
    pub(crate) fn ping(&mut self) -> Taken {
        if self.open.as_ref().is_none_or(|open| open.asked == CHALLENGES_MAX) {
            self.enter();
        }
        let open = self.open.as_mut().unwrap();
        let packet = challenge(open.session, &open.keys, open.asked, self.sessions);
        let expected = prove(&packet, open.keys.proof());
        open.asked += 1;
        let departure = self.socket.send_timed(&packet, open.at).unwrap();
        let mut t1 = None;
        loop {
            wait(&self.socket);
            while let Some((sent, at)) = self.socket.departed().unwrap() {
                t1 = (sent == packet).then_some(at).or(t1);
            }
            let Some(received) = self.socket.receive().unwrap() else { continue };
            let reply = Reply::open(received.bytes, open.keys.stamp());
            if reply.is_ok_and(|reply| reply.proof == expected) {
                let (t4, r3, t3) = (received.arrival.t4, received.arrival.r3, received.arrival.t3);
                let stamps = Stamps {
                    t0: departure.t0,
                    r0: departure.r0,
                    t1: t1.unwrap_or_default(),
                    t4: t4.unwrap_or_default(),
                    r3,
                    t3,
                };
                let trip = round_trip(&stamps, t1.is_none() || t4.is_none()).unwrap();
                let is_fallback = trip.fallback.is_some();
                return Taken { rtt_ns: trip.rtt_ns, span_ns: trip.span_ns, is_fallback };
            }
        }
    }

    /// Nanoseconds of processor that the agent's thread spent for each of so many challenges.
    pub(crate) fn load(&mut self, count: usize, window: usize) -> f64 {
        self.enter();
        let to = self.open.as_ref().unwrap().at;
        self.flood("lc-agent", to, count, window)
    }

    /// The same for a thread that only echoes.
    pub(crate) fn load_of(&mut self, echo: &Echo, count: usize, window: usize) -> f64 {
        self.flood("lc-echo", echo.at, count, window)
    }

    /// Nanoseconds that the responder takes for each challenge, without sockets.
    pub(crate) fn respond_alone(&self) -> f64 {
        let open = self.open.as_ref().unwrap();
        let packets = self.packets();
        let mut responder = Responder::new(open.session, open.keys.clone());
        let seen = Seen { t2: clocks::ntp(), ttl: 64 };
        let spent = || nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
        let begun = spent();
        for packet in packets.iter().cycle().take(ALONE) {
            black_box(responder.respond(black_box(packet), seen, clocks::ntp)).unwrap();
        }
        let span = std::time::Duration::from(spent()) - std::time::Duration::from(begun);
        span.as_nanos() as f64 / ALONE as f64
    }

    /// One less than the plan allows: after the last one an agent takes its leave.
    fn packets(&self) -> Vec<Packet> {
        let open = self.open.as_ref().unwrap();
        (1..CHALLENGES_MAX).map(|sequence| challenge(open.session, &open.keys, sequence, 0)).collect()
    }

    fn flood(&mut self, thread: &str, to: SocketAddr, count: usize, window: usize) -> f64 {
        let packets = self.packets();
        let before = spent_ns(thread);
        let (mut sent, mut back) = (0, 0);
        let mut begun: VecDeque<i64> = VecDeque::new();
        while back < count {
            while sent < count && begun.len() < window {
                self.socket.send(&packets[sent % packets.len()], to).unwrap();
                begun.push_back(clocks::raw_ns());
                sent += 1;
            }
            while self.socket.departed().unwrap().is_some() {}
            let is_lost = begun.front().is_some_and(|at| clocks::raw_ns() - at > 1_000_000_000);
            // What was lost for want of room is not waited for.
            if self.socket.receive().unwrap().is_some() || is_lost {
                begun.pop_front();
                back += 1;
            }
        }
        (spent_ns(thread) - before) as f64 / count as f64
    }

    /// A new session: the agent says HELLO, this end welcomes it at once.
    fn enter(&mut self) {
        self.sessions += 1;
        let session = SessionId(self.sessions.to_be_bytes());
        let agent = StaticKey::from_bytes([3; 32]);
        let (x25519, binding) = (self.key.public(), Binding([4; 32]));
        let id = LandmarkId::of(&x25519);
        let now_ns = clocks::real_ns();
        let window = Window { probes: 256, not_before_ns: now_ns, not_after_ns: now_ns + 600_000_000_000 };
        let landmarks = vec![PlannedLandmark { id, x25519, v4: Some(self.here), v6: None }];
        let plan = Plan { session, binding, window, landmarks };
        self.agent.engage(Engagement { plan, key: agent.clone() }).unwrap();
        let tie = Tie { binding, landmark: id, session };
        let (keys, at) = loop {
            wait(&self.socket);
            let Some(received) = self.socket.receive().unwrap() else { continue };
            let Ok(Control::Hello(hello)) = Control::parse(received.bytes) else { continue };
            let stamp = Tai64n::from_unix_ns(now_ns);
            let Ok(welcomed) = welcome(&self.key, &agent.public(), &tie, &hello.noise, [5; 32], stamp) else {
                continue;
            };
            let answer = Welcome { session, noise: welcomed.message }.to_bytes();
            let from = received.from;
            self.socket.send(&answer, from).unwrap();
            break (welcomed.keys, from);
        };
        while !matches!(self.events.recv().unwrap(), Event::Established { session: it, .. } if it == session)
        {
        }
        self.open = Some(Open { session, keys, at, asked: 0 });
    }
}

fn challenge(session: SessionId, keys: &SessionKeys, sequence: u32, salt: u64) -> Packet {
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&salt.to_be_bytes());
    nonce[8..12].copy_from_slice(&sequence.to_be_bytes());
    let challenge = Challenge {
        sequence,
        timestamp: clocks::ntp(),
        error_estimate: 1,
        ssid: 1,
        session,
        index: sequence,
        nonce: Nonce(nonce),
    };
    challenge.seal(keys.stamp())
}

fn wait(socket: &Socket) {
    let mut waited = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
    let _ = poll(&mut waited, PollTimeout::from(100_u8));
}

/// Processor time of a thread so far, from the scheduler.
fn spent_ns(thread: &str) -> u64 {
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        if read("comm").trim() == thread {
            return read("schedstat").split(' ').next().unwrap().parse().unwrap();
        }
    }
    0
}
