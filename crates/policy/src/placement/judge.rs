//! Judges placements, working out only what no placement before was like.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::profile::Questions;
use super::{
    Answer, EXISTING_USE, Facts, Freshness, Kind, Kinds, MEMO_MAX, Placed, Profile, RuleIndex, Uses,
};
use crate::country::{Countries, Country};
use crate::decide::{Case, decide};
use crate::decision::{Decision, Effect, Outcome, Ruling};
use crate::law::Law;
use crate::party::Parties;
use crate::sku::Sku;
use crate::transfer::Transfer;

/// Judges placements under one law. Shared by any number of workers, each with a [`Memo`] of its own.
pub struct Judge<'l> {
    law: &'l Law<'l>,
    own: BTreeMap<String, Sku>,
    parties: &'l Parties,
    /// SKUs by name: those of the caller and the book's.
    skus: Vec<String>,
    /// Parties by identifier, and the profile of each.
    names: Vec<&'l str>,
    profiles: Vec<u32>,
    /// Of each profile one party that has it; the last is that of nobody.
    examples: Vec<&'l str>,
    /// Every rule and instrument, by identifier.
    rules: Vec<&'l str>,
}

/// Answers that were worked out. One for each worker, for one judge.
#[derive(Default)]
pub struct Memo {
    whole: HashMap<Key, Placed>,
    parts: HashMap<(Rough, Option<Country>), Arc<Part>>,
}

/// What an answer hangs on, without the place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Rough {
    sku: Option<u32>,
    holder: u32,
    tenant: u32,
    stated: Stated,
}

/// What was stated of the work itself, and whether evidence contradicts it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Stated {
    uses: Uses,
    existing_use: Option<bool>,
    claim_impossible: bool,
}

impl Stated {
    const fn of(facts: &Facts) -> Self {
        Self { uses: facts.uses, existing_use: facts.existing_use, claim_impossible: facts.claim_impossible }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    rough: Rough,
    fresh: bool,
    possible: Countries,
}

/// The answer for one destination.
struct Part {
    outcome: Outcome,
    best: Ruling,
    worst: Ruling,
    rules: BTreeSet<RuleIndex>,
    would: BTreeSet<RuleIndex>,
    missing: Kinds,
}

impl<'l> Judge<'l> {
    /// Works out what each party is to the rules. SKUs of the caller come before the book's.
    #[must_use]
    pub fn new(law: &'l Law<'l>, skus: &BTreeMap<String, Sku>, parties: &'l Parties) -> Self {
        let questions = Questions::of(law);
        let mut places: BTreeMap<Profile, u32> = BTreeMap::new();
        let mut examples: Vec<&'l str> = Vec::new();
        let mut profiles = Vec::with_capacity(parties.len());
        for id in parties.keys() {
            let place = *places.entry(questions.profile(parties, id)).or_insert_with(|| {
                examples.push(id);
                examples.len() as u32 - 1
            });
            profiles.push(place);
        }
        examples.push("");
        let names: BTreeSet<&String> = skus.keys().chain(law.book().skus.keys()).collect();
        Self {
            law,
            own: skus.clone(),
            parties,
            skus: names.into_iter().cloned().collect(),
            names: parties.keys().map(String::as_str).collect(),
            profiles,
            examples,
            rules: rules(law),
        }
    }

    /// A SKU by its name, or by another name that the book knows; none: nobody knows it.
    #[must_use]
    pub fn sku(&self, name: &str) -> Option<u32> {
        let place = |name: &str| self.skus.binary_search_by(|sku| sku.as_str().cmp(name)).ok();
        let known = place(name).or_else(|| self.law.book().sku(name).and_then(|sku| place(&sku.name)));
        known.map(|at| at as u32)
    }

    /// A party by its identifier; none: there is no record of it.
    #[must_use]
    pub fn party(&self, id: &str) -> Option<u32> {
        self.names.binary_search(&id).ok().map(|at| at as u32)
    }

    /// A rule or instrument by its place; empty: there is none.
    #[must_use]
    pub fn rule(&self, at: RuleIndex) -> &'l str {
        self.rules.get(usize::from(at)).copied().unwrap_or_default()
    }

    /// How many kinds of parties the rules can tell apart.
    #[must_use]
    pub fn profiles(&self) -> usize {
        self.examples.len() - 1
    }

    /// The transfer that stands for a placement: work that stays where the chip is. A verdict that is not fresh leaves
    /// every destination possible.
    #[must_use]
    pub fn transfer(&self, facts: &Facts) -> Transfer {
        let name =
            |at: Option<u32>| at.and_then(|at| self.names.get(at as usize)).copied().unwrap_or_default();
        let fresh = facts.freshness == Freshness::Fresh;
        self.work(
            facts.sku,
            if fresh { facts.possible } else { Countries::NONE },
            (name(facts.holder), name(facts.tenant)),
            Stated::of(facts),
        )
    }

    /// Judges a placement.
    #[must_use]
    pub fn judge(&self, memo: &mut Memo, facts: &Facts) -> Placed {
        let fresh = facts.freshness == Freshness::Fresh;
        let rough = Rough {
            sku: facts.sku.filter(|at| (*at as usize) < self.skus.len()),
            holder: self.profile(facts.holder),
            tenant: self.profile(facts.tenant),
            stated: Stated::of(facts),
        };
        let possible = if fresh { facts.possible } else { Countries::NONE };
        let key = Key { rough, fresh, possible };
        if let Some(placed) = memo.whole.get(&key) {
            return placed.clone();
        }
        let placed = self.work_out(memo, &key);
        if memo.whole.len() < MEMO_MAX {
            memo.whole.insert(key, placed.clone());
        }
        placed
    }

    fn profile(&self, party: Option<u32>) -> u32 {
        let profile = party.and_then(|at| self.profiles.get(at as usize));
        profile.copied().unwrap_or(self.examples.len() as u32 - 1)
    }

    fn work_out(&self, memo: &mut Memo, key: &Key) -> Placed {
        let mut land = key.possible;
        land.remove(Country::SEA);
        let destinations: Vec<Option<Country>> =
            if land.is_empty() { vec![None] } else { land.iter().map(Some).collect() };
        let parts: Vec<Arc<Part>> =
            destinations.into_iter().map(|destination| self.part(memo, key.rough, destination)).collect();
        let best = parts.iter().map(|part| part.best).min().unwrap_or(Ruling::Allow);
        let worst = parts.iter().map(|part| part.worst).max().unwrap_or(Ruling::Deny);
        let mixed = parts.iter().any(|part| (part.best, part.worst) != (best, worst));
        // One part in doubt of evidence is in all of them: doubt hangs on the claim and the parties, not on the place.
        let doubted = parts.iter().any(|part| part.outcome == Outcome::Review);
        let outcome = match (best.outcome(), worst.outcome()) {
            (Outcome::Allow, Outcome::Allow) if doubted => Outcome::Review,
            (best, worst) if best == worst => best,
            _ => Outcome::Review,
        };
        let unknown = !key.fresh || key.rough.sku.is_none();
        let mut missing = parts.iter().fold(Kinds::NONE, |all, part| all.union(part.missing));
        for (lacks, kind) in [
            (mixed || !key.fresh || key.rough.stated.claim_impossible, Kind::Place),
            (key.rough.sku.is_none(), Kind::Sku),
        ] {
            missing = if lacks { missing.with(kind) } else { missing };
        }
        let all = |of: fn(&Part) -> &BTreeSet<RuleIndex>| -> Arc<[RuleIndex]> {
            let all: BTreeSet<RuleIndex> = parts.iter().flat_map(|part| of(part)).copied().collect();
            all.into_iter().collect()
        };
        let answer = if unknown { Answer::Unknown } else { outcome.into() };
        let (rules, would) = (all(|part| &part.rules), all(|part| &part.would));
        Placed { answer, best, worst, rules, would, missing }
    }

    fn part(&self, memo: &mut Memo, rough: Rough, destination: Option<Country>) -> Arc<Part> {
        if let Some(part) = memo.parts.get(&(rough, destination)) {
            return Arc::clone(part);
        }
        let name = |profile: u32| self.examples.get(profile as usize).copied().unwrap_or_default();
        let possible = destination.map_or(Countries::NONE, Countries::of);
        let hands = (name(rough.holder), name(rough.tenant));
        let transfer = self.work(rough.sku, possible, hands, rough.stated);
        let case = Case { transfer: &transfer, parties: self.parties, skus: &self.own, flags: &[] };
        let part = Arc::new(self.read(&decide(self.law, &case)));
        if memo.parts.len() < MEMO_MAX {
            memo.parts.insert((rough, destination), Arc::clone(&part));
        }
        part
    }

    fn read(&self, decision: &Decision) -> Part {
        let of = |would: bool| {
            let grounds = decision.grounds.iter().filter(|ground| ground.applies.may());
            let grounds = grounds.filter(|ground| (ground.effect == Effect::WouldApply) == would);
            let places = grounds.filter_map(|ground| self.rules.binary_search(&ground.rule.as_str()).ok());
            places.map(|at| at as RuleIndex).collect()
        };
        Part {
            outcome: decision.outcome,
            best: decision.best,
            worst: decision.worst,
            rules: of(false),
            would: of(true),
            missing: decision.missing.iter().map(Kind::of).collect(),
        }
    }

    fn work(
        &self,
        sku: Option<u32>,
        possible: Countries,
        (holder, tenant): (&str, &str),
        stated: Stated,
    ) -> Transfer {
        let sku = sku.and_then(|at| self.skus.get(at as usize)).cloned().unwrap_or_default();
        let looked = stated.existing_use.into_iter();
        let conditions = looked.flat_map(|is| EXISTING_USE.map(|name| (name.to_owned(), is)));
        Transfer {
            exporter: holder.to_owned(),
            consignee: holder.to_owned(),
            end_user: tenant.to_owned(),
            uses: stated.uses.list(),
            conditions: conditions.collect(),
            claim_impossible: stated.claim_impossible,
            ..Transfer::of_use(&sku, possible, self.law.stand().valid_on)
        }
    }
}

/// Every identifier that a ground may name, each once.
fn rules<'l>(law: &'l Law<'l>) -> Vec<&'l str> {
    let of = law.instruments().flat_map(|(instrument, _)| {
        let items = instrument.items.iter().map(|rule| &rule.id);
        let licences = instrument.licences.iter().map(|rule| &rule.id);
        let reviews = instrument.reviews.iter().map(|rule| &rule.id);
        let exceptions = instrument.exceptions.iter().map(|rule| &rule.id);
        let rest = instrument.caps.iter().map(|rule| &rule.id);
        let rest = rest.chain(instrument.ownership.iter().map(|rule| &rule.id));
        let rest = rest.chain(instrument.announced.iter().map(|rule| &rule.id));
        items.chain(licences).chain(reviews).chain(exceptions).chain(rest).chain([&instrument.id])
    });
    let rules: BTreeSet<&str> = of.map(String::as_str).collect();
    rules.into_iter().collect()
}
