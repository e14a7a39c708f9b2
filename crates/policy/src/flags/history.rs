//! What parties did before, filed by what flags ask for.

use std::collections::{BTreeMap, BTreeSet};

use super::Filed;
use crate::address::Address;
use crate::date::Date;
use crate::links::receiver;
use crate::party::Parties;
use crate::transfer::{Past, Transfer};

/// A controlling share, in parts per million.
const CONTROL_PPM: u32 = 500_000;
/// The most steps from a party to a controlling owner.
const STEPS_MAX: usize = 32;

pub(super) struct History<'l> {
    parties: &'l Parties,
    /// By intermediary: who received goods by way of it, and in which transfers.
    pub(super) forwarded: Filed<'l, BTreeMap<&'l str, BTreeSet<&'l str>>>,
    /// By receiver, its orders.
    pub(super) received: Filed<'l, Vec<&'l Transfer>>,
    /// By exporter, what it sent on.
    pub(super) sent: Filed<'l, Vec<&'l Transfer>>,
    /// By house, who is there, of those who took part in a transfer.
    houses: BTreeMap<String, Vec<(&'l str, Address)>>,
}

impl<'l> History<'l> {
    pub(super) fn new(parties: &'l Parties, pasts: &'l [Past]) -> Self {
        let mut history = Self {
            parties,
            forwarded: Filed::new(),
            received: Filed::new(),
            sent: Filed::new(),
            houses: BTreeMap::new(),
        };
        let mut took_part: BTreeSet<&'l str> = BTreeSet::new();
        for transfer in pasts.iter().map(|past| &past.transfer) {
            let to = receiver(transfer);
            history.received.entry(to).or_default().push(transfer);
            history.sent.entry(&transfer.exporter).or_default().push(transfer);
            for by in &transfer.intermediaries {
                history.forwarded.entry(by).or_default().entry(to).or_default().insert(&transfer.id);
            }
            took_part.extend(takers(transfer));
        }
        for party in took_part.into_iter().filter_map(|id| parties.get(id)) {
            for address in party.addresses.iter().map(|text| Address::new(text)) {
                for key in keys(&address) {
                    history.houses.entry(key).or_default().push((&party.id, address.clone()));
                }
            }
        }
        history
    }

    /// Who else took part in transfers and is at one of a party's addresses, and how near.
    pub(super) fn housemates(&self, id: &str) -> BTreeMap<&'l str, crate::address::Nearness> {
        let mut mates = BTreeMap::new();
        for address in self.parties.get(id).into_iter().flat_map(|party| &party.addresses) {
            let address = Address::new(address);
            let there = keys(&address).into_iter().filter_map(|key| self.houses.get(&key)).flatten();
            for (other, theirs) in there.filter(|(other, _)| *other != id) {
                let nearness = address.nearness(theirs);
                let nearest = mates.entry(*other).or_insert(nearness);
                *nearest = nearness.max(*nearest);
            }
        }
        mates
    }

    /// Whether the same hands control two parties on a day: what they share is no surprise.
    pub(super) fn one_family(&self, one: &str, other: &str, day: Date) -> bool {
        !self.controllers(one, day).is_disjoint(&self.controllers(other, day))
    }

    /// A party and everybody who controls it.
    fn controllers<'s>(&'s self, id: &'s str, day: Date) -> BTreeSet<&'s str> {
        let mut above = BTreeSet::from([id]);
        let mut level = vec![id];
        for _ in 0..STEPS_MAX {
            let stakes = level.iter().filter_map(|id| self.parties.get(*id)).flat_map(|party| &party.stakes);
            let held = stakes.filter(|stake| stake.from <= day && day <= stake.to);
            let owners =
                held.filter(|stake| stake.share_ppm >= CONTROL_PPM).map(|stake| stake.owner.as_str());
            level = owners.filter(|owner| above.insert(owner)).collect();
        }
        above
    }
}

/// Those who take goods into their hands.
pub(super) fn takers(transfer: &Transfer) -> impl Iterator<Item = &str> {
    let named = [transfer.consignee.as_str(), transfer.end_user.as_str()].into_iter();
    named.chain(transfer.intermediaries.iter().map(String::as_str)).filter(|id| !id.is_empty())
}

fn keys(address: &Address) -> Vec<String> {
    [address.house(), address.spot().map(|spot| format!("@{spot}"))].into_iter().flatten().collect()
}
