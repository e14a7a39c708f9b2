//! The facts of a tranche, gathered from what was seen, and the gate held against them.

use std::collections::BTreeMap;

use lightcone_core::{Age, Finding};
use lightcone_custody::{Decision, Sighting, Terms, decide, sighting::Seen};

use crate::seen::{Asked, Sight};
use crate::stage::Outcome;

/// What is known of each chip of a tranche, at a moment of verdict time.
///
/// `history` holds the outcomes of each chip's sessions, oldest first. The latest verdict counts; a chip whose last
/// session was missed is silent. A chip whose claim is IMPOSSIBLE is elsewhere, whatever else may be open.
#[must_use]
pub fn sightings(chips: &[String], history: &BTreeMap<String, Vec<Outcome>>, now_ns: i64) -> Vec<Sighting> {
    let known = chips.iter().map(|chip| {
        let outcomes = history.get(chip).map_or(&[][..], Vec::as_slice);
        let last = outcomes.iter().rev().find_map(|outcome| match outcome {
            Outcome::Verdict(sight) => Some(sight),
            Outcome::Missed => None,
        });
        Sighting {
            chip: chip.clone(),
            seen: last.and_then(|sight| seen(sight, now_ns)),
            silent: matches!(outcomes.last(), Some(Outcome::Missed)),
        }
    });
    known.collect()
}

fn seen(sight: &Sight, now_ns: i64) -> Option<Seen> {
    let outside = sight.told(Asked::Outside)?;
    let claim = sight.finding(Asked::Claim);
    let age = Age::from_ns(now_ns.saturating_sub(sight.as_of_ns).max(0)).ok()?;
    let elsewhere = claim == Some(Finding::Impossible);
    Some(Seen {
        finding: if elsewhere { Finding::Impossible } else { outside.finding },
        age,
        residency: sight.residency,
        holds_up_to_liars: outside.holds_up_to_liars,
        simulated: sight.time_factor != 1,
    })
}

/// The gate's decision on the tranche after these chips.
#[must_use]
pub fn judge(
    terms: &Terms,
    chips: &[String],
    history: &BTreeMap<String, Vec<Outcome>>,
    now_ns: i64,
) -> Decision {
    decide(terms, &sightings(chips, history, now_ns))
}
