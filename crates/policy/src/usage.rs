//! Usage of computing by tenants, in TPP-hours: performance by units by time, exactly.
//!
//! An entry says that a tenant used units of a SKU from one instant to another. Only whole unit-seconds are added up,
//! and performance comes in once, at the end: how entries are cut makes no difference. What is entered twice counts
//! twice and is told as an overlap, because an entry may stand for several chips. Units whose performance is not known
//! are counted apart, in unit-hours: they are no TPP-hours of zero.

use std::collections::{BTreeMap, BTreeSet};

use num_rational::Ratio;
use serde::{Deserialize, Serialize};

use crate::country::{Countries, Country};
use crate::law::Law;
use crate::measure::Measure;
use crate::sku::Sku;
use crate::tri::Tri;

/// The most units of an entry.
pub const UNITS_MAX: u64 = 10_000_000;
/// The most overlaps that are listed; all are counted.
pub const OVERLAPS_MAX: usize = 1_000;

const SECONDS_AN_HOUR: i128 = 3_600;

/// A tenant used units of a SKU for a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Its identifier.
    pub id: String,
    /// What was used: the agent, chip or pool, by identifier.
    pub subject: String,
    /// The tenant, by its party.
    pub tenant: String,
    /// The SKU.
    pub sku: String,
    /// How many.
    pub units: u64,
    /// From this instant, in seconds since 1970.
    pub begin_s: i64,
    /// To this instant, not included.
    pub end_s: i64,
    /// Jurisdictions in which it may have been; empty: not known.
    pub possible: Vec<Country>,
}

/// From one instant to another, the second not included, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// The first instant.
    pub begin_s: i64,
    /// The first that is not in it.
    pub end_s: i64,
}

/// An entry that was not counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refused {
    /// The entry.
    pub entry: String,
    /// Which field is wrong.
    pub field: String,
    /// What it holds.
    pub value: String,
    /// What to do about it.
    pub remedy: String,
}

/// Two entries of one subject at one time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Overlap {
    /// The subject.
    pub subject: String,
    /// The entry that began first.
    pub first: String,
    /// The other.
    pub second: String,
    /// For how many seconds of the period.
    pub seconds: u64,
}

/// TPP-hours, and what could not be counted in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// TPP-hours of units whose performance is known.
    pub tpp_hours: Measure,
    /// Unit-hours of units whose performance is not known, by SKU.
    pub open_unit_hours: BTreeMap<String, Measure>,
}

impl Default for Total {
    fn default() -> Self {
        Self { tpp_hours: Measure::ZERO, open_unit_hours: BTreeMap::new() }
    }
}

/// TPP-hours of a class of goods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfClass {
    /// Of goods that are of the class.
    pub surely: Total,
    /// Of goods of which that is open.
    pub perhaps: Total,
}

/// Usage over a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The period.
    pub period: Period,
    /// All tenants together.
    pub all: Total,
    /// By tenant.
    pub tenants: BTreeMap<String, Total>,
    /// By class of goods, under the law of the report. Goods may be of several classes: classes do not add up to all.
    pub classes: BTreeMap<String, OfClass>,
    /// Of goods that are of no class.
    pub of_no_class: Total,
    /// By the jurisdictions in which it may have been, the whole set; an empty set: not known.
    pub possible: BTreeMap<Vec<Country>, Total>,
    /// Overlaps, by subject; at most [`OVERLAPS_MAX`].
    pub overlaps: Vec<Overlap>,
    /// How many there are.
    pub overlaps_count: usize,
    /// Entries that were not counted.
    pub refused: Vec<Refused>,
}

/// Usage over a period. SKUs of the caller come before the book's.
#[must_use]
pub fn report(law: &Law<'_>, skus: &BTreeMap<String, Sku>, entries: &[Entry], period: Period) -> Report {
    let (refused, valid): (Vec<_>, Vec<_>) = entries.iter().map(checked).partition(Result::is_err);
    let valid: Vec<&Entry> = valid.into_iter().flatten().filter(|entry| within(entry, period) > 0).collect();
    let chips = chips(law, skus, &valid);
    let total = |wanted: &dyn Fn(&Entry) -> bool| {
        total(&chips, valid.iter().copied().filter(|entry| wanted(entry)), period)
    };
    let of = |sku: &str, class: &str| {
        chips.get(sku).and_then(|chip| chip.classes.get(class)).copied().unwrap_or(Tri::No)
    };
    let classes: BTreeSet<&String> = chips.values().flat_map(|chip| chip.classes.keys()).collect();
    let of_class = |class: &String| OfClass {
        surely: total(&|entry| of(&entry.sku, class) == Tri::Yes),
        perhaps: total(&|entry| of(&entry.sku, class) == Tri::Open),
    };
    let (overlaps_count, overlaps) = overlaps(&valid, period);
    Report {
        period,
        all: total(&|_| true),
        tenants: split(&chips, &valid, period, |entry| entry.tenant.clone()),
        classes: classes.into_iter().map(|class| (class.clone(), of_class(class))).collect(),
        of_no_class: total(&|entry| chips.get(entry.sku.as_str()).is_some_and(|chip| chip.caught == Tri::No)),
        possible: split(&chips, &valid, period, |entry| set(&entry.possible)),
        overlaps,
        overlaps_count,
        refused: refused.into_iter().filter_map(Result::err).collect(),
    }
}

/// What is asked of a chip.
struct Chip {
    tpp: Option<Measure>,
    caught: Tri,
    classes: BTreeMap<String, Tri>,
}

fn chips<'e>(law: &Law<'_>, skus: &BTreeMap<String, Sku>, entries: &[&'e Entry]) -> BTreeMap<&'e str, Chip> {
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry.sku.as_str()).collect();
    let chip = |name: &str| {
        let Some(sku) = skus.get(name).or_else(|| law.book().sku(name)) else {
            return Chip { tpp: None, caught: Tri::Open, classes: BTreeMap::new() };
        };
        let classification = law.classify(sku);
        let mut classes: BTreeMap<String, Tri> = BTreeMap::new();
        for classed in classification.classes.iter().filter(|classed| classed.counts.may()) {
            let holds = classes.entry(classed.class.clone()).or_insert(Tri::No);
            *holds = *holds | classed.counts;
        }
        Chip { tpp: sku.tpp(), caught: classification.caught, classes }
    };
    names.into_iter().map(|name| (name, chip(name))).collect()
}

fn split<K: Ord>(
    chips: &BTreeMap<&str, Chip>,
    entries: &[&Entry],
    period: Period,
    key: impl Fn(&Entry) -> K,
) -> BTreeMap<K, Total> {
    let mut parts: BTreeMap<K, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        parts.entry(key(entry)).or_default().push(entry);
    }
    parts.into_iter().map(|(key, part)| (key, total(chips, part.into_iter(), period))).collect()
}

fn total<'e>(
    chips: &BTreeMap<&str, Chip>,
    entries: impl Iterator<Item = &'e Entry>,
    period: Period,
) -> Total {
    let mut unit_seconds: BTreeMap<&str, i128> = BTreeMap::new();
    for entry in entries {
        let seconds = i128::from(within(entry, period)) * i128::from(entry.units);
        let sum = unit_seconds.entry(&entry.sku).or_default();
        *sum = sum.saturating_add(seconds);
    }
    let mut total = Total::default();
    for (sku, seconds) in unit_seconds {
        let hours = Measure::of_ratio(Ratio::new(seconds, SECONDS_AN_HOUR)).unwrap_or(Measure::ZERO);
        match chips.get(sku).and_then(|chip| chip.tpp) {
            // What is too large to be told exactly is told as the largest that can be.
            Some(tpp) => {
                let sum = hours.by(tpp).and_then(|hours| total.tpp_hours.plus(hours));
                total.tpp_hours = sum.unwrap_or(Measure::MAX);
            }
            None => _ = total.open_unit_hours.insert(sku.to_owned(), hours),
        }
    }
    total
}

fn checked(entry: &Entry) -> Result<&Entry, Refused> {
    let refused = |field: &str, value: String, remedy: &str| {
        Err(Refused { entry: entry.id.clone(), field: field.to_owned(), value, remedy: remedy.to_owned() })
    };
    if entry.end_s < entry.begin_s {
        return refused("end_s", entry.end_s.to_string(), "give an end that is not before the begin");
    }
    if entry.units == 0 || entry.units > UNITS_MAX {
        return refused("units", entry.units.to_string(), "give from 1 to 10,000,000 units");
    }
    if entry.tenant.is_empty() {
        return refused("tenant", String::new(), "name the tenant's party");
    }
    Ok(entry)
}

/// Seconds of an entry that are in a period.
fn within(entry: &Entry, period: Period) -> u64 {
    let begin = entry.begin_s.max(period.begin_s);
    let end = entry.end_s.min(period.end_s);
    if end > begin { end.abs_diff(begin) } else { 0 }
}

fn overlaps(entries: &[&Entry], period: Period) -> (usize, Vec<Overlap>) {
    let mut order: Vec<&Entry> = entries.iter().copied().filter(|entry| !entry.subject.is_empty()).collect();
    order.sort_by(|a, b| {
        (&a.subject, a.begin_s, a.end_s, &a.id).cmp(&(&b.subject, b.begin_s, b.end_s, &b.id))
    });
    let (mut count, mut told) = (0, Vec::new());
    let mut last: Option<&Entry> = None;
    for entry in order {
        // Of those that began before, the one that lasts longest overlaps most.
        let before = last.filter(|last| last.subject == entry.subject);
        let common = |last: &Entry| Entry {
            begin_s: entry.begin_s,
            end_s: last.end_s.min(entry.end_s),
            ..entry.clone()
        };
        if let Some((last, seconds)) =
            before.map(|last| (last, within(&common(last), period))).filter(|(_, s)| *s > 0)
        {
            count += 1;
            let (first, second) = (last.id.clone(), entry.id.clone());
            if told.len() < OVERLAPS_MAX {
                told.push(Overlap { subject: entry.subject.clone(), first, second, seconds });
            }
        }
        last = match before {
            Some(last) if last.end_s >= entry.end_s => Some(last),
            _ => Some(entry),
        };
    }
    (count, told)
}

fn set(countries: &[Country]) -> Vec<Country> {
    countries.iter().copied().collect::<Countries>().iter().collect()
}
