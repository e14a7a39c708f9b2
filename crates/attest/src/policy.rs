//! What a relying party asks of an attestation.

use lightcone_core::Residency;

use crate::attestation::Attestation;
use crate::check::Check;
use crate::reason::Reason;
use crate::rejection::Rejection;

/// What is asked of an attestation before a session is measured, and when it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The least residency that is measured at all.
    pub residency_min: Residency,
    /// How old evidence may be when the last round trip is measured, in seconds. Older evidence ties the key no more.
    pub age_max_s: u32,
}

impl Policy {
    /// Whether an attestation is taken.
    ///
    /// # Errors
    /// Its residency is too low; says why it is.
    pub fn admit(&self, attestation: &Attestation) -> Result<(), Rejection> {
        if attestation.residency >= self.residency_min {
            return Ok(());
        }
        let reasons: Vec<&str> = attestation.reasons.iter().map(|reason| reason.name()).collect();
        let (found, wanted) = (attestation.residency, self.residency_min);
        let why = format!(
            "the key's residency is {found} ({}); at least {wanted} is asked for",
            reasons.join(", ")
        );
        Err(Rejection::new(Check::Residency, why))
    }

    /// Lowers an attestation that was too old at the end of measuring: `age_s` seconds.
    pub fn age(&self, attestation: &mut Attestation, age_s: i64) {
        if age_s > i64::from(self.age_max_s) {
            attestation.lower(Residency::R0, Reason::Old);
        }
    }
}
