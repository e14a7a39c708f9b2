//! What ties a session's key, as it is judged: from the evidence itself, so that the same evidence under the same
//! references ties alike at any time.

use std::sync::Arc;

use lightcone_attest::inventory::{Disagreement, Inventory, disagreements};
use lightcone_attest::references::References;
use lightcone_attest::{Attestation, Policy, Reason, Residency};

use super::{NS_PER_S, Shown, Wanted, appraised};

/// All that the tie of a session's key rests on.
#[derive(Clone, Debug)]
pub(crate) struct Tie {
    /// The evidence that the session was opened with.
    pub(crate) shown: Vec<Shown>,
    /// What it is held against.
    pub(crate) wanted: Wanted,
    /// Reference values.
    pub(crate) references: Arc<References>,
    /// What is asked of evidence.
    pub(crate) policy: Policy,
    /// Whether evidence after measuring went on from it.
    pub(crate) is_closed: bool,
    /// What the host says of itself.
    pub(crate) inventory: Option<Inventory>,
}

impl Tie {
    /// How well the key was tied at a moment, in nanoseconds since 1970. To be called where computing is done.
    pub(crate) fn at(&self, as_of_ns: i64) -> Attestation {
        let appraised = appraised(&self.shown, &self.wanted, &self.references);
        let mut attestation = appraised.unwrap_or_else(|_| Attestation::refused(self.references.version()));
        // The chip may have left right after it was asked, unless it was there at the end too.
        if attestation.residency >= Residency::R3 && !self.is_closed {
            attestation.lower(Residency::R2, Reason::NotClosed);
        }
        if !self.differing(&attestation).is_empty() {
            attestation.reasons.insert(Reason::HostDisagrees);
        }
        let age_ns = as_of_ns.saturating_sub(self.wanted.at_ns);
        self.policy.age(&mut attestation, age_ns.div_euclid(NS_PER_S));
        attestation
    }

    /// Where the host's word differs from what its devices signed.
    pub(crate) fn differing(&self, attestation: &Attestation) -> Vec<Disagreement> {
        let inventory = self.inventory.as_ref();
        inventory.map(|it| disagreements(it, &attestation.devices)).unwrap_or_default()
    }
}
