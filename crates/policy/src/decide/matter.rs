//! The matter at hand: a law, the facts of one case, and what is worked out once for all its rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::{Classed, Classification};
use crate::country::Country;
use crate::date::Date;
use crate::law::Law;
use crate::measure::Span;
use crate::ownership::Owners;
use crate::sku::{Metric, Sku};
use crate::source::Grade;
use crate::transfer::Transfer;
use crate::tri::Tri;

use super::Case;
use super::shown::Shown;

/// The matter at hand.
pub(crate) struct Matter<'a> {
    pub(crate) law: &'a Law<'a>,
    pub(crate) case: &'a Case<'a>,
    /// The day of the law, on which it is asked who owns whom and who is listed.
    pub(crate) day: Date,
    /// Goods by SKU, lines of one SKU added up.
    pub(crate) goods: Vec<Goods>,
    /// Who receives, carries and uses them.
    pub(crate) hands: Vec<Hand<'a>>,
    /// The same and who sends them: a list may name anybody.
    pub(crate) everybody: Vec<Hand<'a>>,
    /// Who owns each of them.
    pub(crate) owners: BTreeMap<&'a str, Owners>,
    /// What nobody checked counts as open: so it is found out whether a decision leans on it.
    pub(crate) doubt: bool,
    /// Every destination that is still possible, without the sea; none: it is not known.
    pub(crate) destinations: Vec<Option<Country>>,
}

/// Goods of one SKU.
pub(crate) struct Goods {
    pub(crate) name: String,
    pub(crate) sku: Sku,
    pub(crate) units: u64,
    /// Performance of one unit.
    pub(crate) tpp: Span,
    pub(crate) classification: Classification,
    /// Neither the caller nor the book knows it.
    pub(crate) unknown: bool,
}

/// A party in its roles.
#[derive(Clone, Debug)]
pub(crate) struct Hand<'a> {
    pub(crate) roles: String,
    /// Empty: not named.
    pub(crate) party: &'a str,
}

impl<'a> Matter<'a> {
    pub(crate) fn new(law: &'a Law<'a>, case: &'a Case<'a>) -> Self {
        let doubt = false;
        let transfer = case.transfer;
        let hands = hands(transfer, false);
        let everybody = hands_of_all(transfer);
        let day = law.stand().valid_on;
        let named = everybody.iter().map(|hand| hand.party).filter(|party| !party.is_empty());
        let owners = named.map(|party| (party, Owners::of(case.parties, party, day))).collect();
        let destinations = destinations(transfer);
        Self { law, case, day, goods: goods(law, case), hands, everybody, owners, doubt, destinations }
    }

    /// What is known to a grade: in doubt, what nobody checked is open.
    pub(crate) fn checked(&self, grade: Grade) -> Shown {
        if self.doubt && grade.is_unverified() { Shown::from(Tri::Open) } else { Shown::YES }
    }

    pub(crate) fn transfer(&self) -> &'a Transfer {
        self.case.transfer
    }
}

impl Goods {
    /// Whether they are of a class, by every rule that may put them there.
    pub(crate) fn of(&self, matter: &Matter<'_>, class: &str, truth: fn(&Classed) -> Tri) -> Tri {
        let classed = self.classification.classes.iter().filter(|classed| classed.class == class);
        Tri::any(classed.map(|classed| {
            let doubtful = matter.doubt && classed.ground.grade.is_unverified();
            if doubtful { Tri::Open } else { truth(classed) }
        }))
    }
}

impl Hand<'_> {
    /// Such as ``consignee `acme` ``.
    pub(crate) fn words(&self) -> String {
        format!("{} `{}`", self.roles, self.party)
    }
}

/// The sea is no destination: a chip that is installed is on land, and physics cannot exclude the sea beside it. Where
/// nothing but the sea is left, no destination is known.
fn destinations(transfer: &Transfer) -> Vec<Option<Country>> {
    let land: Vec<Option<Country>> =
        transfer.destinations.iter().filter(|country| *country != Country::SEA).map(Some).collect();
    if land.is_empty() { vec![None] } else { land }
}

fn hands_of_all(transfer: &Transfer) -> Vec<Hand<'_>> {
    hands(transfer, true)
}

/// Parties by identifier, each once with all its roles.
fn hands(transfer: &Transfer, with_exporter: bool) -> Vec<Hand<'_>> {
    let mut roles: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let exporter = with_exporter.then_some(("exporter", &transfer.exporter));
    let intermediaries = transfer.intermediaries.iter().map(|party| ("intermediary", party));
    let ends = [("consignee", &transfer.consignee), ("end user", &transfer.end_user)];
    for (role, party) in exporter.into_iter().chain(ends).chain(intermediaries) {
        roles.entry(party).or_default().insert(role);
    }
    let hands = roles
        .into_iter()
        .map(|(party, roles)| Hand { roles: roles.into_iter().collect::<Vec<_>>().join(" and "), party });
    hands.collect()
}

fn goods(law: &Law<'_>, case: &Case<'_>) -> Vec<Goods> {
    let mut units: BTreeMap<String, (Sku, u64, bool)> = BTreeMap::new();
    for line in &case.transfer.lines {
        let known = case.skus.get(&line.sku).or_else(|| law.book().sku(&line.sku));
        let sku = known.cloned().unwrap_or_else(|| Sku { name: line.sku.clone(), ..Sku::default() });
        let entry = units.entry(sku.name.clone()).or_insert((sku, 0, known.is_none()));
        entry.1 = entry.1.saturating_add(line.units);
    }
    if units.is_empty() {
        units.insert(String::new(), (Sku::default(), 0, true));
    }
    let goods = units.into_iter().map(|(name, (sku, units, unknown))| Goods {
        classification: law.classify(&sku),
        tpp: sku.value(Metric::Tpp).span,
        name,
        sku,
        units,
        unknown,
    });
    goods.collect()
}
