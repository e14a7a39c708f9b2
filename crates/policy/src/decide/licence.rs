//! Whether a licence that is held covers a requirement, or an application for one was refused.

use crate::country::Country;
use crate::rule::{ExceptionRule, Instrument};
use crate::transfer::Licence;
use crate::tri::Tri;

use super::matter::{Goods, Hand, Matter};
use super::requirement::Need;
use super::shown::Shown;
use super::who;

/// What a licence may be held against.
pub(crate) enum Against<'a> {
    /// A requirement.
    Need(&'a Need<'a>),
    /// An exception whose authorisation it is.
    Exception(&'a ExceptionRule, &'a Instrument),
}

/// Whether a licence covers goods on their way to a destination. `drawn`: units that are drawn on it, at least and at
/// most.
pub(crate) fn covers(
    matter: &Matter<'_>,
    licence: &Licence,
    against: &Against<'_>,
    goods: &Goods,
    destination: Option<Country>,
    drawn: (u64, u64),
) -> Shown {
    let day = matter.transfer().date;
    if !is_against(licence, against) || !is_for(licence, goods) || day < licence.from || licence.to < day {
        return Shown::NO;
    }
    let covers = goes_to(licence, destination).and(|| is_enough(licence, drawn));
    let parties = matter.hands.iter();
    let covers = parties.fold(covers, |covers, hand| covers.and(|| names(matter, licence, hand, against)));
    covers
        .because(|| format!("licence `{}` is valid from {} to {}", licence.number, licence.from, licence.to))
}

/// Whether a licence is for goods by their SKU.
pub(crate) fn is_for(licence: &Licence, goods: &Goods) -> bool {
    let called = |name: &String| *name == goods.name || goods.sku.is_called(name);
    licence.skus.is_empty() || licence.skus.iter().any(called)
}

fn is_against(licence: &Licence, against: &Against<'_>) -> bool {
    let names = |name: &str| licence.against.iter().any(|against| against == name);
    match against {
        Against::Need(need) => {
            licence.against.is_empty()
                || names(&need.rule.id)
                || names(&need.instrument.id)
                || need.rule.classes.iter().any(|class| names(class))
        }
        Against::Exception(rule, instrument) => names(&rule.id) || names(&rule.name) || names(&instrument.id),
    }
}

fn goes_to(licence: &Licence, destination: Option<Country>) -> Shown {
    match destination {
        Some(country) if licence.destinations.contains(country) => Shown::YES,
        Some(_) => Shown::NO,
        None => Shown::open("destination", "name the destination, or bring evidence that leaves one"),
    }
}

fn is_enough(licence: &Licence, (lo, hi): (u64, u64)) -> Shown {
    match licence.units_left {
        None => Shown::YES,
        Some(left) if hi <= left => Shown::YES,
        Some(left) if lo > left => Shown::NO,
        Some(left) => Shown::open(
            format!("units drawn on licence {}", licence.number),
            format!("find out which goods need it: {left} units are left"),
        ),
    }
}

/// Parties headquartered abroad must be named.
fn names(matter: &Matter<'_>, licence: &Licence, hand: &Hand<'_>, against: &Against<'_>) -> Shown {
    if !hand.party.is_empty() && licence.parties.iter().any(|party| party == hand.party) {
        return Shown::YES;
    }
    let home = match against {
        Against::Need(need) => need.instrument.authority,
        Against::Exception(_, instrument) => instrument.authority,
    };
    match who::headquarters(matter, hand.party) {
        Some(country) => Shown::from(Tri::from(country == home)),
        None if hand.party.is_empty() => Shown::open(hand.roles.clone(), format!("name the {}", hand.roles)),
        None => Shown::open(
            format!("party {} headquarters", hand.party),
            format!(
                "find out where `{}` is headquartered: licence `{}` does not name it",
                hand.party, licence.number
            ),
        ),
    }
}
