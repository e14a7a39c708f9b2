//! The one trait of all formats.

use crate::appraisal::Appraisal;
use crate::case::Case;
use crate::kind::Kind;
use crate::rejection::Rejection;

/// The most bytes that one piece of evidence may have.
pub const EVIDENCE_BYTES_MAX: usize = 65_536;

/// Appraises evidence of one format.
pub trait Verifier: Send + Sync {
    /// The format.
    fn kind(&self) -> Kind;

    /// Holds evidence against a case. Pure: no network, no clock, no state; total on any bytes.
    ///
    /// # Errors
    /// The first check that failed. What could not be checked for want of data is no error: the appraisal lists it.
    fn verify(&self, evidence: &[u8], case: &Case<'_>) -> Result<Appraisal, Rejection>;
}
