//! Who owns a party on a day: every owner up the graph, who controls it, and whom a list reaches through ownership.
//!
//! Two measures of an owner are kept apart. Its *effective share* multiplies shares along every way and adds the ways
//! up: it tells how much of the party is the owner's, and decides nothing. *Control* follows stakes of at least
//! [`CONTROL_PPM`] from hand to hand: the ultimate parents are where that ends. A list *reaches* a party whose owners
//! that are listed, or reached themselves, hold enough of it: the share counts at each step and is not multiplied.
//!
//! What is not known stays open: a party without a record, or whose owners are not all named, may have an owner that
//! changes the answer, as far as the named ones leave it a share. Shares that add up to more than the whole are a fault
//! of the data: they count for the strict answer and never for the lenient one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::party::{Parties, Stake};
use crate::tri::Tri;

/// Owners are followed so many steps up; what is above counts as not known.
pub const DEPTH_MAX: usize = 32;
/// So many parties of one graph are looked at; what is beyond counts as not known.
pub const OWNERS_MAX: usize = 256;
/// All of a party, in parts per million.
pub const WHOLE_PPM: u32 = 1_000_000;
/// From this share on an owner controls a party, in parts per million: a half. The published texts name no share for
/// "ultimate parent"; this is the house's reading.
pub const CONTROL_PPM: u32 = 500_000;
/// Effective shares are multiplied with so many parts of the whole, rounded down at each step.
const FINE: u128 = 1_000_000_000_000;

/// Everybody who owns a party on a day, directly or not.
#[derive(Clone, Debug)]
pub struct Owners {
    party: String,
    nodes: BTreeMap<String, Node>,
}

#[derive(Clone, Debug)]
struct Node {
    /// Named owners and what each holds, stakes of one owner added up.
    stakes: BTreeMap<String, u32>,
    /// What owners that are not named may hold.
    unnamed_ppm: u32,
    /// Named shares add up to more than the whole.
    over: Option<u64>,
    /// Why owners may be missing, if they may.
    gap: Option<Gap>,
}

/// Why owners of a party are not all known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// There is no record of the party.
    NoRecord,
    /// Its record does not name every owner.
    NotAllNamed,
    /// It is more than [`DEPTH_MAX`] steps or [`OWNERS_MAX`] parties away.
    TooFar,
}

/// An owner of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Its identifier.
    pub party: String,
    /// What it holds itself, in parts per million.
    pub direct_ppm: u32,
    /// What is its own over all ways, in parts per million, rounded down.
    pub effective_ppm: u32,
    /// The way of control from the party up to it; empty: it does not control it.
    pub control: Vec<String>,
}

/// Where control of a party ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Parent {
    /// Who: the party itself where nobody controls it.
    pub party: String,
    /// From the party up to it, both included.
    pub chain: Vec<String>,
    /// Whether it is shown that nobody else controls it in turn, and that every step holds.
    pub certain: bool,
}

/// A mistake in what is known of a party's owners.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Contradiction {
    /// The party.
    pub party: String,
    /// What is wrong, with the value.
    pub what: String,
    /// What would settle it.
    pub remedy: String,
}

impl Owners {
    /// All owners of a party on a day.
    #[must_use]
    pub fn of(parties: &Parties, party: &str, day: Date) -> Self {
        let mut nodes = BTreeMap::new();
        let mut level = BTreeSet::from([party.to_owned()]);
        for depth in 0..=DEPTH_MAX {
            let mut next = BTreeSet::new();
            for id in std::mem::take(&mut level) {
                let far = depth == DEPTH_MAX || nodes.len() >= OWNERS_MAX;
                let node = if far { Node::unknown(Gap::TooFar) } else { Node::of(parties, &id, day) };
                next.extend(node.stakes.keys().cloned());
                nodes.insert(id, node);
            }
            level = next.into_iter().filter(|id| !nodes.contains_key(id)).collect();
        }
        Self { party: party.to_owned(), nodes }
    }

    /// Every owner, by identifier.
    #[must_use]
    pub fn all(&self) -> Vec<Owner> {
        let shares = self.effective();
        let direct = |owner: &String| self.nodes.get(&self.party).and_then(|node| node.stakes.get(owner));
        let mut controls = self.control();
        let owners = self.nodes.keys().filter(|owner| **owner != self.party);
        owners
            .map(|owner| Owner {
                party: owner.clone(),
                direct_ppm: direct(owner).copied().unwrap_or(0),
                effective_ppm: shares.get(owner).copied().unwrap_or(0),
                control: controls.remove(owner.as_str()).unwrap_or_default(),
            })
            .collect()
    }

    /// Where control ends: the ultimate parents, by identifier. Parties that control one another in a ring are all.
    #[must_use]
    pub fn ultimate_parents(&self) -> Vec<Parent> {
        let chains = self.control();
        let above: BTreeMap<&str, BTreeSet<&str>> =
            chains.keys().map(|id| (id.as_str(), self.controllers_of(id))).collect();
        let is_top = |id: &str| above[id].iter().all(|up| above.get(up).is_some_and(|set| set.contains(id)));
        let is_open = |id: &str| self.nodes.get(id).is_none_or(|node| !node.control_is_certain());
        let is_over = |id: &String| self.nodes.get(id).is_none_or(|node| node.over.is_some());
        let ring_is_open = |id: &str| above[id].iter().copied().any(is_open);
        let tops = chains.iter().filter(|(id, _)| is_top(id));
        let parents = tops.map(|(id, chain)| Parent {
            party: id.clone(),
            chain: chain.clone(),
            certain: !is_open(id) && !ring_is_open(id) && !chain.iter().any(is_over),
        });
        parents.collect()
    }

    /// Parties on the ways of control that somebody who is not named may control: other ultimate parents may be there.
    #[must_use]
    pub fn open_ends(&self) -> Vec<String> {
        let chains = self.control().into_keys();
        chains.filter(|id| self.nodes.get(id).is_none_or(|node| !node.control_is_certain())).collect()
    }

    /// Whether a list reaches the party through its owners, or names it. `listed` says whom the list names. `aggregate`:
    /// shares of several reached owners are added up.
    #[must_use]
    pub fn reached(&self, share_ppm: u32, aggregate: bool, listed: &dyn Fn(&str) -> Tri) -> Tri {
        let must = self.closure(&|id| listed(id).must(), &|node, set| {
            node.over.is_none() && node.held_by(set, aggregate, 0) >= u64::from(share_ppm)
        });
        if must.contains(self.party.as_str()) {
            return Tri::Yes;
        }
        let may = self.closure(&|id| listed(id).may(), &|node, set| {
            node.held_by(set, aggregate, node.unnamed_ppm) >= u64::from(share_ppm)
        });
        if may.contains(self.party.as_str()) { Tri::Open } else { Tri::No }
    }

    /// Parties in the graph whose owners may be missing, and why.
    pub fn gaps(&self) -> impl Iterator<Item = (&str, Gap)> + '_ {
        self.nodes.iter().filter_map(|(id, node)| node.gap.map(|gap| (id.as_str(), gap)))
    }

    /// What is wrong with the data.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let over = self.nodes.iter().filter_map(|(id, node)| node.over.map(|sum| (id, sum)));
        over.map(|(id, sum)| Contradiction {
            party: id.clone(),
            what: format!("owners of `{id}` hold {} of it together", percent(sum)),
            remedy: "correct the stakes, so that they add up to 100 % at most on each day".to_owned(),
        })
        .collect()
    }

    /// All parties of the graph, the party itself included.
    pub fn parties(&self) -> impl Iterator<Item = &str> + '_ {
        self.nodes.keys().map(String::as_str)
    }

    /// Effective shares of all owners, in parts per million.
    fn effective(&self) -> BTreeMap<String, u32> {
        let mut total: BTreeMap<&str, u128> = BTreeMap::new();
        let mut level: BTreeMap<&str, u128> = BTreeMap::from([(self.party.as_str(), FINE)]);
        // A ring gives each time round a smaller share: what is left after so many steps is rounded away.
        for _ in 0..DEPTH_MAX {
            let mut next: BTreeMap<&str, u128> = BTreeMap::new();
            for (id, share) in level {
                for (owner, ppm) in self.nodes.get(id).iter().flat_map(|node| &node.stakes) {
                    let part = share * u128::from(*ppm) / u128::from(WHOLE_PPM);
                    *next.entry(owner).or_default() += part;
                }
            }
            for (owner, share) in &mut next {
                // More than the whole is a fault of the data, told apart.
                *share = (*share).min(FINE);
                *total.entry(owner).or_default() += *share;
            }
            level = next;
        }
        let ppm =
            |share: u128| u32::try_from(share.min(FINE) * u128::from(WHOLE_PPM) / FINE).unwrap_or(WHOLE_PPM);
        total.into_iter().map(|(owner, share)| (owner.to_owned(), ppm(share))).collect()
    }

    /// Who controls the party, itself included, and the shortest way there.
    fn control(&self) -> BTreeMap<String, Vec<String>> {
        let mut chains = BTreeMap::from([(self.party.clone(), vec![self.party.clone()])]);
        let mut level = vec![self.party.clone()];
        while !level.is_empty() {
            let mut next = Vec::new();
            for id in level {
                for owner in self.nodes.get(&id).into_iter().flat_map(Node::controllers) {
                    if chains.contains_key(owner) {
                        continue;
                    }
                    let mut chain = chains[&id].clone();
                    chain.push(owner.to_owned());
                    chains.insert(owner.to_owned(), chain);
                    next.push(owner.to_owned());
                }
            }
            level = next;
        }
        chains
    }

    /// Everybody who controls one party of the graph, at any distance.
    fn controllers_of(&self, id: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> = self.nodes.get(id).into_iter().flat_map(Node::controllers).collect();
        while let Some(owner) = open.pop() {
            if found.insert(owner) {
                open.extend(self.nodes.get(owner).into_iter().flat_map(Node::controllers));
            }
        }
        found
    }

    /// The smallest set that holds all `seeds` and each party of which the set holds `enough`.
    fn closure(
        &self,
        seed: &dyn Fn(&str) -> bool,
        enough: &dyn Fn(&Node, &BTreeSet<&str>) -> bool,
    ) -> BTreeSet<&str> {
        let mut set: BTreeSet<&str> = self.parties().filter(|id| seed(id)).collect();
        loop {
            let more: Vec<&str> = self
                .nodes
                .iter()
                .filter(|(id, node)| !set.contains(id.as_str()) && enough(node, &set))
                .map(|(id, _)| id.as_str())
                .collect();
            if more.is_empty() {
                return set;
            }
            set.extend(more);
        }
    }
}

/// Stakes in a party that hold on a day.
pub fn stakes_on<'p>(
    parties: &'p Parties,
    party: &str,
    day: Date,
) -> impl Iterator<Item = &'p Stake> + use<'p> {
    let stakes = parties.get(party).into_iter().flat_map(|party| &party.stakes);
    stakes.filter(move |stake| stake.from <= day && day <= stake.to)
}

/// A share in words, such as `62.5 %`.
#[must_use]
pub fn percent(share_ppm: u64) -> String {
    let (whole, part) = (share_ppm / 10_000, share_ppm % 10_000);
    if part == 0 {
        return format!("{whole} %");
    }
    format!("{whole}.{} %", format!("{part:04}").trim_end_matches('0'))
}

impl Node {
    fn of(parties: &Parties, id: &str, day: Date) -> Self {
        let Some(party) = parties.get(id) else { return Self::unknown(Gap::NoRecord) };
        let mut stakes: BTreeMap<String, u32> = BTreeMap::new();
        for stake in stakes_on(parties, id, day) {
            let held = stakes.entry(stake.owner.clone()).or_default();
            *held = held.saturating_add(stake.share_ppm);
        }
        let sum: u64 = stakes.values().map(|share| u64::from(*share)).sum();
        let left = u32::try_from(u64::from(WHOLE_PPM).saturating_sub(sum)).unwrap_or(0);
        let gap = (!party.owners_complete && left > 0).then_some(Gap::NotAllNamed);
        let unnamed_ppm = if gap.is_some() { left } else { 0 };
        Self { stakes, unnamed_ppm, over: (sum > u64::from(WHOLE_PPM)).then_some(sum), gap }
    }

    const fn unknown(gap: Gap) -> Self {
        Self { stakes: BTreeMap::new(), unnamed_ppm: WHOLE_PPM, over: None, gap: Some(gap) }
    }

    /// Named owners that control it.
    fn controllers(&self) -> impl Iterator<Item = &str> {
        self.stakes.iter().filter(|(_, share)| **share >= CONTROL_PPM).map(|(owner, _)| owner.as_str())
    }

    /// Whether no owner that is not named can control it, and what is named adds up.
    const fn control_is_certain(&self) -> bool {
        self.over.is_none() && self.unnamed_ppm < CONTROL_PPM
    }

    /// What a set of owners holds of it, and owners that are not named beside.
    fn held_by(&self, set: &BTreeSet<&str>, aggregate: bool, unnamed_ppm: u32) -> u64 {
        let held = self.stakes.iter().filter(|(owner, _)| set.contains(owner.as_str()));
        let shares = held.map(|(_, share)| u64::from(*share)).chain([u64::from(unnamed_ppm)]);
        if aggregate { shares.sum() } else { shares.max().unwrap_or(0) }
    }
}
