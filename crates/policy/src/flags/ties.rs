//! Flags by what a transfer has in common with others, and by where its goods go on to.

use std::collections::{BTreeMap, BTreeSet};

use super::history::takers;
use super::{FAVOURABLE_LISTS, Find, LEAD_MIN_PPM, Looker, limit};
use crate::address::Nearness;
use crate::date::Date;
use crate::flag::FlagRule;
use crate::links::{EVIDENCE_MAX, receiver};
use crate::measure::Measure;
use crate::party::Party;
use crate::transfer::Transfer;

const SECONDS_A_DAY: i64 = 86_400;

impl<'l> Looker<'l> {
    pub(super) fn transshipment(&self, transfer: &Transfer) -> Vec<Find> {
        let id = &transfer.id;
        let mut finds = Vec::new();
        let leaves = transfer.onward.iter().any(|to| !transfer.destinations.contains(*to));
        if leaves && !self.watch.intersection(transfer.destinations).is_empty() {
            let found = format!("by its papers `{id}` goes on from a destination of the transshipment watch");
            finds.push(Find::Up(found, vec![id.clone()]));
        }
        let beyond = |by| transfer.onward.iter().any(|to| *to != by) || !transfer.destinations.contains(by);
        if transfer.through.iter().any(|by| self.watch.contains(*by) && beyond(*by)) {
            let found = format!("`{id}` goes through a destination of the transshipment watch");
            finds.push(Find::Up(found, vec![id.clone()]));
        }
        finds.extend(self.sent_on(transfer));
        finds
    }

    /// The receiver sent the same goods on before, out of a destination of the watch.
    fn sent_on(&self, transfer: &Transfer) -> Option<Find> {
        let to = receiver(transfer);
        let same = |past: &&&Transfer| {
            past.id != transfer.id
                && past.origin.is_some_and(|origin| {
                    self.watch.contains(origin)
                        && !past.destinations.is_empty()
                        && !past.destinations.contains(origin)
                })
                && past.lines.iter().any(|line| transfer.lines.iter().any(|ours| ours.sku == line.sku))
        };
        let sent: BTreeSet<String> =
            self.history.sent.get(to)?.iter().filter(same).map(|past| past.id.clone()).collect();
        let found = format!("`{to}` sent the same goods on from a destination of the transshipment watch");
        (!sent.is_empty() && !to.is_empty())
            .then(|| Find::Up(found, [to.to_owned()].into_iter().chain(sent).take(EVIDENCE_MAX).collect()))
    }

    pub(super) fn shared_address(&self, transfer: &Transfer) -> Vec<Find> {
        let mut finds = Vec::new();
        for id in takers(transfer).collect::<BTreeSet<_>>() {
            if self.parties.get(id).is_none_or(|party| party.addresses.is_empty()) {
                finds.push(Find::missing(format!("party {id} address"), "enter its address"));
                continue;
            }
            let mates = self.history.housemates(id).into_iter();
            let mates = mates.filter(|(_, nearness)| *nearness >= Nearness::Alike);
            let mates: Vec<&str> = mates
                .map(|(mate, _)| mate)
                .filter(|mate| !self.history.one_family(id, mate, transfer.date))
                .collect();
            if !mates.is_empty() {
                let found = format!("`{id}` has the same address as {}", named(&mates));
                finds.push(Find::Up(found, about(id, &mates)));
            }
        }
        finds
    }

    pub(super) fn shared_forwarder(&self, rule: &FlagRule, transfer: &Transfer) -> Vec<Find> {
        let to = receiver(transfer);
        let mut finds = Vec::new();
        for by in transfer.intermediaries.iter().collect::<BTreeSet<_>>() {
            let Some(users) = self.history.forwarded.get(by.as_str()) else { continue };
            if Measure::whole(users.len() as u64) > limit(rule, "users_max") {
                continue;
            }
            let others: Vec<&str> = users
                .keys()
                .copied()
                .filter(|user| *user != to && !self.history.one_family(to, user, transfer.date))
                .collect();
            if !others.is_empty() {
                let found =
                    format!("goods for `{to}` go by way of `{by}`, as did those for {}", named(&others));
                finds.push(Find::Up(found, [by.clone()].into_iter().chain(about(to, &others)).collect()));
            }
        }
        finds
    }

    pub(super) fn split_orders(&self, rule: &FlagRule, transfer: &Transfer) -> Vec<Find> {
        let to = receiver(transfer);
        let days = limit(rule, "window_days").ratio().to_integer();
        let group = self.links.group_of(to);
        let orders: BTreeMap<&str, &Transfer> = group
            .iter()
            .filter_map(|member| self.history.received.get(member))
            .flatten()
            .filter(|order| (0..=days).contains(&i128::from(days_between(order.date, transfer.date))))
            .map(|order| (order.id.as_str(), *order))
            .chain([(transfer.id.as_str(), transfer)])
            .collect();
        let mut sum = Measure::ZERO;
        let mut small: BTreeSet<&str> = BTreeSet::new();
        let mut receivers: BTreeSet<&str> = BTreeSet::new();
        let mut unknown: BTreeSet<&str> = BTreeSet::new();
        for order in orders.values() {
            match self.tpp(order) {
                Ok(tpp) if tpp <= limit(rule, "order_tpp_max") => {
                    sum = sum.plus(tpp).unwrap_or(Measure::MAX);
                    small.insert(&order.id);
                    receivers.insert(receiver(order));
                }
                Ok(_) => {}
                Err(sku) => _ = unknown.insert(sku),
            }
        }
        let mut finds: Vec<Find> = unknown
            .into_iter()
            .map(|sku| Find::missing(format!("sku {sku} tpp"), "enter its peak rates"))
            .collect();
        let adds_up = sum >= limit(rule, "sum_tpp_min") && receivers.len() > 1;
        if adds_up && small.contains(transfer.id.as_str()) {
            let receivers: Vec<&str> = receivers.into_iter().collect();
            let found = format!(
                "{} small orders of linked parties add up to {sum} TPP: {}",
                small.len(),
                named(&receivers)
            );
            let about = receivers.into_iter().chain(small).map(str::to_owned).collect();
            finds.push(Find::Up(found, about));
        }
        finds
    }

    pub(super) fn linked_to_listed(&self, transfer: &Transfer) -> Vec<Find> {
        let mut finds = Vec::new();
        for id in takers(transfer).collect::<BTreeSet<_>>() {
            if self.listed(id).is_some() {
                // Then the rules speak of it themselves.
                continue;
            }
            let mut ties: BTreeMap<&str, String> = BTreeMap::new();
            for stake in self.parties.get(id).into_iter().flat_map(|party| &party.stakes) {
                if stake.from <= transfer.date
                    && transfer.date <= stake.to
                    && self.listed(&stake.owner).is_some()
                {
                    ties.insert(
                        &stake.owner,
                        format!("which owns {}", crate::links::percent(stake.share_ppm)),
                    );
                }
            }
            let links = self.links.of(id).filter(|link| link.score_ppm >= LEAD_MIN_PPM);
            for (other, why) in links.filter_map(|link| Some((link.other(id)?, &link.ties.first()?.why))) {
                ties.entry(other).or_insert_with(|| why.clone());
            }
            for member in self.links.group_of(id) {
                ties.entry(member).or_insert_with(|| "by others of the same group".to_owned());
            }
            for (other, why) in ties {
                if let Some(list) = self.listed(other).filter(|_| other != id) {
                    let found = format!("`{id}` is linked to `{other}`, which is on {list}: {why}");
                    finds.push(Find::Up(found, vec![id.to_owned(), other.to_owned()]));
                }
            }
        }
        finds
    }

    /// The first list that speaks against a party on the stand's day.
    fn listed(&self, id: &str) -> Option<&'l str> {
        let day = self.law.stand().valid_on;
        let lists = |party: &'l Party| party.listings.iter().filter(move |on| on.from <= day && day <= on.to);
        let lists = self.parties.get(id).into_iter().flat_map(lists).map(|on| on.list.as_str());
        lists.filter(|list| !FAVOURABLE_LISTS.contains(list)).min()
    }

    /// The performance of an order; an error names a chip of which it is not known.
    fn tpp<'t>(&self, order: &'t Transfer) -> Result<Measure, &'t str> {
        order.lines.iter().try_fold(Measure::ZERO, |sum, line| {
            let tpp =
                self.law.book().sku(&line.sku).and_then(crate::sku::Sku::tpp).ok_or(line.sku.as_str())?;
            Ok(sum.plus(tpp.times(line.units)).unwrap_or(Measure::MAX))
        })
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    (to.unix_s() - from.unix_s()) / SECONDS_A_DAY
}

/// Some of them by name, and how many more there are.
fn named(parties: &[&str]) -> String {
    let shown: Vec<String> = parties.iter().take(EVIDENCE_MAX).map(|party| format!("`{party}`")).collect();
    let more = parties.len().saturating_sub(EVIDENCE_MAX);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

fn about(id: &str, others: &[&str]) -> Vec<String> {
    std::iter::once(id).chain(others.iter().take(EVIDENCE_MAX).copied()).map(str::to_owned).collect()
}
