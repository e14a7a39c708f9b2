//! Whether an exception takes a requirement away.

use crate::country::Country;
use crate::force::Force;
use crate::rule::{ExceptionRule, Instrument};
use crate::sku::Market;
use crate::tri::Tri;

use super::licence::{self, Against};
use super::matter::{Goods, Matter};
use super::requirement::{self, Need};
use super::shown::Shown;
use super::{cap, cite, condition, who};

/// An exception that takes a requirement away, or may.
pub(crate) struct Excepted<'a> {
    pub(crate) instrument: &'a Instrument,
    pub(crate) force: Force,
    pub(crate) rule: &'a ExceptionRule,
    pub(crate) applies: Shown,
}

/// Every exception that counts, or may, and takes a requirement away, or may.
pub(crate) fn against<'a>(
    matter: &'a Matter<'a>,
    goods: &Goods,
    destination: Option<Country>,
    need: &Need<'_>,
    drawn: &dyn Fn(&crate::transfer::Licence) -> (u64, u64),
) -> Vec<Excepted<'a>> {
    let rules = matter.law.counting().flat_map(|(instrument, force)| {
        let standing = instrument.exceptions.iter().filter(|rule| matter.law.stands(&rule.id));
        standing.map(move |rule| (instrument, force, rule))
    });
    let against = rules.filter(|(_, _, rule)| is_against(rule, need));
    let excepted = against.map(|(instrument, force, rule)| {
        let applies = excepts(matter, goods, destination, (instrument, rule), drawn)
            .and(|| cite::in_force(matter, (instrument, force), rule.grade));
        Excepted { instrument, force, rule, applies }
    });
    excepted.filter(|excepted| excepted.applies.holds.may()).collect()
}

/// Whether a requirement is taken away: for each class by which it may reach the goods, an exception must hold that is
/// for that class.
pub(crate) fn covers(matter: &Matter<'_>, goods: &Goods, need: &Need<'_>, excepted: &[Excepted<'_>]) -> Tri {
    let for_class = |class: Option<&String>| {
        let of = excepted.iter().filter(|excepted| {
            let classes = &excepted.rule.classes;
            classes.is_empty() || class.is_some_and(|class| classes.contains(class))
        });
        Tri::any(of.map(|excepted| excepted.applies.holds))
    };
    if need.rule.classes.is_empty() {
        return for_class(None);
    }
    Tri::all(need.rule.classes.iter().map(|class| {
        let counts = goods.of(matter, class, |classed| classed.counts);
        for_class(Some(class)) | !counts
    }))
}

pub(crate) fn is_against(rule: &ExceptionRule, need: &Need<'_>) -> bool {
    let named = rule.requirements.is_empty() || rule.requirements.contains(&need.rule.id);
    let class = |class: &String| need.rule.classes.contains(class);
    named && (rule.classes.is_empty() || rule.classes.iter().any(class))
}

/// Whether an exception holds for goods, whatever its force.
pub(crate) fn excepts(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    (instrument, rule): (&Instrument, &ExceptionRule),
    drawn: &dyn Fn(&crate::transfer::Licence) -> (u64, u64),
) -> Shown {
    if !rule.movements.is_empty() && !rule.movements.contains(&matter.transfer().movement) {
        return Shown::NO;
    }
    let to = |places| requirement::to(matter, destination, places);
    requirement::of_class(matter, goods, &rule.classes)
        .and(|| within_lines(matter, goods, rule))
        .and(|| rule.destinations.as_ref().map_or(Shown::YES, to))
        .and(|| not_headquartered(matter, rule))
        .and(|| {
            let authorised = authorised(matter, goods, destination, (instrument, rule), drawn);
            condition::all(matter, &rule.conditions).or(authorised)
        })
        .and(|| cap::all(matter, goods, destination, instrument, &rule.caps))
}

/// Whether an authorisation is held that names the exception: it stands for the exception's conditions.
fn authorised(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    (instrument, rule): (&Instrument, &ExceptionRule),
    drawn: &dyn Fn(&crate::transfer::Licence) -> (u64, u64),
) -> Shown {
    let against = Against::Exception(rule, instrument);
    let held = matter.transfer().licences.iter().filter(|licence| !licence.refused);
    let covers = held.map(|held| licence::covers(matter, held, &against, goods, destination, drawn(held)));
    Shown::any(covers)
}

/// Lines and market, as the classification found them.
fn within_lines(matter: &Matter<'_>, goods: &Goods, rule: &ExceptionRule) -> Shown {
    if rule.bounds.is_empty() && rule.market.is_none() {
        return Shown::YES;
    }
    let sku = &goods.sku;
    condition::lines(matter, goods, &rule.bounds, rule.market).because(|| match rule.market {
        Some(Market::Other) => format!("`{}` was not made for data centres", sku.name),
        _ => format!("`{}` keeps the lines", sku.name),
    })
}

fn not_headquartered(matter: &Matter<'_>, rule: &ExceptionRule) -> Shown {
    let Some(places) = &rule.not_headquarters else { return Shown::YES };
    let headquartered = who::headquartered(matter, places);
    match headquartered.holds {
        Tri::Yes => Shown::NO,
        Tri::No => Shown::YES,
        Tri::Open => headquartered,
    }
}
