//! The gate of a tranche: release or hold, with every condition that is not met.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use lightcone_core::Finding;

use crate::sighting::{Seen, Sighting};
use crate::terms::{PPM, Terms};

/// What becomes of the next tranche.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It may go out.
    Release,
    /// It stays until the conditions are met; that may happen by itself.
    Hold,
}

/// A condition that is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// Too few chips are PROVEN where they may be.
    TooFewProven {
        /// How many count.
        proven: u32,
        /// How many must.
        wanted: u32,
    },
    /// Too many chips fell silent.
    Silent {
        /// How many are silent.
        silent: u32,
        /// How many may be.
        allowed: u32,
    },
    /// Chips are certainly not where they may be.
    Elsewhere {
        /// Which, in order.
        chips: Vec<String>,
    },
    /// The facts do not cover the tranche: chips are missing, or there twice, or too many.
    Uncovered {
        /// How many different chips the facts know.
        known: u32,
        /// How many were shipped.
        shipped: u32,
    },
}

/// How many chips are in which case. They always sum to what was shipped when the facts cover the tranche.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// PROVEN, fresh and well enough attested.
    pub proven: u32,
    /// Certainly elsewhere.
    pub elsewhere: u32,
    /// Seen once, silent now.
    pub silent: u32,
    /// Never seen.
    pub never: u32,
    /// Seen, but not in a way that counts: open, stale, contradictory, or on a key that is tied too loosely.
    pub open: u32,
}

/// The answer of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of the next tranche.
    pub gate: Gate,
    /// Whether it holds in a simulation only.
    pub simulation: bool,
    /// What is not met; empty exactly when it is released.
    pub unmet: Vec<Unmet>,
    /// How many chips are in which case.
    pub counts: Counts,
}

/// What one chip counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Proven,
    Elsewhere,
    Silent,
    Never,
    Open,
}

/// Decides. The order of the sightings changes nothing; a chip that is there twice counts once, as the worse.
#[must_use]
pub fn decide(terms: &Terms, sightings: &[Sighting]) -> Decision {
    let mut chips: BTreeMap<&str, Case> = BTreeMap::new();
    for sighting in sightings {
        let case = case(terms, sighting);
        let worst = chips.entry(&sighting.chip).or_insert(case);
        if badness(case) > badness(*worst) {
            *worst = case;
        }
    }
    let counts = count(chips.values());
    let mut unmet = Vec::new();
    let known = chips.len() as u32;
    if known != terms.shipped || sightings.len() != chips.len() {
        unmet.push(Unmet::Uncovered { known, shipped: terms.shipped });
    }
    if counts.proven < terms.proven_min {
        unmet.push(Unmet::TooFewProven { proven: counts.proven, wanted: terms.proven_min });
    }
    let allowed = (u64::from(terms.shipped) * u64::from(terms.silent_max_ppm) / u64::from(PPM)) as u32;
    if counts.silent > allowed {
        unmet.push(Unmet::Silent { silent: counts.silent, allowed });
    }
    if counts.elsewhere > 0 {
        let elsewhere = chips.iter().filter(|(_, case)| **case == Case::Elsewhere);
        unmet.push(Unmet::Elsewhere { chips: elsewhere.map(|(chip, _)| String::from(*chip)).collect() });
    }
    let gate = if unmet.is_empty() && terms.check().is_ok() { Gate::Release } else { Gate::Hold };
    Decision { gate, simulation: terms.simulation, unmet, counts }
}

/// What one chip counts as. Being elsewhere outlasts silence: it does not become better by not answering.
fn case(terms: &Terms, sighting: &Sighting) -> Case {
    match &sighting.seen {
        None => Case::Never,
        Some(seen) if matches!(seen.finding, Finding::Disproven | Finding::Impossible) => Case::Elsewhere,
        Some(_) if sighting.silent => Case::Silent,
        Some(seen) if counts_as_proof(terms, seen) => Case::Proven,
        Some(_) => Case::Open,
    }
}

fn counts_as_proof(terms: &Terms, seen: &Seen) -> bool {
    seen.finding == Finding::Proven
        && seen.age <= terms.max_age
        && seen.residency >= terms.residency_min
        && seen.holds_up_to_liars.is_some_and(|liars| liars >= terms.liars_min)
        && (terms.simulation || (seen.residency.is_attested() && !seen.simulated))
}

const fn badness(case: Case) -> u8 {
    match case {
        Case::Proven => 0,
        Case::Open => 1,
        Case::Never => 2,
        Case::Silent => 3,
        Case::Elsewhere => 4,
    }
}

fn count<'a>(cases: impl Iterator<Item = &'a Case>) -> Counts {
    let mut counts = Counts::default();
    for case in cases {
        *match case {
            Case::Proven => &mut counts.proven,
            Case::Elsewhere => &mut counts.elsewhere,
            Case::Silent => &mut counts.silent,
            Case::Never => &mut counts.never,
            Case::Open => &mut counts.open,
        } += 1;
    }
    counts
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Release => "RELEASE",
            Self::Hold => "HOLD",
        })
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewProven { proven, wanted } => write!(f, "{proven} chips are proven, {wanted} must be"),
            Self::Silent { silent, allowed } => write!(f, "{silent} chips are silent, {allowed} may be"),
            Self::Elsewhere { chips } => write!(f, "certainly elsewhere: {}", chips.join(", ")),
            Self::Uncovered { known, shipped } => {
                write!(f, "the facts know {known} different chips, {shipped} were shipped")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcone_core::{Age, Residency};

    const TERMS: Terms = Terms {
        shipped: 4,
        proven_min: 3,
        silent_max_ppm: 250_000,
        max_age: match Age::from_ns(1_000) {
            Ok(age) => age,
            Err(_) => unreachable!(),
        },
        residency_min: Residency::R2,
        liars_min: 1,
        simulation: false,
    };

    fn seen(finding: Finding) -> Seen {
        Seen {
            finding,
            age: Age::from_ns(1_000).unwrap(),
            residency: Residency::R2,
            holds_up_to_liars: Some(1),
            simulated: false,
        }
    }

    fn fleet(findings: [Option<Finding>; 4]) -> Vec<Sighting> {
        let named = findings.into_iter().enumerate();
        named
            .map(|(index, finding)| Sighting {
                chip: format!("c{index}"),
                seen: finding.map(seen),
                silent: false,
            })
            .collect()
    }

    const P: Option<Finding> = Some(Finding::Proven);

    #[test]
    fn enough_proven_chips_release_the_next_tranche() {
        let decision = decide(&TERMS, &fleet([P, P, P, Some(Finding::Inconclusive)]));
        assert_eq!((decision.gate, decision.unmet.len()), (Gate::Release, 0));
        assert_eq!(decision.counts, Counts { proven: 3, open: 1, ..Counts::default() });
    }

    #[test]
    fn doubt_of_any_kind_holds_it() {
        for doubt in [Finding::Inconclusive, Finding::Inconsistent, Finding::Stale, Finding::Possible] {
            let decision = decide(&TERMS, &fleet([P, P, Some(doubt), Some(doubt)]));
            assert_eq!(decision.unmet, [Unmet::TooFewProven { proven: 2, wanted: 3 }]);
            assert_eq!(decision.gate, Gate::Hold);
        }
        assert_eq!(decide(&TERMS, &fleet([P, P, None, None])).counts.never, 2);
    }

    #[test]
    fn one_chip_elsewhere_holds_it_even_when_silent() {
        let mut facts = fleet([P, P, P, Some(Finding::Disproven)]);
        facts[3].silent = true;
        assert_eq!(decide(&TERMS, &facts).unmet, [Unmet::Elsewhere { chips: vec!["c3".into()] }]);
    }

    #[test]
    fn silence_beyond_the_agreed_share_holds_it() {
        let mut facts = fleet([P, P, P, P]);
        facts[0].silent = true;
        assert_eq!(decide(&TERMS, &facts).gate, Gate::Release);
        facts[1].silent = true;
        let unmet = decide(&TERMS, &facts).unmet;
        assert_eq!(
            unmet,
            [Unmet::TooFewProven { proven: 2, wanted: 3 }, Unmet::Silent { silent: 2, allowed: 1 }]
        );
    }

    #[test]
    fn what_is_old_loosely_tied_fragile_or_simulated_does_not_count() {
        let spoil: [fn(&mut Seen); 4] = [
            |seen| seen.age = Age::from_ns(1_001).unwrap(),
            |seen| seen.residency = Residency::R1,
            |seen| seen.holds_up_to_liars = Some(0),
            |seen| seen.simulated = true,
        ];
        for spoil in spoil {
            let mut facts = fleet([P, P, P, None]);
            facts[0].seen.iter_mut().for_each(spoil);
            assert_eq!(decide(&TERMS, &facts).gate, Gate::Hold);
        }
    }

    #[test]
    fn keys_that_anybody_can_copy_release_in_a_marked_simulation_only() {
        let mut facts = fleet([P, P, P, P]);
        for sighting in &mut facts {
            sighting.seen.iter_mut().for_each(|seen| seen.residency = Residency::R0);
        }
        let open = Terms { residency_min: Residency::R0, ..TERMS };
        assert_eq!(open.check(), Err(crate::InvalidTerms::Unattested));
        assert_eq!(decide(&open, &facts).gate, Gate::Hold);
        let simulated = decide(&Terms { simulation: true, ..open }, &facts);
        assert!(simulated.gate == Gate::Release && simulated.simulation);
    }

    #[test]
    fn facts_that_do_not_cover_the_tranche_hold_it() {
        let facts = fleet([P, P, P, P]);
        assert_eq!(decide(&TERMS, &facts[..3]).unmet, [Unmet::Uncovered { known: 3, shipped: 4 }]);
        let doubled: Vec<Sighting> = facts.iter().chain(&facts[..1]).cloned().collect();
        assert_eq!(decide(&TERMS, &doubled).gate, Gate::Hold);
    }

    #[test]
    fn the_order_of_the_facts_changes_nothing() {
        let mut facts = fleet([P, Some(Finding::Disproven), None, P]);
        let decision = decide(&TERMS, &facts);
        facts.reverse();
        assert_eq!(decide(&TERMS, &facts), decision);
    }
}
