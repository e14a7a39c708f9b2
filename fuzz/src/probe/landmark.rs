//! The landmark's end, in a world that the input makes: an honest agent, strangers, a network and a clock. Whatever
//! happens, the report that comes out is one that a verifier takes, with the transcript of that agent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex, PoisonError};

use lightcone_probe::assignment::Assignment;
use lightcone_probe::chance::Seeded;
use lightcone_probe::control::{Control, Cookie, Hello, Keep};
use lightcone_probe::handshake::{Initiator, StaticKey, Tie};
use lightcone_probe::landmark::{Action, Arrival, Challenger, Probe, Settings, Turn};
use lightcone_probe::now::Now;
use lightcone_probe::plan::Window;
use lightcone_probe::report::Report;
use lightcone_probe::tai64n::Tai64n;
use lightcone_probe::transcript::TranscriptEntry;
use lightcone_probe::verify;
use lightcone_probe::{Binding, LandmarkId, NtpTime, SigningKey};
use lightcone_responder::{PACKET_BYTES, Packet, Responder, Seen, SessionKeys};

use super::input::Input;
use super::packets::SESSION;

const STEPS_MAX: usize = 128;
const PENDING_MAX: usize = 32;
const MILLI_NS: i64 = 1_000_000;
const SECOND_NS: i64 = 1_000_000_000;
const BINDING: Binding = Binding([4; 32]);

/// The landmark under whatever the input says that the network and the clock do.
pub fn landmark(data: &[u8]) {
    let mut input = Input::new(data);
    let mut world = World::new(1 + u16::from(input.u8()));
    for _ in 0..STEPS_MAX {
        if input.is_empty() || world.is_over {
            break;
        }
        let which = usize::from(input.u8());
        match which / 2 % 9 {
            0 => world.wait(i64::from(input.u8()) * MILLI_NS, true),
            1 => world.wait(i64::from(input.u8()) * SECOND_NS / 8, which % 2 == 0),
            2 => world.stranger(which % 2, &mut input),
            3 => world.hello(which % 2),
            4 | 5 => world.answer(which % 2, &mut input, None),
            6 => {
                let flipped = usize::from(input.u16()) % (8 * PACKET_BYTES);
                world.answer(which % 2, &mut input, Some(flipped));
            }
            7 => world.keep(which % 2, input.u16().into()),
            _ => drop(world.landmark.distrust()),
        }
    }
    world.wait(700 * SECOND_NS, true);
    while !world.is_over {
        world.wait(10 * MILLI_NS, true);
    }
}

const LANDMARK_KEY: [u8; 32] = [1; 32];
const UNIX_NS: i64 = 1_790_000_000 * SECOND_NS;

/// Who takes part, and the agent's first message: the same in every world, and dear.
struct Ends {
    landmark: LandmarkId,
    agent: [u8; 32],
    hello: [u8; 60],
}

static ENDS: LazyLock<Ends> = LazyLock::new(|| {
    let (_, hello, agent) = started();
    Ends { landmark: LandmarkId::of(&StaticKey::from_bytes(LANDMARK_KEY).public()), agent, hello }
});

/// The agent's end of the handshake, its message and its public key.
fn started() -> (Initiator, [u8; 60], [u8; 32]) {
    let (key, agent) = (StaticKey::from_bytes(LANDMARK_KEY), StaticKey::from_bytes([3; 32]));
    let tie = Tie { binding: BINDING, landmark: LandmarkId::of(&key.public()), session: SESSION };
    let stamp = Tai64n::from_unix_ns(UNIX_NS);
    let (initiator, hello) =
        Initiator::start(&agent, &key.public(), &tie, [8; 32], stamp).expect("a landmark's key");
    (initiator, hello, agent.public())
}

/// The keys that a WELCOME gives the agent, computed once for each.
fn finished(welcome: &[u8; 60]) -> SessionKeys {
    static FINISHED: Mutex<BTreeMap<[u8; 60], SessionKeys>> = Mutex::new(BTreeMap::new());
    let mut finished = FINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    let keys = finished.entry(*welcome);
    keys.or_insert_with(|| started().0.finish(welcome).expect("the landmark's own WELCOME")).clone()
}

struct World {
    landmark: Challenger<Seeded>,
    assignment: Assignment,
    /// Two addresses of the one agent.
    at: [SocketAddr; 2],
    cookie: [Cookie; 2],
    chip: Option<(Responder, SessionKeys)>,
    pending: Vec<Probe>,
    now: Now,
    is_over: bool,
}

impl World {
    fn new(probes: u16) -> Self {
        let now = Now { mono_ns: 1_000 * SECOND_NS, unix_ns: UNIX_NS };
        let Ends { landmark: id, agent: agent_x25519, .. } = *ENDS;
        let window =
            Window { probes, not_before_ns: now.unix_ns, not_after_ns: now.unix_ns + 60 * SECOND_NS };
        let assignment = Assignment {
            session: SESSION,
            landmark: id,
            binding: BINDING,
            agent_x25519,
            position_version: 1,
            window,
        };
        let mut landmark =
            Challenger::new(StaticKey::from_bytes(LANDMARK_KEY), Settings::default(), Seeded::new(&[9; 32]));
        landmark.assign(assignment, now).expect("an assignment in its window");
        assert!(landmark.assign(assignment, now).is_err(), "one session twice");
        let at = [1_u8, 2].map(|host| SocketAddr::from(([192, 0, 2, host], 4_000)));
        let (cookie, chip, pending) = ([Cookie::NONE; 2], None, Vec::new());
        Self { landmark, assignment, at, cookie, chip, pending, now, is_over: false }
    }

    /// Time passes; what falls due is sent. Without stamps where the kernel gives none.
    fn wait(&mut self, ns: i64, is_stamped: bool) {
        self.now = Now { mono_ns: self.now.mono_ns + ns, unix_ns: self.now.unix_ns + ns };
        while let Some(turn) = self.landmark.turn(self.now) {
            match turn {
                Turn::Probe(probe) => {
                    assert!(self.chip.is_some(), "a challenge before the handshake");
                    assert!(self.at.contains(&probe.to), "a challenge to a stranger");
                    let r0 = self.now.unix_ns + 40;
                    self.landmark.sent(probe.shot, self.now.mono_ns, r0);
                    if is_stamped {
                        self.landmark.stamped(&probe.packet, r0 + 9_000);
                    }
                    self.pending.push(probe);
                    if self.pending.len() > PENDING_MAX {
                        self.pending.remove(0);
                    }
                }
                Turn::Done(report) => return self.ends(&report),
            }
        }
        let wakes = self.landmark.wakes_at();
        assert!(self.is_over || wakes.is_some_and(|at| at > self.now.mono_ns), "{wakes:?} at {:?}", self.now);
    }

    /// The landmark receives. It answers nobody else, and not at greater length.
    fn brings(&mut self, from: SocketAddr, datagram: &[u8], t4: Option<i64>) {
        let (r3, t3) = (self.now.unix_ns + 20_000, self.now.mono_ns + 20_080);
        let mut actions = Vec::new();
        self.landmark.receive(datagram, from, &Arrival { t4, r3, t3 }, self.now, &mut actions);
        let mut answered = 0;
        for action in actions {
            let Action::Send { to, datagram } = action else { continue };
            assert_eq!(to, from);
            answered += datagram.len();
            match Control::parse(&datagram) {
                Ok(Control::Retry(retry)) => {
                    for (at, cookie) in self.at.iter().zip(&mut self.cookie) {
                        if *at == to {
                            *cookie = retry.cookie;
                        }
                    }
                }
                Ok(Control::Welcome(welcome)) if self.chip.is_none() => {
                    let keys = finished(&welcome.noise);
                    self.chip = Some((Responder::new(SESSION, keys.clone()), keys));
                }
                Ok(Control::Welcome(_)) => {}
                other => unreachable!("{other:?}"),
            }
        }
        assert!(answered <= datagram.len(), "{answered} bytes for {}", datagram.len());
    }

    fn stranger(&mut self, which: usize, input: &mut Input<'_>) {
        let at = [self.at[which], SocketAddr::from(([198, 51, 100, 1], 7))][usize::from(input.u8() & 1)];
        let length = usize::from(input.u8());
        let datagram = input.piece(length);
        self.brings(at, datagram, None);
    }

    fn hello(&mut self, which: usize) {
        let hello = Hello { session: SESSION, cookie: self.cookie[which], noise: ENDS.hello };
        self.brings(self.at[which], &hello.to_bytes(), None);
    }

    fn keep(&mut self, which: usize, counter: u64) {
        if let Some((_, keys)) = &self.chip {
            let keep = Keep::seal(SESSION, counter, keys.stamp());
            self.brings(self.at[which], &keep.to_bytes(), None);
        }
    }

    /// The agent answers one of the challenges that are out, and perhaps one bit is changed on the way back.
    fn answer(&mut self, which: usize, input: &mut Input<'_>, flipped: Option<usize>) {
        let Some((chip, _)) = &mut self.chip else { return };
        let Some(probe) = self.pending.get(usize::from(input.u8()) % self.pending.len().max(1)) else {
            return;
        };
        let seen = Seen { t2: NtpTime(1), ttl: 64 };
        let mut reply: Packet =
            chip.respond(&probe.packet, seen, || NtpTime(2)).expect("a challenge of ours");
        if let Some(bit) = flipped {
            reply[bit / 8] ^= 1 << (bit % 8);
        }
        let r3 = self.now.unix_ns + 20_000;
        let t4 = match input.u8() % 8 {
            0 => None,
            1 => Some(input.i64()),
            2 => Some(r3 + 1),
            _ => Some(r3 - 9_000),
        };
        self.brings(self.at[which], &reply, t4);
    }

    /// The report is one that a verifier takes, with what the agent says.
    fn ends(&mut self, report: &Report) {
        self.is_over = true;
        let key = SigningKey::from_bytes(&[5; 32]);
        let (body, signature) = report.sign(&key);
        let taken = verify::precheck(&body, &signature, &key.verifying_key(), &self.assignment);
        let taken = taken.expect("a report of our own landmark");
        let Some((chip, keys)) = &self.chip else {
            assert_eq!(taken.uncorroborated().best, None);
            return;
        };
        let answered = chip.answered();
        let entry = TranscriptEntry {
            landmark: report.landmark,
            proof_key: *keys.proof().as_bytes(),
            stamp_key: *keys.stamp().as_bytes(),
            count: answered.count as u16,
            answered: answered.sequences,
            digest: answered.digest,
        };
        let checked = verify::complete(&taken, &entry).expect("both told the truth");
        assert!(u32::from(checked.diagnostics.answered) <= answered.count);
    }
}
