//! Whether a licence is needed: by what the goods are, how they go, and any of destination, headquarters, lists and use.

use std::collections::BTreeSet;

use crate::country::Country;
use crate::force::Force;
use crate::rule::{EndUse, Instrument, LicenceRule, Movement, Places};
use crate::tri::Tri;

use super::matter::{Goods, Matter};
use super::shown::Shown;
use super::{cite, place, who};

/// A rule that demands a licence, or may.
pub(crate) struct Need<'a> {
    pub(crate) instrument: &'a Instrument,
    pub(crate) force: Force,
    pub(crate) rule: &'a LicenceRule,
    pub(crate) applies: Shown,
}

/// Every rule that counts, or may, and demands a licence, or may.
pub(crate) fn needs<'a>(
    matter: &'a Matter<'a>,
    goods: &Goods,
    destination: Option<Country>,
) -> Vec<Need<'a>> {
    let rules = matter.law.counting().flat_map(|(instrument, force)| {
        let standing = instrument.licences.iter().filter(|rule| matter.law.stands(&rule.id));
        standing.map(move |rule| (instrument, force, rule))
    });
    let needs = rules.map(|(instrument, force, rule)| {
        let class = || of_class(matter, goods, &rule.classes);
        let applies = asks(matter, rule, destination, &class);
        let applies = applies.and(|| cite::in_force(matter, (instrument, force), rule.grade));
        Need { instrument, force, rule, applies }
    });
    needs.filter(|need| need.applies.holds.may()).collect()
}

/// Whether a rule asks for a licence, whatever its force.
pub(crate) fn asks(
    matter: &Matter<'_>,
    rule: &LicenceRule,
    destination: Option<Country>,
    class: &dyn Fn() -> Shown,
) -> Shown {
    if !moves(rule, matter.transfer().movement) {
        return Shown::NO;
    }
    let goods = class();
    let asked = goods.and(|| from(matter, rule)).and(|| reaches(matter, rule, destination));
    if !rule.may {
        return asked;
    }
    asked.and(|| {
        let remedy =
            format!("the text says that a licence may be needed: ask the agency about `{}`", rule.id);
        Shown::open(format!("rule {}", rule.id), remedy)
    })
}

/// Whether goods are of any of the classes; of none that is named: whatever they are.
pub(crate) fn of_class(matter: &Matter<'_>, goods: &Goods, classes: &[String]) -> Shown {
    if classes.is_empty() {
        return Shown::YES;
    }
    let may: BTreeSet<&str> = classes
        .iter()
        .map(String::as_str)
        .filter(|class| goods.of(matter, class, |classed| classed.holds).may())
        .collect();
    let mut holds = Tri::any(may.iter().map(|class| goods.of(matter, class, |classed| classed.holds)));
    if holds == Tri::Open && !matter.doubt {
        // Which one is open; that it is one of them may be sure.
        holds = matter.law.in_any(&goods.sku, |class| classes.iter().any(|wanted| wanted == class));
    }
    let names = may.into_iter().collect::<Vec<_>>().join(" or ");
    let facts = goods.classification.facts.iter().cloned();
    match holds {
        Tri::No => Shown::NO,
        Tri::Yes => Shown::yes(format!("`{}` is of {names}", goods.name)).leaning_on(facts),
        Tri::Open => {
            open_class(goods).because(|| format!("`{}` may be of {names}", goods.name)).leaning_on(facts)
        }
    }
}

/// What would settle the classes of goods.
fn open_class(goods: &Goods) -> Shown {
    if goods.unknown {
        let remedy =
            "give its peak rates, die area, interconnect and memory bandwidth, or the name of a known chip";
        return Shown::open(format!("sku {}", goods.name), remedy);
    }
    let mut shown = Shown::open(format!("sku {}", goods.name), "give the figures that are missing");
    if !goods.classification.missing.is_empty() {
        shown.missing = goods.classification.missing.iter().cloned().collect();
    }
    shown
}

fn moves(rule: &LicenceRule, movement: Movement) -> bool {
    if rule.movements.is_empty() { movement != Movement::Use } else { rule.movements.contains(&movement) }
}

/// Whether goods leave, or pass through, one of the places that the rule asks for.
fn from(matter: &Matter<'_>, rule: &LicenceRule) -> Shown {
    let Some(places) = &rule.origins else { return Shown::YES };
    let transfer = matter.transfer();
    let through = transfer.through.iter().map(|country| place::within(matter, Some(*country), places));
    let leaves = match transfer.origin {
        Some(origin) => place::within(matter, Some(origin), places),
        None => Shown::open("origin", "say from where the goods leave"),
    };
    Shown::any(through.chain([leaves])).because(|| "the goods leave it or pass through it".to_owned())
}

fn reaches(matter: &Matter<'_>, rule: &LicenceRule, destination: Option<Country>) -> Shown {
    let to = |places: &Places| to(matter, destination, places);
    let by_destination = rule.destinations.as_ref().map_or(Shown::NO, to);
    let by_headquarters =
        rule.headquarters.as_ref().map_or(Shown::NO, |places| who::headquartered(matter, places));
    let by_list = if rule.lists.is_empty() { Shown::NO } else { who::listed(matter, &rule.lists) };
    by_destination.or(by_headquarters).or(by_list).or(by_use(matter, rule, destination))
}

/// Whether the destination is one of these places.
pub(crate) fn to(matter: &Matter<'_>, destination: Option<Country>, places: &Places) -> Shown {
    place::within(matter, destination, places).because(|| match destination {
        Some(country) => format!("the goods go to {country}"),
        None => "the destination is not known".to_owned(),
    })
}

/// Whether the stated use is one that the rule names, in the places where it asks for that. What is not stated may be
/// any.
fn by_use(matter: &Matter<'_>, rule: &LicenceRule, destination: Option<Country>) -> Shown {
    if rule.uses.is_empty() {
        return Shown::NO;
    }
    let stated = &matter.transfer().uses;
    let used = if stated.is_empty() {
        Shown::open("end use", "have the end user state what the goods are for")
            .because(|| "the end use is not stated".to_owned())
    } else {
        let named: Vec<EndUse> = rule.uses.iter().copied().filter(|used| stated.contains(used)).collect();
        if named.is_empty() { Shown::NO } else { Shown::yes(format!("the stated use is {}", words(&named))) }
    };
    let Some(places) = &rule.uses_in else { return used };
    used.and(|| to(matter, destination, places).or(who::headquartered(matter, places)))
}

fn words(uses: &[EndUse]) -> String {
    let word = |used: &EndUse| match used {
        EndUse::Training => "training",
        EndUse::Inference => "inference",
        EndUse::Supercomputer => "a supercomputer",
        EndUse::Military => "military",
        EndUse::Other => "another",
    };
    uses.iter().map(word).collect::<Vec<_>>().join(" and ")
}
