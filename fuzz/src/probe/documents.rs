//! Signed documents: read strictly, written as the same bytes, and judged without a panic whatever they say.

use ed25519_dalek::Signer;
use lightcone_probe::assignment::Assignment;
use lightcone_probe::plan::{Plan, Window};
use lightcone_probe::report::Report;
use lightcone_probe::transcript::{self, Sequences, Transcript, TranscriptEntry};
use lightcone_probe::verify::{self, Kept};
use lightcone_probe::{Signature, SigningKey};

use super::packets::keys;

/// A report, signed whatever it says and held against an assignment and a transcript that suit it.
pub fn report(data: &[u8]) {
    let Ok(report) = Report::read(data) else { return };
    assert_eq!(report.signing_bytes(), data);
    let key = SigningKey::from_bytes(&[1; 32]);
    let signature = Signature(key.sign(data).to_bytes());
    let own = key.verifying_key();
    let Ok(taken) = verify::precheck(data, &signature, &own, &assignment(&report)) else { return };
    let _proofs_may_be_wrong = verify::complete(&taken, &entry(&report));
    let checked = taken.uncorroborated();
    let kept = *checked.kept();
    assert_eq!(Kept::read(&kept.to_bytes()), Ok(kept));
    assert_eq!((kept.best(), kept.backup()), (checked.best, checked.backup));
    for sample in checked.best.iter().chain(&checked.backup) {
        assert!(sample.rtt_ns >= 0 && sample.eps_ns > 0);
    }
    let bounds = checked.best.zip(checked.backup);
    assert!(bounds.is_none_or(|(best, backup)| best.bound_ns() <= backup.bound_ns()));
}

/// A transcript.
pub fn transcript(data: &[u8]) {
    if let Ok(transcript) = Transcript::read(data) {
        assert_eq!(transcript.signing_bytes(), data);
        for entry in &transcript.landmarks {
            assert_eq!(transcript.entry(entry.landmark), Some(entry));
        }
    }
}

/// What the service orders, and what is kept.
pub fn orders(data: &[u8]) {
    if let Ok(plan) = Plan::read(data) {
        assert_eq!(plan.signing_bytes(), data);
        assert!(plan.landmarks.iter().all(|landmark| landmark.v4.is_some() || landmark.v6.is_some()));
    }
    if let Ok(assignment) = Assignment::read(data) {
        assert_eq!(assignment.signing_bytes(), data);
    }
    if let Ok(kept) = Kept::read(data) {
        assert_eq!(kept.to_bytes(), data);
        let _either_may_be_missing = (kept.best(), kept.backup());
    }
}

/// The assignment that a report claims to be about.
pub(crate) fn assignment(report: &Report) -> Assignment {
    Assignment {
        session: report.session,
        landmark: report.landmark,
        binding: report.subject,
        agent_x25519: [0; 32],
        position_version: report.position_version,
        window: Window { probes: 256, not_before_ns: 0, not_after_ns: i64::MAX },
    }
}

/// The transcript that a report claims to agree with.
fn entry(report: &Report) -> TranscriptEntry {
    let answered = || report.sent.iter().filter(|sent| sent.answer.is_some());
    let mut sequences = Sequences::default();
    answered().for_each(|sent| sequences.0[usize::from(sent.sequence / 8)] |= 1 << (sent.sequence % 8));
    TranscriptEntry {
        landmark: report.landmark,
        proof_key: *keys().proof().as_bytes(),
        stamp_key: report.stamp_key,
        count: sequences.count() as u16,
        answered: sequences,
        digest: transcript::digest(answered().map(|sent| (sent.sequence, sent.nonce))),
    }
}
