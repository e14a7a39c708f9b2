//! A session made of bytes alone: a landmark and an agent that both tell the truth.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot make its session has failed")]

use lightcone_probe::assignment::Assignment;
use lightcone_probe::clock::{ClockSource, StampKind, Stamps};
use lightcone_probe::plan::Window;
use lightcone_probe::report::{Answer, Report, Sent};
use lightcone_probe::transcript::{Transcript, TranscriptEntry};
use lightcone_probe::{Binding, LandmarkId, Nonce, NtpTime, Proof, SessionId, SigningKey};
use lightcone_responder::{Answered, Challenge, ProofKey, Reply, Responder, Seen, SessionKeys, StampKey};

/// Raw time of the first challenge.
pub const BOOT_NS: i64 = 4_000_000_000_000;
/// From one challenge to the next.
pub const GAP_NS: i64 = 40_000_000;
const UNIX_NS: i64 = 1_790_000_000_000_000_000;
const STACK_NS: i64 = 12_000;
const READ_NS: i64 = 40;

/// A session at one landmark, over.
pub struct Session {
    pub landmark_key: SigningKey,
    pub agent_key: SigningKey,
    pub assignment: Assignment,
    keys: SessionKeys,
    sent: Vec<Sent>,
    ssid: u16,
    answered: Answered,
}

/// An Ed25519 key for tests.
pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// Bytes of hexadecimal digits.
pub fn unhex<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), 2 * N);
    std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
}

/// The flight time that stamps of this world hide.
pub fn flight_ns(stamps: &Stamps) -> i64 {
    (stamps.t3 - stamps.t0) - (stamps.t1 - stamps.r0) - (stamps.r3 - stamps.t4)
}

impl Session {
    /// So many challenges, of which each eighth is lost on the way there.
    pub fn of(count: usize) -> Self {
        let keys = SessionKeys::schedule(&[1; 32], &[2; 32], &[3; 32]);
        let challenges = (0..count).map(|at| Challenge {
            sequence: at as u32,
            timestamp: NtpTime(0xee3a_0c00_0000_0000 + at as u64),
            error_estimate: 0x8001,
            ssid: 0x1001,
            session: SessionId([7; 8]),
            index: at as u32,
            nonce: Nonce(std::array::from_fn(|byte| (at * 7 + byte * 31 + at * byte) as u8)),
        });
        Self::run(keys, challenges.collect())
    }

    /// The session of the published vector (test values only): one challenge, sequence 1.
    pub fn published() -> Self {
        let keys = SessionKeys::new(
            StampKey::from_bytes(unhex("d1f6ee0d5bd42d0779a63be2adcc87be4d65c740eac863c031d7f21e3d1ed2ad")),
            ProofKey::from_bytes(unhex("9df328680831ee62827f55659fce6e15eb3baecb0d8da9e0b17b80c50f30ec98")),
        );
        let challenge = Challenge {
            sequence: 1,
            timestamp: NtpTime(0xee3a_0c00_0000_0000),
            error_estimate: 0x8001,
            ssid: 0x1001,
            session: SessionId([1; 8]),
            index: 1,
            nonce: Nonce(unhex("12b33b1d7f70b8d6c38bca15414fe5fe")),
        };
        Self::run(keys, vec![challenge])
    }

    fn run(keys: SessionKeys, challenges: Vec<Challenge>) -> Self {
        let session = challenges.first().map_or(SessionId([7; 8]), |challenge| challenge.session);
        let mut responder = Responder::new(session, keys.clone());
        let mut sent = Vec::new();
        for challenge in &challenges {
            let lost = challenge.sequence % 8 == 5 && challenge.sequence < 56;
            let t2 = NtpTime(challenge.timestamp.0 + 0x0100_0000);
            let seen = Seen { t2, ttl: 57 };
            let answer = (!lost).then(|| {
                let packet = challenge.seal(keys.stamp());
                let reply = responder.respond(&packet, seen, || NtpTime(t2.0 + 0x1_0000)).unwrap();
                answer(challenge.sequence, Reply::open(&reply, keys.stamp()).unwrap())
            });
            sent.push(Sent {
                sequence: challenge.sequence as u16,
                timestamp: challenge.timestamp,
                error_estimate: challenge.error_estimate,
                nonce: challenge.nonce,
                answer,
            });
        }
        let assignment = Assignment {
            session,
            landmark: LandmarkId::of(&[5; 32]),
            binding: Binding([4; 32]),
            agent_x25519: [6; 32],
            position_version: 7,
            window: Window {
                probes: 256,
                not_before_ns: UNIX_NS - 1_000_000_000,
                not_after_ns: UNIX_NS + 20_000_000_000,
            },
        };
        let (landmark_key, agent_key) = (key(1), key(2));
        Self { landmark_key, agent_key, assignment, keys, sent, ssid: 0x1001, answered: responder.answered() }
    }

    /// What the landmark saw.
    pub fn report(&self) -> Report {
        Report {
            session: self.assignment.session,
            landmark: self.assignment.landmark,
            subject: self.assignment.binding,
            position_version: self.assignment.position_version,
            clock_source: ClockSource::Raw,
            stamp_kind: StampKind::Kernel,
            ssid: self.ssid,
            stamp_key: *self.keys.stamp().as_bytes(),
            sent: self.sent.clone(),
        }
    }

    /// What the agent answered.
    pub fn transcript(&self) -> Transcript {
        let entry = TranscriptEntry {
            landmark: self.assignment.landmark,
            proof_key: *self.keys.proof().as_bytes(),
            stamp_key: *self.keys.stamp().as_bytes(),
            count: self.answered.count as u16,
            answered: self.answered.sequences,
            digest: self.answered.digest,
        };
        let (session, binding) = (self.assignment.session, self.assignment.binding);
        Transcript { session, binding, landmarks: vec![entry] }
    }

    /// What a chip says after it was asked these, in this order.
    pub fn answers(&self, asked: &[(u16, Nonce)]) -> Answered {
        let session = self.assignment.session;
        let mut responder = Responder::new(session, self.keys.clone());
        for (sequence, nonce) in asked {
            let challenge = Challenge {
                sequence: u32::from(*sequence),
                timestamp: NtpTime(1),
                error_estimate: 1,
                ssid: self.ssid,
                session,
                index: u32::from(*sequence),
                nonce: *nonce,
            };
            let seen = Seen { t2: NtpTime(2), ttl: 0 };
            responder.respond(&challenge.seal(self.keys.stamp()), seen, || NtpTime(3)).unwrap();
        }
        responder.answered()
    }
}

/// An answer after a flight of ten milliseconds and a little, different each time.
fn answer(sequence: u32, reply: Reply) -> Answer {
    let at_ns = i64::from(sequence) * GAP_NS;
    let flight_ns = 10_000_000 + i64::from((sequence * 7_919 + 13) % 1_009) * 1_000;
    let (t0, r0) = (BOOT_NS + at_ns, UNIX_NS + at_ns);
    let t1 = r0 + STACK_NS;
    let t4 = t1 + flight_ns;
    let r3 = t4 + STACK_NS;
    let t3 = t0 + (r3 - r0) + 2 * READ_NS;
    Answer {
        stamps: Stamps { t0, r0, t1, t4, r3, t3 },
        fallback: false,
        t2: reply.t2,
        t3: reply.t3,
        ttl: reply.sender_ttl,
        flags: reply.flags,
        proof: Proof(reply.proof.0),
    }
}
