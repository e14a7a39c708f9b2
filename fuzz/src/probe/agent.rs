//! The agent's end, in a world that the input makes: two landmarks of its plan, strangers, and time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex, PoisonError};

use lightcone_probe::agent::{Action, Answerer, Engagement, Settings};
use lightcone_probe::chance::Seeded;
use lightcone_probe::control::{Control, Cookie, Hello, Retry, Welcome};
use lightcone_probe::datagram::Datagram;
use lightcone_probe::handshake::{StaticKey, Tie, welcome};
use lightcone_probe::now::Now;
use lightcone_probe::plan::{Plan, PlannedLandmark, Window};
use lightcone_probe::tai64n::Tai64n;
use lightcone_probe::transcript::{self, Transcript};
use lightcone_probe::{Binding, LandmarkId, Nonce, NtpTime};
use lightcone_responder::{Challenge, PACKET_BYTES, Reply, Seen, SessionKeys};

use super::input::Input;
use super::packets::SESSION;

const STEPS_MAX: usize = 96;
const MILLI_NS: i64 = 1_000_000;
const SECOND_NS: i64 = 1_000_000_000;
const BINDING: Binding = Binding([4; 32]);

/// The agent under whatever the input says that the network and the clock do.
pub fn agent(data: &[u8]) {
    let mut input = Input::new(data);
    let mut world = World::new(1 + usize::from(input.u8() % 8 == 1));
    for _ in 0..STEPS_MAX {
        if input.is_empty() || world.is_over {
            break;
        }
        let which = usize::from(input.u8());
        let (step, which) = (which / 2 % 8, which % world.others.len());
        match step {
            0 => world.wait(i64::from(input.u8()) * MILLI_NS),
            1 => world.wait(i64::from(input.u8()) * SECOND_NS / 4),
            2 => world.stranger(which, &mut input),
            3 => world.retry(which, Cookie(input.array())),
            4 => world.welcome(which),
            5 => world.challenge(which, &mut input, None),
            6 => {
                let flipped = usize::from(input.u16()) % (8 * PACKET_BYTES);
                world.challenge(which, &mut input, Some(flipped));
            }
            _ => world.engage_again(),
        }
    }
    world.wait(700 * SECOND_NS);
    assert!(world.is_over, "a session that outlives its window");
}

/// One landmark of the plan, as far as it is played here.
struct Other {
    seed: u8,
    public: [u8; 32],
    id: LandmarkId,
    at: SocketAddr,
    hello: Option<Hello>,
    keys: Option<SessionKeys>,
    answered: BTreeMap<u16, Nonce>,
    /// HELLO and KEEP that the agent sent by its own timer, less those that answered a RETRY.
    credit: usize,
}

/// The landmarks' seeds and public keys, and the agent's public key: the same in every world, and dear.
static LANDMARKS: LazyLock<[(u8, [u8; 32]); 2]> =
    LazyLock::new(|| [1, 2].map(|seed| (seed, StaticKey::from_bytes([seed; 32]).public())));
static AGENT: LazyLock<[u8; 32]> = LazyLock::new(|| StaticKey::from_bytes(AGENT_KEY).public());
const AGENT_KEY: [u8; 32] = [3; 32];

/// The message of a WELCOME and the landmark's keys.
type Welcomed = ([u8; 60], SessionKeys);

impl Other {
    fn new((seed, public): &(u8, [u8; 32])) -> Self {
        Self {
            seed: *seed,
            public: *public,
            id: LandmarkId::of(public),
            at: SocketAddr::from(([192, 0, 2, *seed], 862)),
            hello: None,
            keys: None,
            answered: BTreeMap::new(),
            credit: 0,
        }
    }

    /// What the landmark answers to that HELLO, and the keys that it has then; computed once for each.
    fn welcome(&self, hello: &[u8; 60]) -> Welcomed {
        static WELCOMED: Mutex<BTreeMap<[u8; 60], Welcomed>> = Mutex::new(BTreeMap::new());
        let mut welcomed = WELCOMED.lock().unwrap_or_else(PoisonError::into_inner);
        let made = welcomed.entry(*hello).or_insert_with(|| {
            let tie = Tie { binding: BINDING, landmark: self.id, session: SESSION };
            let (key, stamp) = (StaticKey::from_bytes([self.seed; 32]), Tai64n::from_unix_ns(0));
            let made = welcome(&key, &AGENT, &tie, hello, [8; 32], stamp).expect("its own HELLO");
            (made.message, made.keys)
        });
        made.clone()
    }
}

struct World {
    agent: Answerer<Seeded>,
    engagement: Engagement,
    others: Vec<Other>,
    now: Now,
    is_over: bool,
}

impl World {
    fn new(landmarks: usize) -> Self {
        let now = Now { mono_ns: 1_000 * SECOND_NS, unix_ns: 1_790_000_000 * SECOND_NS };
        let mut others: Vec<Other> = LANDMARKS[..landmarks].iter().map(Other::new).collect();
        others.sort_by_key(|other| other.id);
        let landmarks = others.iter().map(|other| {
            let SocketAddr::V4(v4) = other.at else { unreachable!("made above") };
            PlannedLandmark { id: other.id, x25519: other.public, v4: Some(v4), v6: None }
        });
        let window =
            Window { probes: 64, not_before_ns: now.unix_ns, not_after_ns: now.unix_ns + 60 * SECOND_NS };
        let plan = Plan { session: SESSION, binding: BINDING, window, landmarks: landmarks.collect() };
        let engagement = Engagement { plan, key: StaticKey::from_bytes(AGENT_KEY) };
        let mut agent = Answerer::new(Settings::default(), Seeded::new(&[9; 32]));
        agent.engage(&engagement, now).expect("a plan in its window");
        let mut world = Self { agent, engagement, others, now, is_over: false };
        world.wait(0);
        world
    }

    fn wait(&mut self, ns: i64) {
        self.now = Now { mono_ns: self.now.mono_ns + ns, unix_ns: self.now.unix_ns + ns };
        let mut actions = Vec::new();
        self.agent.turn(self.now, &mut actions);
        for action in actions {
            match action {
                Action::Send { to, datagram } => self.takes(to, &datagram, true),
                Action::Established { .. } => unreachable!("nothing came in"),
                Action::Done(transcript) => self.ends(&transcript),
            }
        }
        if !self.is_over {
            assert!(self.agent.wakes_at().is_some_and(|at| at > self.now.mono_ns), "it would spin");
        }
    }

    /// What the agent sent must be for a landmark of its plan, and be a HELLO or KEEP.
    fn takes(&mut self, to: SocketAddr, datagram: &Datagram, is_own: bool) {
        let other =
            self.others.iter_mut().find(|other| other.at == to).expect("only to the plan's landmarks");
        other.credit = if is_own { other.credit + 1 } else { other.credit.checked_sub(1).expect("one each") };
        match Control::parse(datagram) {
            Ok(Control::Hello(hello)) => other.hello = Some(hello),
            Ok(Control::Keep(keep)) => {
                assert!(other.keys.as_ref().is_some_and(|keys| keep.is_sealed_by(keys.stamp())));
            }
            other => unreachable!("{other:?}"),
        }
    }

    /// The agent receives; returns its reply.
    fn brings(&mut self, from: SocketAddr, datagram: &[u8]) -> Option<[u8; PACKET_BYTES]> {
        let mut actions = Vec::new();
        let seen = Seen { t2: NtpTime(1), ttl: 64 };
        let reply = self.agent.receive(datagram, from, seen, || NtpTime(2), self.now, &mut actions);
        let is_retry = datagram.len() == 48;
        for action in actions {
            match action {
                Action::Send { to, datagram } => {
                    assert!(is_retry && to == from, "only a RETRY is answered by itself");
                    self.takes(to, &datagram, false);
                }
                Action::Established { .. } => assert_eq!(datagram.len(), 96),
                Action::Done(_) => unreachable!("only time ends a session"),
            }
        }
        reply
    }

    fn stranger(&mut self, which: usize, input: &mut Input<'_>) {
        let at =
            [self.others[which].at, SocketAddr::from(([198, 51, 100, 1], 7))][usize::from(input.u8() & 1)];
        let length = usize::from(input.u8());
        let datagram = input.piece(length);
        assert_eq!(self.brings(at, datagram), None, "a reply to a stranger");
    }

    fn retry(&mut self, which: usize, cookie: Cookie) {
        let at = self.others[which].at;
        assert_eq!(self.brings(at, &Retry { session: SESSION, cookie }.to_bytes()), None);
    }

    fn welcome(&mut self, which: usize) {
        let other = &mut self.others[which];
        let (Some(hello), None) = (other.hello, &other.keys) else { return };
        let (noise, keys) = other.welcome(&hello.noise);
        other.keys = Some(keys);
        let at = other.at;
        self.brings(at, &Welcome { session: SESSION, noise }.to_bytes());
    }

    /// A challenge of a landmark, with one bit wrong or none.
    fn challenge(&mut self, which: usize, input: &mut Input<'_>, flipped: Option<usize>) {
        let other = &self.others[which];
        let (Some(keys), at) = (other.keys.clone(), other.at) else { return };
        let sequence = input.u16() % 300;
        let challenge = Challenge {
            sequence: sequence.into(),
            timestamp: NtpTime(3),
            error_estimate: 1,
            ssid: 1,
            session: SESSION,
            index: sequence.into(),
            nonce: Nonce([input.u8(); 16]),
        };
        let mut packet = challenge.seal(keys.stamp());
        if let Some(bit) = flipped {
            packet[bit / 8] ^= 1 << (bit % 8);
        }
        let Some(reply) = self.brings(at, &packet) else { return };
        assert_eq!(flipped, None, "a reply to an altered challenge");
        assert!(Reply::open(&reply, keys.stamp()).is_ok());
        let nonce = *self.others[which].answered.entry(sequence).or_insert(challenge.nonce);
        assert_eq!(nonce, challenge.nonce, "one sequence, two nonces");
    }

    fn engage_again(&mut self) {
        assert!(self.agent.engage(&self.engagement, self.now).is_err(), "one session twice");
    }

    /// The transcript says what was answered.
    fn ends(&mut self, transcript: &Transcript) {
        self.is_over = true;
        assert_eq!(Transcript::read(&transcript.signing_bytes()).as_ref(), Ok(transcript));
        for other in &self.others {
            let entry = transcript.entry(other.id);
            let answered = other.answered.iter().map(|(sequence, nonce)| (*sequence, *nonce));
            match entry {
                Some(entry) => {
                    assert_eq!(usize::from(entry.count), other.answered.len());
                    assert_eq!(entry.digest, transcript::digest(answered));
                }
                None => assert!(other.answered.is_empty()),
            }
        }
    }
}
