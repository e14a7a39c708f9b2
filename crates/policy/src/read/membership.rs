//! Memberships: countries that are in a group, or are watched, from one day to another.

use crate::book::Membership;
use crate::country::Country;
use crate::date::Date;
use crate::read::text::{Table, Value};
use crate::source::Source;
use crate::spot::Spot;

const KEYS: [&str; 8] = ["countries", "from", "to", "known", "to_known", "grade", "source", "read"];
const DISPUTED_KEYS: [&str; 4] = ["countries", "grade", "source", "read"];

/// Reads the memberships of a key, each with its place.
pub(crate) fn read<'v>(table: &Table<'v, '_>, key: &'v str) -> Vec<(Membership, Spot)> {
    let memberships: Vec<_> = table.list(key).into_iter().filter_map(one).flatten().collect();
    twice(table, &memberships);
    memberships
}

/// Reads countries of which sources disagree, each with its place.
pub(crate) fn disputed(table: &Table<'_, '_>) -> Vec<(Country, Source, Spot)> {
    let mut all = Vec::new();
    for value in table.list("disputed") {
        let Some(table) = value.table(&DISPUTED_KEYS) else { continue };
        let Some(source) = table.source() else { continue };
        for value in table.list("countries") {
            all.extend(value.country().map(|country| (country, source.clone(), value.spot())));
        }
    }
    all
}

fn one(value: Value<'_, '_>) -> Option<Vec<(Membership, Spot)>> {
    let table = value.table(&KEYS)?;
    let source = table.source();
    let from = table.need("from").and_then(Value::date);
    let known = table.known();
    let to = table.get("to").map_or(Some(Date::MAX), Value::date);
    let to_known = table.get("to_known").map(Value::date);
    table.need("countries");
    let countries: Vec<_> = table.list("countries").into_iter().collect();
    let countries = countries.into_iter().filter_map(|value| Some((value.country()?, value.spot())));
    let countries: Vec<_> = countries.collect();
    let (source, from, known, to) = (source?, from?, known?, to?);
    let to_known = to_known.map_or(Some(known), |day| day)?;
    if from > to {
        table.note(format!("the membership ends on {to} before it begins on {from}"), "mend `from` or `to`");
        return None;
    }
    if to_known < known {
        table.note(
            format!("the end is known on {to_known} before the beginning on {known}"),
            "mend `to_known`",
        );
    }
    let split = countries.into_iter().flat_map(|(country, spot)| {
        let whole = Membership { country, within: true, from, to, known, source: source.clone() };
        split(whole, to_known).into_iter().map(move |membership| (membership, spot.clone()))
    });
    Some(split.collect())
}

/// An end that became known later is a second fact: until then the membership was known to go on.
fn split(whole: Membership, to_known: Date) -> Vec<Membership> {
    if to_known == whole.known || whole.to == Date::MAX {
        return vec![whole];
    }
    let left =
        Membership { within: false, from: whole.to.after(), to: Date::MAX, known: to_known, ..whole.clone() };
    vec![Membership { to: Date::MAX, ..whole }, left]
}

/// Notes a country that is in it twice on one day.
fn twice(table: &Table<'_, '_>, memberships: &[(Membership, Spot)]) {
    for (at, (one, spot)) in memberships.iter().enumerate() {
        let clashes = |(other, _): &&(Membership, Spot)| {
            let days = one.from <= other.to && other.from <= one.to;
            one.country == other.country && days && (one.within == other.within || one.known == other.known)
        };
        if let Some((other, first)) = memberships[..at].iter().find(clashes) {
            let what = format!(
                "`{}` is in it twice from {} to {}: first in line {}",
                one.country,
                one.from.max(other.from),
                one.to.min(other.to),
                first.line
            );
            table.text().note(spot.fault(what, "end the first with `to`, or take one out"));
        }
    }
}
