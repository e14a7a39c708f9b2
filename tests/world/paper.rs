//! Sessions on paper: what a landmark and an agent would have signed if they had met, with any round trip. Real keys,
//! real proofs, no sockets.

use lightcone_probe::assignment::Assignment;
use lightcone_probe::clock::{ClockSource, StampKind, Stamps};
use lightcone_probe::report::{Answer, Report, Sent};
use lightcone_probe::transcript::{self, Sequences, Transcript, TranscriptEntry};
use lightcone_probe::{Binding, Nonce, NtpTime, SessionId, Signature, SigningKey};
use lightcone_responder::{Challenge, ProofKey, StampKey, prove};

use crate::Seed;

/// Time between two challenges, in nanoseconds.
const GAP_NS: i64 = 1_000_000;
/// What the landmark's own stack takes each way, in nanoseconds.
const STACK_NS: i64 = 4_000;

/// What a landmark and an agent share after their handshake.
#[derive(Clone, Copy, Debug)]
pub struct Shared {
    /// K_s.
    pub stamp: [u8; 32],
    /// K_p.
    pub proof: [u8; 32],
}

/// One session at one landmark.
#[derive(Clone, Debug)]
pub struct Met {
    /// The landmark's report.
    pub report: Report,
    /// What the agent says of it.
    pub entry: TranscriptEntry,
}

impl Shared {
    /// Keys from a seed.
    pub fn of(seed: &mut Seed) -> Self {
        Self { stamp: bytes(seed), proof: bytes(seed) }
    }
}

impl Met {
    /// So many challenges, each answered after `rtt_ns`, the first one fastest; from `begin_ns` on.
    #[must_use]
    pub fn after(assignment: &Assignment, samples: u16, rtt_ns: i64, begin_ns: i64, seed: &mut Seed) -> Self {
        let shared = Shared::of(seed);
        let (stamp, proof) = (StampKey::from_bytes(shared.stamp), ProofKey::from_bytes(shared.proof));
        let mut answered = Sequences::default();
        let mut sent = Vec::with_capacity(usize::from(samples));
        for sequence in 0..samples {
            let nonce = Nonce(bytes(seed));
            let challenge = Challenge {
                sequence: sequence.into(),
                timestamp: NtpTime(seed.next()),
                error_estimate: 1,
                ssid: 0,
                session: assignment.session,
                index: sequence.into(),
                nonce,
            };
            let took_ns = rtt_ns + i64::from(sequence) * 10;
            let answer = Answer {
                stamps: stamps(begin_ns + i64::from(sequence) * GAP_NS, took_ns),
                fallback: false,
                t2: NtpTime(0),
                t3: NtpTime(0),
                ttl: 64,
                flags: 0,
                proof: prove(&challenge.seal(&stamp), &proof),
            };
            let Challenge { timestamp, error_estimate, .. } = challenge;
            sent.push(Sent { sequence, timestamp, error_estimate, nonce, answer: Some(answer) });
            answered.0[usize::from(sequence / 8)] |= 1 << (sequence % 8);
        }
        let report = Report {
            session: assignment.session,
            landmark: assignment.landmark,
            subject: assignment.binding,
            position_version: assignment.position_version,
            clock_source: ClockSource::Raw,
            stamp_kind: StampKind::Kernel,
            ssid: 0,
            stamp_key: shared.stamp,
            sent,
        };
        let digest = transcript::digest(report.sent.iter().map(|sent| (sent.sequence, sent.nonce)));
        let entry = TranscriptEntry {
            landmark: assignment.landmark,
            proof_key: shared.proof,
            stamp_key: shared.stamp,
            count: samples,
            answered,
            digest,
        };
        Self { report, entry }
    }

    /// The report, signed by the landmark.
    #[must_use]
    pub fn signed(&self, key: &SigningKey) -> (Vec<u8>, Signature) {
        self.report.sign(key)
    }
}

/// A transcript of these entries.
#[must_use]
pub fn transcript(session: SessionId, binding: Binding, mut landmarks: Vec<TranscriptEntry>) -> Transcript {
    landmarks.sort_by_key(|entry| entry.landmark);
    Transcript { session, binding, landmarks }
}

/// Bytes from a seed.
pub fn bytes<const N: usize>(seed: &mut Seed) -> [u8; N] {
    std::array::from_fn(|_| seed.next() as u8)
}

/// Clock readings of one challenge that was sent at `at_ns` and answered after `rtt_ns`.
fn stamps(at_ns: i64, rtt_ns: i64) -> Stamps {
    let (r0, t1) = (at_ns, at_ns + STACK_NS);
    let (t4, r3) = (t1 + rtt_ns, t1 + rtt_ns + STACK_NS);
    // The raw clock began elsewhere; both run alike.
    let t0 = 1_000_000_000 + at_ns % 1_000_000_000_000;
    Stamps { t0, r0, t1, t4, r3, t3: t0 + (r3 - r0) }
}
