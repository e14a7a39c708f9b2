//! Holds a landmark's report against the assignment, the keys and the agent's transcript. Every challenge is
//! rebuilt, every proof, round trip and bound recomputed from the samples; nothing that is summarised is trusted.
//!
//! In two steps, because the report comes before the transcript: [`precheck`] takes or refuses the report by
//! itself, [`complete`] checks the proofs once the agent has revealed its keys.

mod kept;
mod refusal;
pub mod tree;

use ed25519_dalek::VerifyingKey;
use lightcone_responder::{Challenge, ProofKey, StampKey, proves};

use crate::assignment::Assignment;
use crate::clock::{self, Fallback, RoundTrip};
use crate::ids::{self, Signature};
use crate::plan::Window;
use crate::report::{self, Answer, CHALLENGES_MAX, Report, Sent};
use crate::transcript::{self, TranscriptEntry};

pub use kept::{KEPT_BYTES, Kept};
pub use refusal::Refusal;

/// A round trip that takes as long as this is none: the challenge counts as lost. In nanoseconds.
pub const RTT_NS_MAX: i64 = 1_500_000_000;

/// How long after its window a session's last challenge may have been sent, in nanoseconds: between the landmark's
/// look at the clock and the send, somebody else may have had its core.
pub const SEND_SLACK_NS: i64 = 1_000_000_000;

/// A report that is good as far as it can be known without the agent's transcript.
#[derive(Clone, Debug)]
pub struct Prechecked {
    report: Report,
    /// One for each answered challenge, in their order.
    times: Vec<RoundTrip>,
    root: [u8; 32],
}

/// What a report is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whether the agent's transcript bears it out. If not, it is the landmark's word alone.
    pub corroborated: bool,
    /// The sample with the least bound; none: nothing was answered, so nothing is proven.
    pub best: Option<Sample>,
    /// The sample with the second least bound.
    pub backup: Option<Sample>,
    /// Root of the [`tree`] over all samples.
    pub root: [u8; 32],
    /// What to judge the path by; no proof rests on it.
    pub diagnostics: Diagnostics,
    kept: Kept,
}

/// One answered challenge and what it proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Everything that was measured.
    pub sent: Sent,
    /// When the challenge was sent, in nanoseconds since 1970, by the landmark's clock.
    pub at_ns: i64,
    /// The round trip by the clock rule, in nanoseconds.
    pub rtt_ns: i64,
    /// What must be added to it so that the true one is not longer, in nanoseconds.
    pub eps_ns: i64,
    /// Why the round trip is the program's own, if it is.
    pub fallback: Option<Fallback>,
}

impl Sample {
    /// What the true round trip is not longer than, in nanoseconds.
    #[must_use]
    pub const fn bound_ns(&self) -> i64 {
        self.rtt_ns.saturating_add(self.eps_ns)
    }
}

/// What to judge a path by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    /// Challenges sent.
    pub sent: u16,
    /// Challenges answered in time.
    pub answered: u16,
    /// Answers whose round trip is the program's own.
    pub fallbacks: u16,
    /// The round trip that one answer in a hundred does not exceed, in nanoseconds.
    pub p1_ns: u32,
    /// The median round trip, in nanoseconds.
    pub p50_ns: u32,
    /// The median of how long the agent says it took, in nanoseconds: its own word.
    pub residence_ns: u32,
}

impl Diagnostics {
    /// Challenges that went unanswered.
    #[must_use]
    pub const fn lost(&self) -> u16 {
        self.sent.saturating_sub(self.answered)
    }
}

/// Takes or refuses a report by itself: its signature, its bytes, that it is the one assigned, and that its times
/// and nonces can be true.
///
/// # Errors
/// The first [`Refusal`] found; a report is good as a whole or not at all.
pub fn precheck(
    body: &[u8],
    signature: &Signature,
    landmark: &VerifyingKey,
    assignment: &Assignment,
) -> Result<Prechecked, Refusal> {
    let report = Report::read(body)?;
    is_the_one_assigned(&report, assignment)?;
    if !ids::is_signed(body, signature, landmark) {
        return Err(Refusal::Signature);
    }
    are_fresh(&report.sent)?;
    let mut times = Vec::with_capacity(report.sent.len());
    for sent in &report.sent {
        if let Some(answer) = &sent.answer {
            times.push(time(sent.sequence, answer, assignment)?);
        }
    }
    let root = tree::root(report::records(body, &report));
    Ok(Prechecked { report, times, root })
}

/// Checks every proof of a report against what the agent says it answered and with which keys.
///
/// # Errors
/// The first [`Refusal`] found. [`Refusal::NeverAnswered`] condemns the landmark if the agent's word is good.
pub fn complete(prechecked: &Prechecked, entry: &TranscriptEntry) -> Result<Checked, Refusal> {
    let report = &prechecked.report;
    if entry.landmark != report.landmark || entry.stamp_key != report.stamp_key {
        return Err(Refusal::KeyMismatch);
    }
    agrees(&report.sent, entry)?;
    let (stamp, proof) = (StampKey::from_bytes(entry.stamp_key), ProofKey::from_bytes(entry.proof_key));
    for sent in &report.sent {
        let Some(answer) = &sent.answer else { continue };
        let challenge = rebuild(report, sent).seal(&stamp);
        if !proves(&answer.proof, &challenge, &proof) {
            return Err(Refusal::ProofWrong { sequence: sent.sequence });
        }
    }
    Ok(prechecked.judged(true))
}

impl Prechecked {
    /// The report.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// The report on the landmark's word alone: no proof was checked. All there is when the agent gave no
    /// transcript, and enough when nothing was answered.
    #[must_use]
    pub fn uncorroborated(&self) -> Checked {
        self.judged(false)
    }

    fn judged(&self, corroborated: bool) -> Checked {
        let Report { clock_source, stamp_kind, .. } = self.report;
        let (mut best, mut backup): (Option<Sample>, Option<Sample>) = (None, None);
        let answered = self.report.sent.iter().filter_map(|sent| sent.answer.as_ref().map(|a| (sent, a)));
        for ((sent, answer), time) in answered.zip(&self.times) {
            let (rtt_ns, eps_ns) = (time.rtt_ns, time.eps_ns(clock_source, stamp_kind));
            let at_ns = answer.stamps.r0;
            let sample = Sample { sent: *sent, at_ns, rtt_ns, eps_ns, fallback: time.fallback };
            let beats = |other: &Option<Sample>| other.is_none_or(|it| sample.bound_ns() < it.bound_ns());
            if beats(&best) {
                backup = best.replace(sample);
            } else if beats(&backup) {
                backup = Some(sample);
            }
        }
        let diagnostics = diagnose(&self.report, &self.times);
        let (root, kept) = (self.root, Kept::of(&self.report, diagnostics, best, backup, self.root));
        Checked { corroborated, best, backup, root, diagnostics, kept }
    }
}

impl Checked {
    /// What is worth keeping for years, [`KEPT_BYTES`] of it.
    #[must_use]
    pub const fn kept(&self) -> &Kept {
        &self.kept
    }
}

/// The challenge as it was sent. Its index is its sequence.
fn rebuild(report: &Report, sent: &Sent) -> Challenge {
    let sequence = u32::from(sent.sequence);
    Challenge {
        sequence,
        timestamp: sent.timestamp,
        error_estimate: sent.error_estimate,
        ssid: report.ssid,
        session: report.session,
        index: sequence,
        nonce: sent.nonce,
    }
}

fn is_the_one_assigned(report: &Report, assignment: &Assignment) -> Result<(), Refusal> {
    if report.session != assignment.session {
        return Err(Refusal::Session);
    }
    if report.landmark != assignment.landmark {
        return Err(Refusal::Landmark);
    }
    if report.subject != assignment.binding {
        return Err(Refusal::Subject);
    }
    let (reported, expected) = (report.position_version, assignment.position_version);
    if reported != expected {
        return Err(Refusal::PositionVersion { reported, expected });
    }
    let (sent, limit) = (report.sent.len(), assignment.window.probes);
    if sent > usize::from(limit) {
        return Err(Refusal::TooMany { sent, limit });
    }
    Ok(())
}

/// Whether no sequence and no nonce is there twice. The sequences are in order.
fn are_fresh(sent: &[Sent]) -> Result<(), Refusal> {
    if let Some([pair, _]) = sent.array_windows::<2>().find(|[one, next]| one.sequence == next.sequence) {
        return Err(Refusal::DuplicateSequence { sequence: pair.sequence });
    }
    let mut nonces = [(0_u128, 0_u16); CHALLENGES_MAX];
    for (place, sent) in nonces.iter_mut().zip(sent) {
        *place = (u128::from_be_bytes(sent.nonce.0), sent.sequence);
    }
    let nonces = &mut nonces[..sent.len().min(CHALLENGES_MAX)];
    nonces.sort_unstable();
    match nonces.array_windows::<2>().find(|[one, next]| one.0 == next.0) {
        Some([_, (_, sequence)]) => Err(Refusal::NonceReused { sequence: *sequence }),
        None => Ok(()),
    }
}

/// The round trip of an answer whose times can be true and lie in the window.
fn time(sequence: u16, answer: &Answer, assignment: &Assignment) -> Result<RoundTrip, Refusal> {
    let stamps = &answer.stamps;
    let impossible = Refusal::TimesImpossible { sequence };
    let time = clock::round_trip(stamps, answer.fallback).map_err(|_| impossible)?;
    if stamps.t0 < 0 || stamps.r0 < 0 || (!answer.fallback && !clock::is_ordered(stamps)) {
        return Err(impossible);
    }
    if time.rtt_ns >= RTT_NS_MAX {
        return Err(Refusal::TooSlow { sequence, rtt_ns: time.rtt_ns, limit_ns: RTT_NS_MAX });
    }
    let Window { not_before_ns, not_after_ns, .. } = assignment.window;
    if stamps.r0 < not_before_ns || stamps.r0 > not_after_ns.saturating_add(SEND_SLACK_NS) {
        return Err(Refusal::OutsideWindow { sequence });
    }
    Ok(time)
}

/// Whether the agent says that it answered what the landmark says it answered.
fn agrees(sent: &[Sent], entry: &TranscriptEntry) -> Result<(), Refusal> {
    let is_answered = |sequence: u16| entry.answered.contains(u32::from(sequence));
    if let Some(lie) = sent.iter().find(|sent| sent.answer.is_some() && !is_answered(sent.sequence)) {
        return Err(Refusal::NeverAnswered { sequence: lie.sequence });
    }
    let both = sent.iter().filter(|sent| is_answered(sent.sequence));
    if both.clone().count() != usize::from(entry.count) {
        return Err(Refusal::NeverSent);
    }
    let digest = transcript::digest(both.map(|sent| (sent.sequence, sent.nonce)));
    if digest != entry.digest {
        return Err(Refusal::DigestMismatch);
    }
    Ok(())
}

fn diagnose(report: &Report, times: &[RoundTrip]) -> Diagnostics {
    let mut sorted = [0_i64; CHALLENGES_MAX];
    let residences = report.sent.iter().filter_map(|sent| sent.answer.as_ref()).map(Answer::residence_ns);
    let residence_ns = quantile(&mut sorted, residences, 50);
    let rtts = || times.iter().map(|time| time.rtt_ns);
    Diagnostics {
        sent: report.sent.len() as u16,
        answered: times.len() as u16,
        fallbacks: times.iter().filter(|time| time.fallback.is_some()).count() as u16,
        p1_ns: quantile(&mut sorted, rtts(), 1),
        p50_ns: quantile(&mut sorted, rtts(), 50),
        residence_ns,
    }
}

/// The least value that at least `percent` of all do not exceed, 0 of none.
fn quantile(scratch: &mut [i64; CHALLENGES_MAX], values: impl Iterator<Item = i64>, percent: usize) -> u32 {
    let mut count = 0;
    for (place, value) in scratch.iter_mut().zip(values) {
        *place = value;
        count += 1;
    }
    let Some(at) = (count * percent).div_ceil(100).checked_sub(1) else { return 0 };
    let (_, value, _) = scratch[..count].select_nth_unstable(at);
    u32::try_from((*value).max(0)).unwrap_or(u32::MAX)
}
