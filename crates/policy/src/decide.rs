//! From a law and the facts of a case to a decision.
//!
//! Each destination that is still possible is judged by itself: what the goods are, which rules ask for a licence, which
//! exceptions and licences take that away, and how an application would be looked at. What is not known stays open
//! throughout, so that each requirement has a most lenient and a strictest reading. Of all goods and requirements the
//! strictest counts. Of all destinations the most lenient is the best case and the strictest the worst.
//!
//! **The day.** Rules, lists and stakes are those of the stand's `valid_on`; a licence must be valid on the transfer's
//! own day.
//!
//! **The sea** (`XZ`) is no destination: a chip that is installed is on land, and no measurement excludes the sea beside
//! it. It asks for nothing and excuses nothing. Where only the sea is left, no destination is known.
//!
//! **Unverified.** A decision leans on what nobody checked if it would say something else were all of that open, or if it
//! is open already and a ground or fact of grade U is among its reasons.

mod cap;
mod cite;
mod combine;
mod condition;
mod exception;
mod explain;
mod forbid;
mod licence;
mod matter;
mod place;
mod requirement;
mod review;
mod shadow;
mod shown;
mod who;

use std::collections::{BTreeMap, BTreeSet};

use crate::country::Country;
use crate::decision::{Decision, Effect, Ground, Missing, Outcome, Ruling, Used};
use crate::flag::Raised;
use crate::law::Law;
use crate::party::Parties;
use crate::sku::Sku;
use crate::source::Grade;
use crate::transfer::Transfer;
use crate::tri::Tri;

use combine::Found;
use matter::Matter;

pub use explain::REASONS_MAX;

/// The facts of one case.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What is to go where.
    pub transfer: &'a Transfer,
    /// Everybody who takes part, and all owners above them.
    pub parties: &'a Parties,
    /// Chips of the caller's own, before the book's.
    pub skus: &'a BTreeMap<String, Sku>,
    /// Red flags that are up.
    pub flags: &'a [Raised],
}

/// What the rules say of a case. The same law and facts give the same bytes, in whatever order facts come.
#[must_use]
pub fn decide(law: &Law<'_>, case: &Case<'_>) -> Decision {
    let mut matter = Matter::new(law, case);
    let found = at_all(&matter);
    let (best, worst) = spread(&found);
    let grounds = explain::grounds(&matter, &found);
    let facts = facts(&matter, &found);
    let contradictions = who::contradictions(&matter);
    let contradicted = case.transfer.claim_impossible || contradictions.holds.may();
    let outcome = outcome(best, worst, contradicted || !case.flags.is_empty());
    let mut missing = missing(case, &found);
    missing.extend(contradictions.missing);
    let open = best != worst && leans(&grounds, &facts);
    matter.doubt = true;
    let leans_on_unverified = open || spread(&at_all(&matter)) != (best, worst);
    Decision {
        outcome,
        best,
        worst,
        book: law.book().digest.clone(),
        stand: law.stand().clone(),
        classes: classes(&matter),
        margins: margins(&matter),
        grounds,
        facts: facts.into_iter().collect(),
        missing: missing.into_iter().collect(),
        flags: flags(case.flags),
        leans_on_unverified,
        rules_change_on: law.changes_on(),
    }
}

fn at_all(matter: &Matter<'_>) -> Vec<(Option<Country>, Found)> {
    matter.destinations.iter().map(|destination| (*destination, combine::at(matter, *destination))).collect()
}

/// The best and the worst case of all destinations.
fn spread(found: &[(Option<Country>, Found)]) -> (Ruling, Ruling) {
    let best = found.iter().map(|(_, found)| found.best).min();
    let worst = found.iter().map(|(_, found)| found.worst).max();
    (best.unwrap_or(Ruling::Allow), worst.unwrap_or(Ruling::Allow))
}

/// `doubt`: a flag is up, or evidence contradicts what was stated. It asks for a person and lowers nothing.
fn outcome(best: Ruling, worst: Ruling, doubt: bool) -> Outcome {
    match (best.outcome(), worst.outcome()) {
        (Outcome::Allow, Outcome::Allow) if doubt => Outcome::Review,
        (best, worst) if best == worst => best,
        _ => Outcome::Review,
    }
}

/// What would settle what is open; nothing, where the best and the worst case are the same.
fn missing(case: &Case<'_>, found: &[(Option<Country>, Found)]) -> BTreeSet<Missing> {
    let mut missing = BTreeSet::new();
    let (best, worst) = spread(found);
    if best != worst {
        missing.extend(found.iter().flat_map(|(_, found)| found.missing.iter().cloned()));
    }
    if found.iter().any(|(_, one)| (one.best, one.worst) != (found[0].1.best, found[0].1.worst)) {
        let names = found.iter().filter_map(|(country, _)| *country).map(|country| country.to_string());
        let names = names.collect::<Vec<_>>().join(", ");
        let remedy =
            "bring evidence that leaves destinations of one kind: a nearer landmark, or an inspection";
        missing.insert(Missing { fact: format!("which destination of {names}"), remedy: remedy.to_owned() });
    }
    if case.transfer.claim_impossible {
        let remedy = "find out where the goods are: the place that was claimed was found impossible";
        missing.insert(Missing { fact: "place of the goods".to_owned(), remedy: remedy.to_owned() });
    }
    missing
}

/// Facts that the grounds lean on, and the destinations.
fn facts(matter: &Matter<'_>, found: &[(Option<Country>, Found)]) -> BTreeSet<Used> {
    let mut facts: BTreeSet<Used> = found.iter().flat_map(|(_, found)| found.facts.iter().cloned()).collect();
    facts.extend(matter.goods.iter().flat_map(|goods| goods.classification.facts.iter().cloned()));
    let transfer = matter.transfer();
    let names: Vec<String> = transfer.destinations.iter().map(|country| country.to_string()).collect();
    if !names.is_empty() {
        let evidence: BTreeSet<&str> = transfer.evidence.iter().map(String::as_str).collect();
        let (source, grade) = match evidence.is_empty() {
            true => ("papers".to_owned(), Grade::S),
            false => (evidence.into_iter().collect::<Vec<_>>().join(", "), Grade::I),
        };
        facts.insert(Used {
            fact: "possible destinations".to_owned(),
            value: names.join(", "),
            source,
            grade,
        });
    }
    facts
}

/// Whether a ground that counts, or a fact, is of grade U.
fn leans(grounds: &[Ground], facts: &BTreeSet<Used>) -> bool {
    // Of several rules that surely put goods into a class one is enough: that is what the second look is for.
    let settled = |ground: &Ground| ground.effect == Effect::Classifies && ground.applies.must();
    let counts = grounds.iter().filter(|ground| ground.effect != Effect::WouldApply && ground.applies.may());
    let counts = counts.filter(|ground| !settled(ground));
    counts.map(|ground| ground.grade).chain(facts.iter().map(|fact| fact.grade)).any(Grade::is_unverified)
}

fn classes(matter: &Matter<'_>) -> Vec<(String, Tri)> {
    let mut classes: BTreeMap<String, Tri> = BTreeMap::new();
    for classed in matter.goods.iter().flat_map(|goods| &goods.classification.classes) {
        let holds = classes.entry(classed.class.clone()).or_insert(Tri::No);
        *holds = *holds | classed.counts;
    }
    classes.into_iter().collect()
}

fn margins(matter: &Matter<'_>) -> Vec<crate::decision::Margin> {
    matter.goods.iter().flat_map(|goods| goods.classification.margins.iter().cloned()).collect()
}

fn flags(flags: &[Raised]) -> Vec<Raised> {
    let mut flags: Vec<Raised> = flags.to_vec();
    for flag in &mut flags {
        flag.about.sort();
        flag.about.dedup();
    }
    flags.sort_by(|a, b| (&a.id, a.sign, &a.found, &a.about).cmp(&(&b.id, b.sign, &b.found, &b.about)));
    flags.dedup();
    flags
}
