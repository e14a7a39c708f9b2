//! Evidence: what says that a session's keys are an agent's. One file a format; appraising is pure.

mod software;

/// The largest evidence that is read, in bytes.
pub(crate) const EVIDENCE_BYTES_MAX: usize = 65_536;
/// The formats that are appraised.
pub(crate) const FORMATS: &str = "software";

/// What evidence is held against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The binding that must be in it.
    pub(crate) binding: &'a [u8; 32],
    /// The agent's Ed25519 key, as it enrolled.
    pub(crate) identity_key: &'a [u8; 32],
}

/// What evidence shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Appraisal {
    /// How well the timed key is tied to hardware, `R0` to `R4`.
    pub(crate) residency: &'static str,
}

/// Evidence that does not show what it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unconvincing {
    /// A format that nobody here reads.
    #[error("evidence of this format is not appraised here; known: {FORMATS}")]
    Format,
    /// Not as long as the format has it.
    #[error("evidence has {found} bytes; the format has {wanted}")]
    Length {
        /// What came.
        found: usize,
        /// What the format has.
        wanted: usize,
    },
    /// Not signed by the key that the agent enrolled with, or about other keys.
    #[error("the signature is not the agent's over this binding")]
    Signature,
}

impl Unconvincing {
    /// Which check failed, for programs.
    pub(crate) const fn check(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Length { .. } => "length",
            Self::Signature => "signature",
        }
    }
}

/// Appraises evidence of any known format. Total on any bytes.
pub(crate) fn appraise(format: &str, evidence: &[u8], wanted: Wanted<'_>) -> Result<Appraisal, Unconvincing> {
    match format {
        software::FORMAT => software::appraise(evidence, wanted),
        _ => Err(Unconvincing::Format),
    }
}
