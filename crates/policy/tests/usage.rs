//! TPP-hours: exact, however entries are cut, and open where performance is not known.

mod trade;

use std::collections::BTreeMap;

use lightcone_policy::rule::{Bound, Clause, Enforcement, Instrument, ItemRule, Kind, Phase, Side};
use lightcone_policy::sku::Metric;
use lightcone_policy::usage::{self, Entry, Period, Report, UNITS_MAX};
use lightcone_policy::{Book, Date, Law, Measure, Stand};
use proptest::prelude::*;
use trade::{book, country, day, source};

const DAY: Period = Period { begin_s: 0, end_s: 86_400 };

fn entry(id: &str, tenant: &str, sku: &str, units: u64, begin_s: i64, end_s: i64) -> Entry {
    Entry {
        id: id.to_owned(),
        subject: id.to_owned(),
        tenant: tenant.to_owned(),
        sku: sku.to_owned(),
        units,
        begin_s,
        end_s,
        possible: vec![country("SG"), country("MY")],
    }
}

/// A book with one class: 4,800 TPP and more.
fn with_a_class() -> Book {
    let bound = Bound { metric: Metric::Tpp, side: Side::AtLeast, line: Measure::whole(4_800) };
    let clause = Clause { name: String::new(), bounds: vec![bound], market: None, grade: None };
    let mut book = book();
    book.instruments = vec![Instrument {
        id: "T1".to_owned(),
        authority: country("US"),
        title: "test".to_owned(),
        citation: "test".to_owned(),
        kind: Kind::Rule,
        known: day("2023-01-01"),
        in_force: Some(day("2023-01-01")),
        to: Date::MAX,
        phases: vec![Phase {
            from: day("2023-01-01"),
            to: Date::MAX,
            state: Enforcement::Enforced,
            known: day("2023-01-01"),
            by: String::new(),
            source: source(),
        }],
        source: source(),
        summary: String::new(),
        left_out: String::new(),
        replaces: Vec::new(),
        items: vec![ItemRule {
            id: "T1.a".to_owned(),
            class: "a".to_owned(),
            any: vec![clause],
            ..ItemRule::default()
        }],
        licences: Vec::new(),
        reviews: Vec::new(),
        exceptions: Vec::new(),
        caps: Vec::new(),
        ownership: Vec::new(),
        announced: Vec::new(),
    }];
    book
}

fn report(entries: &[Entry], period: Period) -> Report {
    let book = with_a_class();
    let law = Law::new(&book, Stand::on(day("2025-09-01")));
    usage::report(&law, &BTreeMap::new(), entries, period)
}

fn measure(text: &str) -> Measure {
    text.parse().expect("a measure")
}

#[test]
fn tpp_hours_are_performance_by_units_by_time() {
    let entries = [
        // 15,832 TPP by 8 for 2 hours, and 1,544 TPP for 20 minutes: a third of an hour.
        entry("a", "acme", "H100-SXM", 8, 3_600, 10_800),
        entry("b", "acme", "L2", 1, 0, 1_200),
        entry("c", "zeta", "X1", 3, 0, 3_600),
    ];
    let report = report(&entries, DAY);
    assert_eq!(report.tenants["acme"].tpp_hours, measure("253312").plus(measure("1544/3")).unwrap());
    assert_eq!(report.tenants["zeta"].tpp_hours, Measure::ZERO);
    assert_eq!(report.tenants["zeta"].open_unit_hours["X1"], Measure::whole(3));
    assert_eq!(report.classes["a"].surely.tpp_hours, measure("253312"));
    assert_eq!(report.classes["a"].perhaps.open_unit_hours["X1"], Measure::whole(3));
    assert_eq!(report.of_no_class.tpp_hours, measure("1544/3"));
    assert_eq!(report.possible[&vec![country("MY"), country("SG")]], report.all);
    assert!(report.overlaps.is_empty() && report.refused.is_empty());
}

#[test]
fn only_what_is_in_the_period_counts() {
    let entries = [
        entry("a", "acme", "L2", 1, -3_600, 3_600),
        entry("b", "acme", "L2", 1, 82_800, 90_000),
        entry("c", "acme", "L2", 1, 86_400, 90_000),
    ];
    assert_eq!(report(&entries, DAY).all.tpp_hours, Measure::whole(2 * 1_544));
}

#[test]
fn overlaps_of_one_subject_are_told_and_counted_twice() {
    let mut entries = [
        entry("a", "acme", "L2", 1, 0, 7_200),
        entry("b", "zeta", "L2", 1, 3_600, 5_400),
        entry("c", "acme", "L2", 1, 5_400, 9_000),
    ];
    entries.iter_mut().for_each(|entry| entry.subject = "chip".to_owned());
    let report = report(&entries, DAY);
    let told: Vec<_> =
        report.overlaps.iter().map(|it| (it.first.as_str(), it.second.as_str(), it.seconds)).collect();
    assert_eq!(told, [("a", "b", 1_800), ("a", "c", 1_800)]);
    assert_eq!(report.all.tpp_hours, measure("5404"));
}

#[test]
fn entries_that_cannot_be_are_refused_with_field_value_and_remedy() {
    let entries = [
        entry("a", "acme", "L2", 1, 10, 9),
        entry("b", "acme", "L2", 0, 0, 9),
        entry("c", "acme", "L2", UNITS_MAX + 1, 0, 9),
        entry("d", "", "L2", 1, 0, 9),
        entry("e", "acme", "L2", UNITS_MAX, i64::MIN, i64::MAX),
    ];
    let report = report(&entries, Period { begin_s: i64::MIN, end_s: i64::MAX });
    let refused: Vec<_> =
        report.refused.iter().map(|it| (it.entry.as_str(), it.field.as_str(), it.value.as_str())).collect();
    assert_eq!(
        refused,
        [("a", "end_s", "9"), ("b", "units", "0"), ("c", "units", "10000001"), ("d", "tenant", "")]
    );
    assert!(report.all.tpp_hours > Measure::ZERO);
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let one = (0..4_usize, 0..3_usize, 1..5_000_u64, -50_000..120_000_i64, 0..90_000_i64, 0..3_usize);
    let all = prop::collection::vec(one, 1..24);
    all.prop_map(|all| {
        let entry = |(at, (tenant, sku, units, begin, length, place)): (
            usize,
            (usize, usize, u64, i64, i64, usize),
        )| {
            let (tenant, sku) = (["t0", "t1", "t2", "t3"][tenant], ["H100-SXM", "L2", "X1"][sku]);
            let mut entry = entry(&format!("e{at}"), tenant, sku, units, begin, begin + length);
            entry.possible = ["SG", "MY", "JP"][..place].iter().map(|code| country(code)).collect();
            entry
        };
        all.into_iter().enumerate().map(entry).collect()
    })
}

fn sum<'t>(totals: impl Iterator<Item = &'t usage::Total>) -> (Measure, BTreeMap<String, Measure>) {
    let mut sum = (Measure::ZERO, BTreeMap::new());
    for total in totals {
        sum.0 = sum.0.plus(total.tpp_hours).expect("small");
        for (sku, hours) in &total.open_unit_hours {
            let open = sum.1.entry(sku.clone()).or_insert(Measure::ZERO);
            *open = open.plus(*hours).expect("small");
        }
    }
    sum
}

proptest! {
    #[test]
    fn parts_add_up_to_the_whole(entries in entries()) {
        let report = report(&entries, DAY);
        let whole = (report.all.tpp_hours, report.all.open_unit_hours.clone());
        prop_assert_eq!(&sum(report.tenants.values()), &whole);
        prop_assert_eq!(&sum(report.possible.values()), &whole);
        let class = &report.classes.get("a").cloned().unwrap_or_default();
        prop_assert_eq!(&sum([&class.surely, &class.perhaps, &report.of_no_class].into_iter()), &whole);
    }

    #[test]
    fn cutting_entries_or_the_period_changes_nothing(entries in entries(), cut in 0..90_000_i64) {
        let whole = report(&entries, DAY);
        let halves = |entry: &Entry| {
            let at = (entry.begin_s + cut).min(entry.end_s);
            [Entry { end_s: at, ..entry.clone() }, Entry { begin_s: at, ..entry.clone() }]
        };
        let cut_up: Vec<Entry> = entries.iter().flat_map(halves).collect();
        let again = report(&cut_up, DAY);
        prop_assert_eq!(&again.all, &whole.all);
        prop_assert_eq!(&again.tenants, &whole.tenants);
        prop_assert_eq!(&again.classes, &whole.classes);
        prop_assert_eq!(&again.possible, &whole.possible);
        let at = cut.min(DAY.end_s);
        let periods = [Period { end_s: at, ..DAY }, Period { begin_s: at, ..DAY }];
        let parts = periods.map(|period| report(&entries, period).all);
        prop_assert_eq!(sum(parts.iter()), (whole.all.tpp_hours, whole.all.open_unit_hours));
    }
}
