//! Whether a cap is kept if the goods go: what was taken before and what these take, against the limit.

use crate::country::Country;
use crate::measure::{Measure, Span};
use crate::ownership::{WHOLE_PPM, percent};
use crate::rule::{CapOf, CapRule, Instrument};
use crate::tri::Tri;
use crate::value;

use super::matter::{Goods, Matter};
use super::shown::Shown;

/// Whether all caps are kept.
pub(crate) fn all(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    instrument: &Instrument,
    caps: &[String],
) -> Shown {
    caps.iter().fold(Shown::YES, |all, id| {
        all.and(|| match find(matter, instrument, id) {
            Some(cap) => kept(matter, goods, destination, cap),
            None => Shown::open(format!("cap {id}"), format!("add the cap `{id}` to the book")),
        })
    })
}

/// A cap by its identifier: of the same instrument, or of any that counts.
pub(crate) fn find<'a>(matter: &Matter<'a>, instrument: &'a Instrument, id: &str) -> Option<&'a CapRule> {
    let counting = matter.law.counting().flat_map(|(instrument, _)| &instrument.caps);
    instrument.caps.iter().chain(counting).find(|cap| cap.id == id)
}

/// Whether a cap is kept.
pub(crate) fn kept(matter: &Matter<'_>, goods: &Goods, destination: Option<Country>, cap: &CapRule) -> Shown {
    let sum = sum(matter, goods, cap);
    let shown = match sum {
        Some(Span { hi: Some(hi), .. }) if hi <= cap.limit => Shown::YES,
        Some(Span { lo, .. }) if lo > cap.limit => Shown::NO,
        _ => open(cap),
    };
    let shown = if matter.checked(cap.grade).holds.must() { shown } else { open(cap) };
    shown.because(|| words(cap, destination, sum))
}

/// A cap in words, with what is taken of it and whether it is kept.
pub(crate) fn described(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    cap: &CapRule,
) -> String {
    let stands = match kept(matter, goods, destination, cap).holds {
        Tri::Yes => "kept",
        Tri::No => "not kept",
        Tri::Open => "not known to be kept",
    };
    format!("{}: {stands}", words(cap, destination, sum(matter, goods, cap)))
}

/// What would be taken of a cap: TPP, or parts per million.
fn sum(matter: &Matter<'_>, goods: &Goods, cap: &CapRule) -> Option<Span> {
    let taken = &matter.transfer().taken;
    // What was taken is of one destination: of several that are possible it is not known of which.
    let one_destination = matches!(matter.destinations.as_slice(), [Some(_)]);
    let in_country = |taken: Option<Measure>| known(taken.filter(|_| one_destination));
    match cap.of {
        CapOf::ConsigneeYear => Some(value::plus(known(taken.consignee_year_tpp), own_tpp(matter))),
        CapOf::Country => Some(value::plus(in_country(taken.country_tpp), own_tpp(matter))),
        CapOf::ShareOfHomeUnits => share_of_home(matter, goods),
        CapOf::ShareOfUser => {
            share(in_country(taken.user_country_tpp), known(taken.user_tpp), own_tpp(matter))
        }
    }
}

/// Performance of all goods of the transfer together.
fn own_tpp(matter: &Matter<'_>) -> Span {
    let of = |goods: &Goods| {
        let units = Measure::whole(goods.units);
        Span {
            lo: goods.tpp.lo.by(units).unwrap_or(Measure::ZERO),
            hi: goods.tpp.hi.and_then(|hi| hi.by(units)),
        }
    };
    matter.goods.iter().map(of).fold(Span::exactly(Measure::ZERO), value::plus)
}

/// Units to the capped destinations, by those for use at home. What was taken is of one SKU.
fn share_of_home(matter: &Matter<'_>, goods: &Goods) -> Option<Span> {
    let taken = &matter.transfer().taken;
    let (capped, home) = taken.capped_units.zip(taken.home_units).filter(|_| matter.goods.len() == 1)?;
    let units = Measure::whole(capped).plus(Measure::whole(goods.units))?;
    if home == 0 {
        // Nothing at home: any unit is more than every share of it.
        let share = if units == Measure::ZERO { Measure::ZERO } else { Measure::MAX };
        return Some(Span::exactly(share));
    }
    Some(Span::exactly(ppm(units, Measure::whole(home))?))
}

/// A user's share in one country once these goods are there: it grows with them, as they count on both sides.
fn share(part: Span, all: Span, own: Span) -> Option<Span> {
    let whole = Measure::whole(u64::from(WHOLE_PPM));
    let at = |part: Measure, all: Measure, own: Measure| {
        let (part, all) = (part.plus(own)?, all.plus(own)?);
        if all == Measure::ZERO { Some(Measure::ZERO) } else { Some(ppm(part, all)?.min(whole)) }
    };
    let lo = all.hi.and_then(|all| at(part.lo, all, own.lo)).unwrap_or(Measure::ZERO);
    let hi = part.hi.zip(own.hi).and_then(|(part, own)| at(part, all.lo, own)).unwrap_or(whole);
    Some(Span { lo, hi: Some(hi) })
}

fn ppm(part: Measure, all: Measure) -> Option<Measure> {
    part.over(all)?.by(Measure::whole(u64::from(WHOLE_PPM)))
}

fn known(taken: Option<Measure>) -> Span {
    taken.map_or(Span::UNKNOWN, Span::exactly)
}

fn open(cap: &CapRule) -> Shown {
    let remedy = match cap.of {
        CapOf::ConsigneeYear => "say what this consignee and its parent took this year, in TPP",
        CapOf::Country => "leave one destination, and say what it took so far, in TPP",
        CapOf::ShareOfHomeUnits => {
            "say how many units of this SKU went there and how many for use at home, and decide on one SKU at a time"
        }
        CapOf::ShareOfUser => "leave one destination, and say what the user has there and in all, in TPP",
    };
    Shown::open(format!("what is taken of cap {}", cap.id), remedy)
}

fn words(cap: &CapRule, destination: Option<Country>, sum: Option<Span>) -> String {
    let place = destination.map_or_else(|| "the destination".to_owned(), |country| country.to_string());
    let (what, shares) = match cap.of {
        CapOf::ConsigneeYear => ("TPP to the consignee this year".to_owned(), false),
        CapOf::Country => (format!("TPP to {place}"), false),
        CapOf::ShareOfHomeUnits => ("of the units for use at home".to_owned(), true),
        CapOf::ShareOfUser => (format!("of the user's TPP in {place}"), true),
    };
    let shown = |measure: Measure| {
        if measure == Measure::MAX {
            return "more than any share".to_owned();
        }
        if !shares {
            return measure.to_string();
        }
        // Rounded down in words; the comparison itself is exact.
        percent(u64::try_from(measure.ratio().to_integer()).unwrap_or(u64::MAX))
    };
    let taken = match sum {
        Some(Span { lo, hi: Some(hi) }) if lo == hi => shown(lo),
        Some(Span { lo, hi: Some(hi) }) => format!("{} to {}", shown(lo), shown(hi)),
        Some(Span { lo, hi: None }) if lo > Measure::ZERO => format!("{} or more", shown(lo)),
        _ => "an unknown amount".to_owned(),
    };
    format!("cap {}: {taken} {what}, at most {}", cap.id, shown(cap.limit))
}
