//! What a party is to the rules: parties of one profile cannot be told apart by any of them.

use std::collections::BTreeSet;

use crate::country::Country;
use crate::date::Date;
use crate::law::Law;
use crate::ownership::Owners;
use crate::party::Parties;
use crate::rule::OwnershipRule;
use crate::tri::Tri;

/// What a party is to the rules on a day: everything that they ask of a party, except its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Profile {
    /// Whether there is a record of it.
    record: bool,
    /// Where it is headquartered, if anybody said.
    headquarters: Option<Country>,
    /// Ultimate parents other than itself: whether there is a record, where it is headquartered, whether that is sure.
    parents: BTreeSet<(bool, Option<Country>, bool)>,
    /// Whether an ultimate parent may not be named.
    open_above: bool,
    /// Lists that name it on the day.
    lists: BTreeSet<String>,
    /// For each question about lists and owners, whether it is reached.
    reached: Vec<Tri>,
    /// Whether what is stated of its owners contradicts itself.
    contradictory: bool,
}

/// What rules ask about lists that reach parties through owners.
pub(super) struct Questions<'l> {
    day: Date,
    /// An ownership rule, and those of the lists of a licence rule that it is for.
    asked: Vec<(&'l OwnershipRule, BTreeSet<&'l str>)>,
}

impl<'l> Questions<'l> {
    /// Of all instruments: those that do not count are shown beside.
    pub(super) fn of(law: &'l Law<'l>) -> Self {
        let instruments: Vec<_> = law.instruments().map(|(instrument, _)| instrument).collect();
        let licences = instruments.iter().flat_map(|instrument| &instrument.licences);
        let lists: BTreeSet<Vec<&str>> =
            licences.map(|rule| rule.lists.iter().map(String::as_str).collect()).collect();
        let rules = instruments.iter().flat_map(|instrument| &instrument.ownership);
        let asked = rules.flat_map(|rule| {
            let of_rule = |lists: &Vec<&'l str>| -> BTreeSet<&'l str> {
                lists.iter().copied().filter(|list| rule.lists.iter().any(|of| of == list)).collect()
            };
            let sets: BTreeSet<BTreeSet<&str>> = lists.iter().map(of_rule).collect();
            sets.into_iter().filter(|set| !set.is_empty()).map(move |set| (rule, set))
        });
        Self { day: law.stand().valid_on, asked: asked.collect() }
    }

    /// The profile of a party.
    pub(super) fn profile(&self, parties: &Parties, id: &str) -> Profile {
        let record = parties.get(id);
        let owners = Owners::of(parties, id, self.day);
        let above = owners.ultimate_parents();
        let parents = above.iter().filter(|parent| parent.party != id).map(|parent| {
            let record = parties.get(&parent.party);
            (record.is_some(), record.and_then(|record| record.headquarters), parent.certain)
        });
        let reached = self.asked.iter().map(|(rule, lists)| {
            owners.reached(rule.share_ppm, rule.aggregate, &|owner| self.listed(parties, owner, lists))
        });
        Profile {
            record: record.is_some(),
            headquarters: record.and_then(|record| record.headquarters),
            parents: parents.collect(),
            open_above: !owners.open_ends().is_empty(),
            lists: self.lists(parties, id).map(str::to_owned).collect(),
            reached: reached.collect(),
            contradictory: !owners.contradictions().is_empty(),
        }
    }

    fn listed(&self, parties: &Parties, id: &str, lists: &BTreeSet<&str>) -> Tri {
        if !parties.contains_key(id) {
            return Tri::Open;
        }
        Tri::from(self.lists(parties, id).any(|list| lists.contains(list)))
    }

    fn lists<'p>(&self, parties: &'p Parties, id: &str) -> impl Iterator<Item = &'p str> {
        let day = self.day;
        let listings = parties.get(id).into_iter().flat_map(|party| &party.listings);
        listings.filter(move |on| on.from <= day && day <= on.to).map(|on| on.list.as_str())
    }
}
