//! What is kept of a report for years: the best sample, its backup, and the root under which all others stand.

use crate::bytes::{Malformed, Reader};
use crate::clock::{self, ClockSource, RoundTrip, StampKind};
use crate::report::{self, ANSWERED_BYTES, Report, Sent};
use crate::verify::{Diagnostics, Sample};

/// Bytes of what is kept of one landmark in one session.
pub const KEPT_BYTES: usize = 294;
/// How it begins.
const LABEL: &[u8; 4] = b"LCK\x01";

/// What is kept of a report. Session, landmark and keys are kept beside it, once for all landmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which of the landmark's positions it measured from.
    pub position_version: u32,
    /// What measured the long span.
    pub clock_source: ClockSource,
    /// Who stamped the packets.
    pub stamp_kind: StampKind,
    /// SSID of every challenge.
    pub ssid: u16,
    /// What to judge the path by.
    pub diagnostics: Diagnostics,
    /// The sample with the least bound.
    pub best: Option<Sent>,
    /// The sample with the second least bound.
    pub backup: Option<Sent>,
    /// Root of the tree over all samples.
    pub root: [u8; 32],
}

impl Kept {
    pub(super) fn of(
        report: &Report,
        diagnostics: Diagnostics,
        best: Option<Sample>,
        backup: Option<Sample>,
        root: [u8; 32],
    ) -> Self {
        Self {
            position_version: report.position_version,
            clock_source: report.clock_source,
            stamp_kind: report.stamp_kind,
            ssid: report.ssid,
            diagnostics,
            best: best.map(|sample| sample.sent),
            backup: backup.map(|sample| sample.sent),
            root,
        }
    }

    /// Its bytes, always [`KEPT_BYTES`]; a sample that is not there is zero.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Diagnostics { sent, answered, fallbacks, p1_ns, p50_ns, residence_ns } = self.diagnostics;
        let (stamp, frame_ns) = report::stamp_code(self.stamp_kind);
        let mut out = Vec::with_capacity(KEPT_BYTES);
        out.extend_from_slice(LABEL);
        out.extend_from_slice(&self.position_version.to_be_bytes());
        out.extend_from_slice(&[report::clock_code(self.clock_source), stamp]);
        out.extend_from_slice(&frame_ns.to_be_bytes());
        for short in [self.ssid, sent, answered, fallbacks] {
            out.extend_from_slice(&short.to_be_bytes());
        }
        for long in [p1_ns, p50_ns, residence_ns] {
            out.extend_from_slice(&long.to_be_bytes());
        }
        out.extend_from_slice(&self.root);
        for sample in [self.best, self.backup].iter().flatten() {
            sample.write(&mut out);
        }
        out.resize(KEPT_BYTES, 0);
        out
    }

    /// Reads what [`Self::to_bytes`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`Malformed`] on any other bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::open(bytes, LABEL, "kept sample")?;
        let position_version = reader.u32("position_version")?;
        let clock_source = report::read_clock(reader.u8("clock_source")?)?;
        let stamp_kind = report::read_stamp(reader.u8("stamp_kind")?, reader.u32("frame_ns")?)?;
        let ssid = reader.u16("ssid")?;
        let diagnostics = Diagnostics {
            sent: reader.u16("sent")?,
            answered: reader.u16("answered")?,
            fallbacks: reader.u16("fallbacks")?,
            p1_ns: reader.u32("p1_ns")?,
            p50_ns: reader.u32("p50_ns")?,
            residence_ns: reader.u32("residence_ns")?,
        };
        let root = reader.array("root")?;
        let best = sample(reader.array("best")?)?;
        let backup = sample(reader.array("backup")?)?;
        reader.end()?;
        let kept = Self { position_version, clock_source, stamp_kind, ssid, diagnostics, best, backup, root };
        if kept.to_bytes() != bytes {
            let remedy = "samples come best first, and bytes without meaning are zero";
            return Err(Malformed::Value { field: "kept", value: bytes.len() as u64, remedy });
        }
        Ok(kept)
    }

    /// The best sample and what it proves, recomputed.
    #[must_use]
    pub fn best(&self) -> Option<Sample> {
        self.sample(self.best)
    }

    /// The second best sample and what it proves, recomputed.
    #[must_use]
    pub fn backup(&self) -> Option<Sample> {
        self.sample(self.backup)
    }

    fn sample(&self, sent: Option<Sent>) -> Option<Sample> {
        let sent = sent?;
        let answer = sent.answer?;
        let time: RoundTrip = clock::round_trip(&answer.stamps, answer.fallback).ok()?;
        let eps_ns = time.eps_ns(self.clock_source, self.stamp_kind);
        Some(Sample { sent, at_ns: answer.stamps.r0, rtt_ns: time.rtt_ns, eps_ns, fallback: time.fallback })
    }
}

/// A sample, or none where all is zero.
fn sample(bytes: [u8; ANSWERED_BYTES]) -> Result<Option<Sent>, Malformed> {
    if bytes == [0; ANSWERED_BYTES] {
        return Ok(None);
    }
    let mut reader = Reader::open(&bytes, &[], "sample")?;
    let sent = Sent::read(&mut reader)?;
    reader.end()?;
    Ok(Some(sent))
}
