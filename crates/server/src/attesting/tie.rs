//! What ties a session's key, as it is judged: from the evidence itself, so that the same evidence under the same
//! references ties alike at any time.

use std::sync::Arc;

use lightcone_attest::inventory::{Disagreement, Inventory, disagreements};
use lightcone_attest::references::References;
use lightcone_attest::{Attestation, Check, Policy, Reason, Residency};

use super::{NS_PER_S, Shown, Wanted, appraised};

/// All that the tie of a session's key rests on.
#[derive(Clone, Debug)]
pub(crate) struct Tie {
    /// The evidence that the session was opened with.
    pub(crate) shown: Vec<Shown>,
    /// What it is held against.
    pub(crate) wanted: Wanted,
    /// The evidence after measuring and what that is held against; none: none was given.
    pub(crate) closing: Option<(Vec<Shown>, Wanted)>,
    /// Reference values.
    pub(crate) references: Arc<References>,
    /// What is asked of evidence.
    pub(crate) policy: Policy,
    /// What the host says of itself.
    pub(crate) inventory: Option<Inventory>,
}

impl Tie {
    /// How well the key was tied at a moment, in nanoseconds since 1970. To be called where computing is done.
    pub(crate) fn at(&self, as_of_ns: i64) -> Attestation {
        let mut attestation = self.opening();
        // The chip may have left right after it was asked, unless it was there at the end too.
        if attestation.residency.is_attested() {
            match self.is_closed(&attestation) {
                true => attestation.pass(Check::Counters),
                false => attestation.lower(Residency::R2, Reason::NotClosed),
            }
        }
        if !self.differing(&attestation).is_empty() {
            attestation.reasons.insert(Reason::HostDisagrees);
        }
        let age_ns = as_of_ns.saturating_sub(self.wanted.at_ns);
        self.policy.age(&mut attestation, age_ns.div_euclid(NS_PER_S));
        if attestation.residency < self.policy.residency_min {
            attestation.reasons.insert(Reason::BelowPolicy);
        }
        attestation
    }

    /// What the evidence before measuring shows; what is refused by now ties nothing.
    pub(crate) fn opening(&self) -> Attestation {
        let appraised = appraised(&self.shown, &self.wanted, &self.references);
        appraised.unwrap_or_else(|_| Attestation::refused(self.references.version()))
    }

    /// Whether evidence after measuring goes on from that.
    fn is_closed(&self, opening: &Attestation) -> bool {
        let Some((shown, wanted)) = &self.closing else { return false };
        appraised(shown, wanted, &self.references).is_ok_and(|closing| opening.goes_on(&closing).is_ok())
    }

    /// Where the host's word differs from what its devices signed.
    pub(crate) fn differing(&self, attestation: &Attestation) -> Vec<Disagreement> {
        let inventory = self.inventory.as_ref();
        inventory.map(|it| disagreements(it, &attestation.devices)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use lightcone_attest::inventory::SystemType;
    use lightcone_attest::nvidia::devices;

    use super::*;

    /// Four real GPUs of one host, which all report driver 590.12.
    const FOUR: &[u8] = include_bytes!("../../../attest/tests/vectors/nvidia/gh100x4_evidence.json");
    const AT_NS: i64 = 1_780_000_000_000_000_000;

    fn tie(driver: &str) -> Tie {
        let shown = devices(FOUR).unwrap().into_iter().map(|(kind, payload)| Shown { kind, payload });
        let system = SystemType { driver_version: Some(driver.to_owned()), ..SystemType::default() };
        Tie {
            shown: shown.collect(),
            wanted: Wanted { at_ns: AT_NS, today_ns: AT_NS, ..Wanted::default() },
            references: Arc::new(References::built_in()),
            policy: Policy { residency_min: Residency::R0, age_max_s: 60 },
            closing: None,
            inventory: Some(Inventory { system, ..Inventory::default() }),
        }
    }

    #[test]
    fn a_host_that_tells_another_driver_than_its_gpus_signed_is_noticed() {
        let honest = tie("590.12").at(AT_NS);
        assert!(!honest.reasons.contains(&Reason::HostDisagrees), "{:?}", honest.reasons);
        let other = tie("550.90");
        let attestation = other.at(AT_NS);
        assert!(attestation.reasons.contains(&Reason::HostDisagrees));
        let differing = other.differing(&attestation);
        assert_eq!((differing[0].host.as_str(), differing[0].signed.as_str()), ("550.90", "590.12"));
    }

    #[test]
    fn evidence_that_is_refused_by_now_or_too_old_ties_nothing() {
        let mut spoiled = tie("590.12");
        spoiled.shown[0].payload.truncate(100);
        let attestation = spoiled.at(AT_NS);
        assert_eq!((attestation.residency, attestation.devices.len()), (Residency::R0, 0));
        assert!(attestation.reasons.contains(&Reason::Refused));
        let old = tie("590.12").at(AT_NS + 61 * NS_PER_S);
        assert!(old.reasons.contains(&Reason::Old));
    }
}
