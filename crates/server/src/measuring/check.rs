//! Whether a report is good, and what is kept of it. Runs in the pool: pure, total on any bytes.

use ed25519_dalek::VerifyingKey;
use lightcone_probe::assignment::Assignment;
use lightcone_probe::report::{LABEL, Report};
use lightcone_probe::transcript::Transcript;
use lightcone_probe::verify::{self, Checked, Prechecked, Refusal};
use lightcone_probe::{SessionId, Signature, flags};
use lightcone_store::Measurement;

/// In [`Measurement::flags`]: the agent's transcript bears it out.
pub(crate) const CORROBORATED: i32 = 1;
/// In [`Measurement::flags`]: the agent says that the best sample went through the fallback carrier, a stream.
pub(crate) const CARRIED: i32 = 2;

/// What a report is held against.
pub(crate) struct Standard<'a> {
    /// What the landmark was told to do.
    pub(crate) assignment: Assignment,
    /// What it signs with.
    pub(crate) key: &'a VerifyingKey,
    /// What the agent says happened; none yet: the proofs wait.
    pub(crate) transcript: Option<&'a Transcript>,
}

/// What became of a report.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// Good as far as can be known without the agent's transcript.
    Pending,
    /// Everything checked.
    Verified(Box<Checked>),
    /// Something did not check.
    Refused(Refusal),
}

/// The session that a report says it is about, read before anything is checked.
pub(crate) fn session_of(body: &[u8]) -> Option<SessionId> {
    body.strip_prefix(LABEL)?.first_chunk().copied().map(SessionId)
}

/// Checks a report as far as the standard goes.
pub(crate) fn check(body: &[u8], signature: &[u8; 64], standard: &Standard<'_>) -> Outcome {
    let signature = Signature(*signature);
    let checked = verify::precheck(body, &signature, standard.key, &standard.assignment)
        .and_then(|prechecked| against(&prechecked, standard.transcript));
    match checked {
        Ok(Some(checked)) => Outcome::Verified(Box::new(checked)),
        Ok(None) => Outcome::Pending,
        Err(refusal) => Outcome::Refused(refusal),
    }
}

/// Holds a report against the transcript. A landmark that the transcript does not name answered nothing, and its
/// report must say the same.
fn against(prechecked: &Prechecked, transcript: Option<&Transcript>) -> Result<Option<Checked>, Refusal> {
    let Some(transcript) = transcript else { return Ok(None) };
    let report = prechecked.report();
    match (transcript.entry(report.landmark), first_answered(report)) {
        (Some(entry), _) => verify::complete(prechecked, entry).map(Some),
        (None, Some(sequence)) => Err(Refusal::NeverAnswered { sequence }),
        (None, None) => Ok(Some(prechecked.uncorroborated())),
    }
}

fn first_answered(report: &Report) -> Option<u16> {
    report.sent.iter().find(|sent| sent.answer.is_some()).map(|sent| sent.sequence)
}

/// Whether the agent and the landmark contradict one another: one of them lies.
pub(crate) const fn is_contradiction(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::KeyMismatch
            | Refusal::NeverAnswered { .. }
            | Refusal::DigestMismatch
            | Refusal::ProofWrong { .. }
    )
}

/// Which check failed, for programs.
pub(crate) const fn name(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Malformed(_) => "format",
        Refusal::Signature => "signature",
        Refusal::Session | Refusal::Landmark | Refusal::Subject => "assignment",
        Refusal::PositionVersion { .. } => "place",
        Refusal::TooMany { .. } | Refusal::DuplicateSequence { .. } => "sequence",
        Refusal::NonceReused { .. } => "nonce",
        Refusal::TimesImpossible { .. } | Refusal::TooSlow { .. } | Refusal::OutsideWindow { .. } => "times",
        Refusal::KeyMismatch
        | Refusal::NeverAnswered { .. }
        | Refusal::NeverSent
        | Refusal::DigestMismatch => "transcript",
        Refusal::ProofWrong { .. } => "proof",
    }
}

/// What is kept of a report for years.
pub(crate) fn measurement(checked: &Checked, session: &str, landmark: &str) -> Measurement {
    let kept = checked.kept();
    let diagnostics = checked.diagnostics;
    let (best, sent) = (checked.best, i32::from(diagnostics.sent));
    let lost = i64::from(diagnostics.lost()) * 1_000_000 / i64::from(sent.max(1));
    Measurement {
        session: session.to_owned(),
        landmark: landmark.to_owned(),
        position_version: i32::try_from(kept.position_version).unwrap_or(i32::MAX),
        rtt_ns: best.map_or(0, |sample| sample.rtt_ns),
        eps_ns: best.map_or(0, |sample| sample.eps_ns),
        observe_time: best.map_or(0, |sample| sample.at_ns),
        // Both samples with what is common to them; `backup` would only say the second one twice.
        best: kept.to_bytes(),
        backup: Vec::new(),
        digest_root: checked.root,
        samples: sent,
        answered: if best.is_some() { i32::from(diagnostics.answered) } else { 0 },
        loss_ppm: i32::try_from(lost).unwrap_or(i32::MAX),
        p1_ns: i64::from(diagnostics.p1_ns),
        p50_ns: i64::from(diagnostics.p50_ns),
        flags: flags(checked),
    }
}

fn flags(checked: &Checked) -> i32 {
    let said = checked.best.and_then(|sample| sample.sent.answer).map_or(0, |answer| answer.flags);
    let carried = if said & flags::CARRIED == 0 { 0 } else { CARRIED };
    let corroborated = if checked.corroborated { CORROBORATED } else { 0 };
    corroborated | carried
}
