//! What goes into a store and comes out of it beside whole records.

use crate::record::{Flip, Measurement, MeshPair, Report, ReportState, Verdict};

/// A report that came, with its measurement when it is verified already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The report. Its body is kept while it is pending or has a `keep_until`.
    pub report: Report,
    /// What is kept of it.
    pub measurement: Option<Measurement>,
}

/// What became of a report that was brought. Each of these is an acknowledgement except the last two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingested {
    /// It is durable now.
    Accepted,
    /// It was durable before.
    Duplicate,
    /// The landmark used this sequence for another report; that one stays.
    Conflict,
    /// The sequence is older than anything that is remembered; nothing was kept.
    Expired,
}

/// What attestation adds to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The binding of keys and nonce.
    pub binding: [u8; 32],
    /// Ed25519 key of the session.
    pub session_signing_key: [u8; 32],
    /// X25519 key of the session.
    pub session_exchange_key: [u8; 32],
    /// Which format the evidence has.
    pub evidence_format: String,
    /// The evidence, as it came.
    pub evidence: Vec<u8>,
    /// How well the key is tied to a chip.
    pub residency: String,
    /// What the evidence shows, in the caller's encoding.
    pub appraisal: Vec<u8>,
    /// What the host says of itself; empty: nothing.
    pub inventory: Vec<u8>,
    /// Ids of the landmarks that are to probe.
    pub landmarks: Vec<String>,
    /// When probing may begin.
    pub not_before: i64,
    /// When probing ends.
    pub not_after: i64,
    /// When this happened.
    pub time: i64,
}

/// What the end of a session adds to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// What the agent says happened.
    pub transcript: Vec<u8>,
    /// The session key's signature of it.
    pub transcript_signature: Vec<u8>,
    /// The evidence after measuring, as it came; empty: none did.
    pub closing_evidence: Vec<u8>,
    /// What that shows, in the caller's encoding.
    pub closing_appraisal: Vec<u8>,
    /// The time that the verdict will speak of.
    pub as_of: i64,
    /// That time in a simulated story, when there is one.
    pub story_time: Option<i64>,
    /// When this happened.
    pub time: i64,
}

/// What became of a pending report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The landmark's id.
    pub landmark: String,
    /// The report's sequence.
    pub sequence: i64,
    /// Verified or refused.
    pub state: ReportState,
    /// Why it was refused; empty otherwise.
    pub refusal: String,
    /// What is kept of it; none when refused.
    pub measurement: Option<Measurement>,
    /// Until when the body is kept; none drops it now.
    pub keep_until: Option<i64>,
}

/// A verdict, and the one whose place it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// The id of the verdict that it supersedes.
    pub supersedes: Option<String>,
}

/// Round trips between landmarks, by first and second id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeshPairs {
    /// The least round trip of each pair.
    pub best: Vec<MeshPair>,
    /// The newest of each pair.
    pub latest: Vec<MeshPair>,
}

/// How long things are kept, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Rows of reports that are no longer pending: for as long a report that comes again is known.
    pub reports: i64,
    /// Verdicts, with their sessions and measurements, unless held.
    pub verdicts: i64,
    /// Sessions that led to no verdict, with their measurements and pending reports.
    pub unjudged: i64,
    /// Alerts.
    pub alerts: i64,
    /// Accesses; cases after they ended.
    pub accesses: i64,
    /// Standings, but the latest of each subject.
    pub standings: i64,
}

impl Default for Retention {
    /// Reports for a day, what a verdict leans on, alerts, accesses and cases for five years, standings for two of their
    /// epochs, the rest for thirty days.
    fn default() -> Self {
        const DAY: i64 = 86_400_000_000_000;
        const YEARS: i64 = 5 * 365 * DAY + DAY;
        Self {
            reports: DAY,
            verdicts: YEARS,
            unjudged: 30 * DAY,
            alerts: YEARS,
            accesses: YEARS,
            standings: 14 * DAY,
        }
    }
}

/// What was forgotten, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Bodies of reports dropped.
    pub bodies: u64,
    /// Reports.
    pub reports: u64,
    /// Sessions, with their measurements.
    pub sessions: u64,
    /// Verdicts.
    pub verdicts: u64,
    /// Answers to requests.
    pub requests: u64,
    /// Alerts.
    pub alerts: u64,
    /// Accesses and cases.
    pub accesses: u64,
    /// Standings.
    pub standings: u64,
    /// Whether a limit was met: there is more to forget.
    pub more: bool,
}

/// What a shard of a comparison came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardDone {
    /// The comparison's id.
    pub comparison: String,
    /// The shard's number.
    pub shard: i64,
    /// Subjects judged.
    pub judged: i64,
    /// What was counted, in the caller's encoding.
    pub counts: Vec<u8>,
    /// What flips.
    pub flips: Vec<Flip>,
}

/// Which chips a scan reads, and how late verdicts may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Chips that this tenant entered or holds, with verdicts on those that it holds; empty: all, with all verdicts.
    pub scope: String,
    /// Ids come after this one,
    pub after: String,
    /// and up to this one.
    pub until: String,
    /// Verdicts up to this revision.
    pub revision: i64,
}
