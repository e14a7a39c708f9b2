//! What a landmark saw: every challenge of a session with every clock reading, signed. Nothing is summarised.

use std::fmt;

use ed25519_dalek::SigningKey;

use crate::bytes::{Malformed, Reader};
use crate::clock::{ClockSource, StampKind, Stamps};
use crate::ids::{self, Binding, LandmarkId, Nonce, NtpTime, Proof, SessionId, Signature};

/// The most challenges of one session at one landmark; their sequences are below it.
pub const CHALLENGES_MAX: usize = 256;
/// How a report begins; the signature covers it.
pub const LABEL: &[u8; 20] = b"lightcone/report/v1\0";
/// Bytes before the first challenge.
pub const HEAD_BYTES: usize = 124;
/// Bytes of a challenge that went unanswered.
pub const SENT_BYTES: usize = 30;
/// Bytes of a challenge that was answered.
pub const ANSWERED_BYTES: usize = 114;

const ANSWERED: u8 = 1;
const FALLBACK: u8 = 2;
const CLOCK_RAW: u8 = 1;
const CLOCK_STEERED: u8 = 2;
const STAMP_PROGRAM: u8 = 0;
const STAMP_KERNEL: u8 = 1;
const STAMP_INTERFACE: u8 = 2;

/// One session at one landmark, as the landmark saw it.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// The session.
    pub session: SessionId,
    /// Who measured.
    pub landmark: LandmarkId,
    /// Whose keys were challenged.
    pub subject: Binding,
    /// Which of the landmark's positions it stood at.
    pub position_version: u32,
    /// What measured the long span.
    pub clock_source: ClockSource,
    /// Who stamped the packets.
    pub stamp_kind: StampKind,
    /// SSID of every challenge (RFC 8972, section 3).
    pub ssid: u16,
    /// K_s, which lets the verifier rebuild each challenge; zero when no handshake was made.
    pub stamp_key: [u8; 32],
    /// Every challenge sent, by rising sequence, at most [`CHALLENGES_MAX`].
    pub sent: Vec<Sent>,
}

/// A challenge that was sent. Its probe index is its sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// STAMP sequence number, below [`CHALLENGES_MAX`].
    pub sequence: u16,
    /// STAMP timestamp as sent.
    pub timestamp: NtpTime,
    /// STAMP error estimate as sent.
    pub error_estimate: u16,
    /// What nobody could know before.
    pub nonce: Nonce,
    /// The first good answer, if one came.
    pub answer: Option<Answer>,
}

/// The first good answer to a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The landmark's clocks around it.
    pub stamps: Stamps,
    /// Whether the landmark distrusts its kernel stamps here: none came, the clock stepped or was being steered
    /// beyond the rule. The round trip is then `t3 - t0`.
    pub fallback: bool,
    /// When the agent says it received. Diagnostics; nothing rests on it.
    pub t2: NtpTime,
    /// When the agent says it answered. Diagnostics; nothing rests on it.
    pub t3: NtpTime,
    /// Time to live that the agent saw.
    pub ttl: u8,
    /// The agent's flags.
    pub flags: u32,
    /// HMAC of the challenge under K_p.
    pub proof: Proof,
}

impl Report {
    /// The bytes that are stored, sent and signed.
    #[must_use]
    pub fn signing_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD_BYTES + self.sent.len() * ANSWERED_BYTES);
        out.extend_from_slice(LABEL);
        out.extend_from_slice(&self.session.0);
        out.extend_from_slice(&self.landmark.0);
        out.extend_from_slice(&self.subject.0);
        out.extend_from_slice(&self.position_version.to_be_bytes());
        let (stamp, frame_ns) = stamp_code(self.stamp_kind);
        out.extend_from_slice(&[clock_code(self.clock_source), stamp]);
        out.extend_from_slice(&frame_ns.to_be_bytes());
        out.extend_from_slice(&self.ssid.to_be_bytes());
        out.extend_from_slice(&self.stamp_key);
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&(self.sent.len() as u16).to_be_bytes());
        for sent in &self.sent {
            sent.write(&mut out);
        }
        out
    }

    /// Reads what [`Self::signing_bytes`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`Malformed`] on any other bytes. A sequence may be there twice: that is a lie to be named, not a slip.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let (mut report, count, mut reader) = head(bytes)?;
        report.sent.reserve_exact(count.min(reader.rest().len() / SENT_BYTES));
        for index in 0..count {
            let sent = Sent::read(&mut reader)?;
            if report.sent.last().is_some_and(|last| last.sequence > sent.sequence) {
                return Err(Malformed::Order { field: "sent", index });
            }
            report.sent.push(sent);
        }
        reader.end()?;
        Ok(report)
    }

    /// Signs the report with the landmark's Ed25519 key.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> (Vec<u8>, Signature) {
        let body = self.signing_bytes();
        let signature = ids::sign(&body, key);
        (body, signature)
    }
}

/// The bytes of each challenge of a report that was read from `body`.
pub(crate) fn records<'a>(body: &'a [u8], report: &'a Report) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = body.get(HEAD_BYTES..).unwrap_or_default();
    report.sent.iter().map_while(move |sent| {
        let length = if sent.answer.is_some() { ANSWERED_BYTES } else { SENT_BYTES };
        let (record, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(record)
    })
}

/// Everything before the first challenge, and how many follow.
fn head(bytes: &[u8]) -> Result<(Report, usize, Reader<'_>), Malformed> {
    let mut reader = Reader::open(bytes, LABEL, "report")?;
    let session = SessionId(reader.array("session")?);
    let landmark = LandmarkId(reader.array("landmark")?);
    let subject = Binding(reader.array("subject")?);
    let position_version = reader.u32("position_version")?;
    let clock_source = read_clock(reader.u8("clock_source")?)?;
    let stamp_kind = read_stamp(reader.u8("stamp_kind")?, reader.u32("frame_ns")?)?;
    let ssid = reader.u16("ssid")?;
    let stamp_key = reader.array("stamp_key")?;
    reader.zero_u16("mbz")?;
    let count = reader.count("sent", CHALLENGES_MAX, "a session has at most 256 challenges")?;
    let sent = Vec::new();
    let report = Report {
        session,
        landmark,
        subject,
        position_version,
        clock_source,
        stamp_kind,
        ssid,
        stamp_key,
        sent,
    };
    Ok((report, count, reader))
}

impl Sent {
    /// Appends the challenge, [`SENT_BYTES`] or [`ANSWERED_BYTES`].
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let (flags, ttl) = self
            .answer
            .map_or((0, 0), |answer| (ANSWERED | if answer.fallback { FALLBACK } else { 0 }, answer.ttl));
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&[flags, ttl]);
        out.extend_from_slice(&self.timestamp.0.to_be_bytes());
        out.extend_from_slice(&self.error_estimate.to_be_bytes());
        out.extend_from_slice(&self.nonce.0);
        let Some(answer) = self.answer else { return };
        let Stamps { t0, r0, t1, t4, r3, t3 } = answer.stamps;
        for stamp in [t0, r0, t1, t4, r3, t3] {
            out.extend_from_slice(&stamp.to_be_bytes());
        }
        out.extend_from_slice(&answer.t2.0.to_be_bytes());
        out.extend_from_slice(&answer.t3.0.to_be_bytes());
        out.extend_from_slice(&answer.flags.to_be_bytes());
        out.extend_from_slice(&answer.proof.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let sequence = reader.u16("sequence")?;
        if usize::from(sequence) >= CHALLENGES_MAX {
            let remedy = "sequences are below 256";
            return Err(Malformed::Value { field: "sequence", value: sequence.into(), remedy });
        }
        let (flags, ttl) = (reader.u8("flags")?, reader.u8("ttl")?);
        let timestamp = NtpTime(reader.u64("timestamp")?);
        let error_estimate = reader.u16("error_estimate")?;
        let nonce = Nonce(reader.array("nonce")?);
        let answer = match (flags, ttl) {
            (0, 0) => None,
            (ANSWERED, _) => Some(Answer::read(reader, false, ttl)?),
            (3, _) => Some(Answer::read(reader, true, ttl)?),
            (0, _) => return Err(unanswered(ttl)),
            _ => return Err(unknown_flags(flags)),
        };
        Ok(Self { sequence, timestamp, error_estimate, nonce, answer })
    }
}

impl Answer {
    /// How long the agent says it took, in nanoseconds; 0 when its times make no sense.
    pub(crate) fn residence_ns(&self) -> i64 {
        let ticks = u128::from(self.t3.0.saturating_sub(self.t2.0));
        i64::try_from((ticks * 1_000_000_000) >> 32).unwrap_or(0)
    }

    fn read(reader: &mut Reader<'_>, fallback: bool, ttl: u8) -> Result<Self, Malformed> {
        let (t0, r0) = (reader.i64("t0")?, reader.i64("r0")?);
        let (t1, t4) = (reader.i64("t1")?, reader.i64("t4")?);
        let (r3, t3) = (reader.i64("r3")?, reader.i64("t3")?);
        Ok(Self {
            stamps: Stamps { t0, r0, t1, t4, r3, t3 },
            fallback,
            t2: NtpTime(reader.u64("t2")?),
            t3: NtpTime(reader.u64("t3_ntp")?),
            ttl,
            flags: reader.u32("agent_flags")?,
            proof: Proof(reader.array("proof")?),
        })
    }
}

fn unanswered(ttl: u8) -> Malformed {
    Malformed::Value { field: "ttl", value: ttl.into(), remedy: "it is 0 without an answer" }
}

fn unknown_flags(flags: u8) -> Malformed {
    Malformed::Value { field: "flags", value: flags.into(), remedy: "it is 0, 1 or 3" }
}

pub(crate) fn clock_code(source: ClockSource) -> u8 {
    match source {
        ClockSource::Raw => CLOCK_RAW,
        ClockSource::Steered => CLOCK_STEERED,
    }
}

pub(crate) fn read_clock(code: u8) -> Result<ClockSource, Malformed> {
    match code {
        CLOCK_RAW => Ok(ClockSource::Raw),
        CLOCK_STEERED => Ok(ClockSource::Steered),
        value => {
            let remedy = "it is 1 (raw) or 2 (steered)";
            Err(Malformed::Value { field: "clock_source", value: value.into(), remedy })
        }
    }
}

pub(crate) fn stamp_code(kind: StampKind) -> (u8, u32) {
    match kind {
        StampKind::Program => (STAMP_PROGRAM, 0),
        StampKind::Kernel => (STAMP_KERNEL, 0),
        StampKind::Interface { frame_ns } => (STAMP_INTERFACE, frame_ns),
    }
}

pub(crate) fn read_stamp(code: u8, frame_ns: u32) -> Result<StampKind, Malformed> {
    match (code, frame_ns) {
        (STAMP_PROGRAM, 0) => Ok(StampKind::Program),
        (STAMP_KERNEL, 0) => Ok(StampKind::Kernel),
        (STAMP_INTERFACE, _) => Ok(StampKind::Interface { frame_ns }),
        (STAMP_PROGRAM | STAMP_KERNEL, value) => {
            let remedy = "it is 0 unless the interface stamps";
            Err(Malformed::Value { field: "frame_ns", value: value.into(), remedy })
        }
        (value, _) => {
            let remedy = "it is 0 (program), 1 (kernel) or 2 (interface)";
            Err(Malformed::Value { field: "stamp_kind", value: value.into(), remedy })
        }
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("session", &self.session)
            .field("landmark", &self.landmark)
            .field("subject", &self.subject)
            .field("position_version", &self.position_version)
            .field("sent", &self.sent.len())
            .finish_non_exhaustive()
    }
}
