//! Finds ties by keys: each party is filed under what it may share, and only those under one key are compared.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    CONTROL_PPM, CROWD_MIN, Crowd, DOOR_FULL, DOOR_PPM, END_USER_PPM, EVIDENCE_MAX, FORWARDER_PPM, HOUSE_PPM,
    Kind, NAME_PPM, OTHER_DOOR_PPM, SHARED_FULL, STAKE_PPM, Tie,
};
use crate::address::{Address, Nearness};
use crate::date::Date;
use crate::name::{self, LIKE_MIN_PPM, Name};
use crate::party::Parties;
use crate::transfer::{Past, Transfer};

/// How many neighbours in the order of names each name is compared with.
const NEIGHBOURS: usize = 6;
/// The most parties with a word in common in their names that are compared by it: `data` says nothing.
const WORD_PARTIES_MAX: usize = 12;
const HALF_PPM: u32 = 500_000;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Ties by parties, the one whose identifier comes first before the other.
    pub(super) ties: BTreeMap<(String, String), Vec<Tie>>,
    /// What too many share.
    pub(super) crowds: Vec<Crowd>,
}

impl Found {
    fn tie(&mut self, one: &str, other: &str, tie: Tie) {
        if one != other {
            let (a, b) = if one < other { (one, other) } else { (other, one) };
            self.ties.entry((a.to_owned(), b.to_owned())).or_default().push(tie);
        }
    }
}

/// Owners of a share or more, with its dates.
pub(super) fn owners(found: &mut Found, parties: &Parties, share_ppm: u32) {
    for party in parties.values() {
        for stake in party.stakes.iter().filter(|stake| stake.share_ppm >= share_ppm.max(1)) {
            let control = stake.share_ppm >= HALF_PPM;
            let tie = Tie {
                kind: Kind::Owner,
                score_ppm: if control { CONTROL_PPM } else { STAKE_PPM },
                why: format!(
                    "`{}` owns {} of `{}` ({}, {})",
                    stake.owner,
                    percent(stake.share_ppm),
                    party.id,
                    stake.source.source,
                    stake.source.grade.words()
                ),
                by: stake.owner.clone(),
                from: Some(stake.from),
                to: (stake.to < Date::MAX).then_some(stake.to),
                evidence: Vec::new(),
            };
            found.tie(&stake.owner, &party.id, tie);
        }
    }
}

/// Addresses in common.
pub(super) fn addresses(found: &mut Found, parties: &Parties) {
    let mut filed: BTreeMap<String, Vec<(&str, Address)>> = BTreeMap::new();
    for party in parties.values() {
        let addresses: BTreeSet<Address> = party.addresses.iter().map(|text| Address::new(text)).collect();
        for address in addresses {
            let keys = [address.house(), address.spot().map(|spot| format!("@{spot}"))];
            for key in keys.into_iter().flatten() {
                filed.entry(key).or_default().push((&party.id, address.clone()));
            }
        }
    }
    for (key, there) in &filed {
        let doors = count(there.iter().map(|(party, address)| (address.door(), *party)));
        let tenants = there.iter().map(|(party, _)| *party).collect::<BTreeSet<_>>().len();
        if tenants < CROWD_MIN {
            housemates(found, there, tenants, &doors);
        } else {
            // A house is filed under two keys: it is told once.
            if !key.starts_with('@') {
                found.crowds.push(Crowd { kind: Kind::Address, by: String::new(), parties: tenants });
            }
            // In a tower that many share, the doors still say something.
            for (door, at_door) in &doors {
                if door.is_none() || at_door.len() >= CROWD_MIN {
                    continue;
                }
                let there: Vec<_> =
                    there.iter().filter(|(_, address)| address.door() == *door).cloned().collect();
                housemates(found, &there, at_door.len(), &doors);
            }
        }
    }
}

type Doors<'p> = BTreeMap<Option<String>, BTreeSet<&'p str>>;

fn count<'p>(there: impl Iterator<Item = (Option<String>, &'p str)>) -> Doors<'p> {
    let mut doors = Doors::new();
    for (door, party) in there {
        doors.entry(door).or_default().insert(party);
    }
    doors
}

fn housemates(found: &mut Found, there: &[(&str, Address)], tenants: usize, doors: &Doors<'_>) {
    for (at, (one, address)) in there.iter().enumerate() {
        for (other, theirs) in &there[at + 1..] {
            let nearness = address.nearness(theirs);
            let at_door = doors.get(&address.door()).map_or(2, BTreeSet::len);
            let (score_ppm, sharers) = match nearness {
                Nearness::Apart => continue,
                Nearness::Same => (thinned(DOOR_PPM, at_door, DOOR_FULL), at_door),
                Nearness::House | Nearness::Alike => (thinned(HOUSE_PPM, tenants, SHARED_FULL), tenants),
                Nearness::OtherDoor => (thinned(OTHER_DOOR_PPM, tenants, SHARED_FULL), tenants),
            };
            let why = format!("{}, which {sharers} parties share", nearness.words());
            let tie = Tie {
                kind: Kind::Address,
                score_ppm,
                why,
                by: String::new(),
                from: None,
                to: None,
                evidence: vec![],
            };
            found.tie(one, other, tie);
        }
    }
}

/// Forwarders, other intermediaries and end users in common.
pub(super) fn shared(found: &mut Found, pasts: &[Past]) {
    let mut forwarders = Hubs::new();
    let mut end_users = Hubs::new();
    for Past { transfer, .. } in pasts {
        let receiver = receiver(transfer);
        for by in transfer.intermediaries.iter().filter(|by| !by.is_empty()) {
            file(&mut forwarders, by, receiver, transfer);
        }
        if !transfer.end_user.is_empty() {
            file(&mut end_users, &transfer.end_user, &transfer.consignee, transfer);
        }
    }
    hubs(found, Kind::Forwarder, &forwarders, FORWARDER_PPM, "goods went to both by way of");
    hubs(found, Kind::EndUser, &end_users, END_USER_PPM, "both received goods for");
}

/// Who receives a transfer: its consignee, or, where that is not known, its end user.
pub(crate) fn receiver(transfer: &Transfer) -> &str {
    if transfer.consignee.is_empty() { &transfer.end_user } else { &transfer.consignee }
}

/// By the one who is shared: by each who shares it, dates and transfers.
type Hubs<'p> = BTreeMap<&'p str, BTreeMap<&'p str, BTreeSet<(Date, &'p str)>>>;

fn file<'p>(hubs: &mut Hubs<'p>, by: &'p str, user: &'p str, transfer: &'p Transfer) {
    if !user.is_empty() && user != by {
        hubs.entry(by).or_default().entry(user).or_default().insert((transfer.date, &transfer.id));
    }
}

fn hubs(found: &mut Found, kind: Kind, hubs: &Hubs<'_>, base_ppm: u32, words: &str) {
    for (by, users) in hubs {
        if users.len() >= CROWD_MIN {
            found.crowds.push(Crowd { kind, by: (*by).to_owned(), parties: users.len() });
            continue;
        }
        let score_ppm = thinned(base_ppm, users.len(), SHARED_FULL);
        let users: Vec<_> = users.iter().collect();
        for (at, (one, ours)) in users.iter().enumerate() {
            for (other, theirs) in &users[at + 1..] {
                let both: BTreeSet<_> = ours.union(theirs).copied().collect();
                let tie = Tie {
                    kind,
                    score_ppm,
                    why: format!("{words} `{by}`, as to {} parties", users.len()),
                    by: (*by).to_owned(),
                    from: both.first().map(|(date, _)| *date),
                    to: both.last().map(|(date, _)| *date),
                    evidence: both.iter().rev().take(EVIDENCE_MAX).map(|(_, id)| (*id).to_owned()).collect(),
                };
                found.tie(one, other, tie);
            }
        }
    }
}

/// Names alike. Compared are names that look the same, have a rare word in common or stand near one another when names
/// are sorted, forwards or backwards.
pub(super) fn names(found: &mut Found, parties: &Parties) {
    let named: Vec<(&str, Vec<Name>)> = parties
        .values()
        .map(|party| (party.id.as_str(), std::iter::once(&party.name).chain(&party.aliases)))
        .map(|(id, names)| (id, names.map(|name| Name::new(name)).filter(|name| !name.is_empty()).collect()))
        .collect();
    for (one, other) in candidates(&named) {
        let (one, other) = (&named[one], &named[other]);
        let Some(like) = name::closest(&one.1, &other.1) else { continue };
        if like.score_ppm >= LIKE_MIN_PPM {
            let score_ppm = (u64::from(NAME_PPM) * u64::from(like.score_ppm) / 1_000_000) as u32;
            let tie = Tie {
                kind: Kind::Name,
                score_ppm,
                why: like.why,
                by: String::new(),
                from: None,
                to: None,
                evidence: vec![],
            };
            found.tie(one.0, other.0, tie);
        }
    }
}

fn candidates(named: &[(&str, Vec<Name>)]) -> BTreeSet<(usize, usize)> {
    let mut keys: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut forwards: BTreeSet<(String, usize)> = BTreeSet::new();
    let mut backwards: BTreeSet<(String, usize)> = BTreeSet::new();
    for (at, (_, names)) in named.iter().enumerate() {
        for name in names {
            keys.entry(format!("={}", name.looks())).or_default().insert(at);
            for word in name.words() {
                keys.entry(word.clone()).or_default().insert(at);
            }
            forwards.insert((name.compact().to_owned(), at));
            backwards.insert((name.compact().chars().rev().collect(), at));
        }
    }
    let rare = keys.values().filter(|parties| parties.len() <= WORD_PARTIES_MAX);
    let mut pairs: BTreeSet<(usize, usize)> = rare.flat_map(pairs_of).collect();
    for order in [&forwards, &backwards] {
        let order: Vec<usize> = order.iter().map(|(_, at)| *at).collect();
        for (at, one) in order.iter().enumerate() {
            let near = order[at + 1..].iter().take(NEIGHBOURS).filter(|other| *other != one);
            pairs.extend(near.map(|other| (*one.min(other), *one.max(other))));
        }
    }
    pairs
}

fn pairs_of(parties: &BTreeSet<usize>) -> Vec<(usize, usize)> {
    let parties: Vec<usize> = parties.iter().copied().collect();
    let pairs =
        parties.iter().enumerate().flat_map(|(at, one)| parties[at + 1..].iter().map(|other| (*one, *other)));
    pairs.collect()
}

/// A weight that falls with the number of those who share.
fn thinned(base_ppm: u32, sharers: usize, full: usize) -> u32 {
    (u64::from(base_ppm) * full as u64 / sharers.max(full) as u64) as u32
}

/// A share in per cent, exactly.
pub(crate) fn percent(ppm: u32) -> String {
    let (whole, part) = (ppm / 10_000, ppm % 10_000);
    if part == 0 {
        format!("{whole} %")
    } else {
        format!("{whole}.{} %", format!("{part:04}").trim_end_matches('0'))
    }
}
