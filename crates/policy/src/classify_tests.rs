//! Classes of chips under a small book.

use super::*;
use crate::Book;
use crate::date::Date;
use crate::rule::{Clause, Kind, Side};
use crate::sku::{Metric, Rate, Reading};
use crate::source::{Grade, Source};
use crate::stand::Stand;
use crate::{Country, Measure, Span};

fn source(grade: Grade) -> Source {
    Source { grade, source: "data sheet".to_owned(), read: None }
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// `tpp>=4800 & performance_density<5.92`, `market=other`.
fn clause(text: &str) -> Clause {
    let mut clause = Clause { name: String::new(), bounds: Vec::new(), market: None, grade: None };
    for part in text.split(" & ") {
        if part == "market=other" {
            clause.name = "Note 2".to_owned();
            clause.market = Some(Market::Other);
            continue;
        }
        let at = part.find(['<', '>']).unwrap();
        let (metric, rest) = part.split_at(at);
        let (side, line) = rest.split_at(if rest[1..].starts_with('=') { 2 } else { 1 });
        let side = match side {
            ">=" => Side::AtLeast,
            ">" => Side::Above,
            "<" => Side::Below,
            _ => Side::AtMost,
        };
        let metric = Metric::ALL.into_iter().find(|known| known.name() == metric).unwrap();
        clause.bounds.push(Bound { metric, side, line: line.parse().unwrap() });
    }
    clause
}

fn item(id: &str, any: &[&str], except: &[&str], named: &[&str]) -> ItemRule {
    ItemRule {
        id: id.to_owned(),
        class: id.split_once('.').map_or(id, |(_, class)| class).to_owned(),
        any: any.iter().map(|text| clause(text)).collect(),
        except: except.iter().map(|text| clause(text)).collect(),
        named: named.iter().map(|&name| name.to_owned()).collect(),
        ..ItemRule::default()
    }
}

fn instrument(id: &str, kind: Kind, from: &str, items: Vec<ItemRule>) -> Instrument {
    let from = day(from);
    Instrument {
        id: id.to_owned(),
        authority: Country::new(*b"US").unwrap(),
        title: id.to_owned(),
        citation: format!("citation of {id}"),
        kind,
        known: from,
        in_force: (kind != Kind::Bill).then_some(from),
        to: Date::MAX,
        phases: Vec::new(),
        source: source(Grade::V),
        summary: String::new(),
        left_out: String::new(),
        replaces: Vec::new(),
        items,
        licences: Vec::new(),
        reviews: Vec::new(),
        exceptions: Vec::new(),
        caps: Vec::new(),
        ownership: Vec::new(),
        announced: Vec::new(),
    }
}

pub(crate) fn book() -> Book {
    let note_2 = ["tpp<4800 & market=other"];
    let a = item("P02.3A090.a", &["tpp>=4800", "tpp>=1600 & performance_density>=5.92"], &note_2, &[]);
    let mut b = item(
        "P02.3A090.b",
        &[
            "tpp>=2400 & tpp<4800 & performance_density>=1.6 & performance_density<5.92",
            "tpp>=1600 & performance_density>=3.2 & performance_density<5.92",
        ],
        &note_2,
        &[],
    );
    b.overlaps = vec![a.id.clone()];
    let letter = item("P08.is-informed", &["memory_bandwidth>=1400", "total_bandwidth>=1700"], &[], &["H20"]);
    let bill = item("B2.bill", &["memory_bandwidth>=4100", "tpp>=4800"], &[], &[]);
    Book {
        name: "test".to_owned(),
        since: day("2022-10-01"),
        as_of: day("2026-11-23"),
        digest: String::new(),
        instruments: vec![
            instrument("P02", Kind::Rule, "2023-11-17", vec![a, b]),
            instrument("P08", Kind::Letter, "2025-04-09", vec![letter]),
            instrument("B2", Kind::Bill, "2025-01-01", vec![bill]),
        ],
        groups: [].into(),
        treated_as: Vec::new(),
        named_apart: Vec::new(),
        covers: Vec::new(),
        skus: [].into(),
        flags: Vec::new(),
        watch: Vec::new(),
    }
}

fn reading(text: &str) -> Option<Reading> {
    let (lo, hi) = text.split_once("..").unwrap_or((text, text));
    let measure = |text: &str| text.parse::<Measure>().ok();
    let span = Span { lo: measure(lo)?, hi: measure(hi) };
    Some(Reading { span, source: source(Grade::K) })
}

/// A chip by TPP, die area, memory bandwidth and interconnect; `-`: unknown.
pub(crate) fn chip(name: &str, figures: [&str; 4], market: Market) -> Sku {
    let [tpp, area, memory, links] = figures.map(reading);
    Sku {
        name: name.to_owned(),
        market,
        rates: tpp.map(|tops| Rate { bits: 1, tops }).into_iter().collect(),
        die_area_mm2: area,
        memory_bandwidth_gbps: memory,
        interconnect_gbps: links,
        ..Sku::default()
    }
}

fn on(date: &str, sku: &Sku) -> Classification {
    Law::new(&book(), Stand::on(day(date))).classify(sku)
}

#[track_caller]
fn check(figures: [&str; 4], market: Market, a: Tri, b: Tri, caught: Tri) {
    let found = on("2024-01-01", &chip("test", figures, market));
    assert_eq!((found.of("3A090.a"), found.of("3A090.b"), found.caught), (a, b, caught), "{found:#?}");
}

use Tri::{No, Open, Yes};

#[test]
fn what_is_unknown_matters_only_where_it_makes_a_difference() {
    let data_centre = Market::DataCentre;
    check(["4800", "-", "-", "-"], data_centre, Yes, Open, Yes);
    check(["1599.999", "-", "-", "-"], data_centre, No, No, No);
    check(["2400", "-", "-", "-"], data_centre, Open, Open, Open);
    // 2400 by 350 is 6.8, by 500 it is 4.8: which class is open, that it is one of them is not.
    check(["2400", "350..500", "-", "-"], data_centre, Open, Open, Yes);
    check(["2400", "350..1500", "-", "-"], data_centre, Open, Open, Yes);
    check(["2400", "350..1501", "-", "-"], data_centre, Open, Open, Open);
    check(["-", "-", "-", "-"], data_centre, Open, Open, Open);
    // Each clause by itself is open, and one of them must hold: 4,500 to 5,000 on at most 700 mm².
    check(["4500..5000", "700", "-", "-"], data_centre, Yes, No, Yes);
    check(["4500..5000", "800", "-", "-"], data_centre, Open, Open, Yes);
}

#[test]
fn of_two_classes_that_overlap_one_counts_and_both_are_shown() {
    let found = on("2024-01-01", &chip("test", ["5000", "1000", "-", "-"], Market::DataCentre));
    let classes: Vec<_> =
        found.classes.iter().map(|classed| (classed.rule.as_str(), classed.holds, classed.counts)).collect();
    assert_eq!(classes, [("P02.3A090.a", Yes, Yes), ("P02.3A090.b", Yes, No)]);
    let found = on("2024-01-01", &chip("test", ["4500..5000", "1000", "-", "-"], Market::DataCentre));
    let classes: Vec<_> = found.classes.iter().map(|classed| (classed.holds, classed.counts)).collect();
    assert_eq!(classes, [(Open, Open), (Yes, Open)]);
}

#[test]
fn a_market_that_nobody_stated_leaves_a_note_open() {
    check(["4708", "608.5", "-", "-"], Market::Other, No, No, No);
    check(["4708", "608.5", "-", "-"], Market::DataCentre, Yes, No, Yes);
    check(["4708", "608.5", "-", "-"], Market::Unknown, Open, No, Open);
    check(["5285", "608.5", "-", "-"], Market::Other, Yes, No, Yes);
    let found = on("2024-01-01", &chip("test", ["4708", "608.5", "-", "-"], Market::Unknown));
    assert_eq!(found.missing.len(), 1, "{:?}", found.missing);
    assert_eq!(found.missing[0].fact, "sku test market");
}

#[test]
fn grounds_say_why_with_numbers_and_lean_on_the_weakest_fact() {
    let mut sku = chip("test", ["2368", "814", "4000", "900"], Market::DataCentre);
    sku.memory_bandwidth_gbps.as_mut().unwrap().source.grade = Grade::U;
    let found = on("2025-04-16", &sku);
    let why: Vec<_> = found.classes.iter().map(|classed| classed.ground.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "TPP 2368 is below 4800 TPP; performance density 2.909… is below 5.92 TPP/mm2",
            "TPP 2368 is below 2400 TPP; performance density 2.909… is below 3.2 TPP/mm2",
            "memory bandwidth 4000 is at or above 1400 GB/s",
        ]
    );
    let grades: Vec<_> = found.classes.iter().map(|classed| classed.ground.grade).collect();
    assert_eq!(grades, [Grade::K, Grade::K, Grade::U]);
    assert_eq!(found.would.len(), 1);
    assert_eq!((found.would[0].effect, found.would[0].applies), (Effect::WouldApply, No));
    assert!(found.classes.iter().all(|classed| classed.instrument != "B2"));
    sku.name = "h20".to_owned();
    let named = on("2025-04-16", &sku).classes[2].ground.clone();
    assert_eq!((named.why.as_str(), named.grade), ("the text names `H20`", Grade::V));
}

#[test]
fn margins_are_exact_and_say_on_which_side_the_chip_is() {
    let found = on("2024-01-01", &chip("test", ["2368", "814", "4000", "900"], Market::DataCentre));
    let margin = |line: &str, side: Side| {
        let line: Measure = line.parse().unwrap();
        let of = |margin: &&Margin| margin.bound.line == line && margin.bound.side == side;
        let margin = found.margins.iter().find(of).unwrap();
        (margin.caught, margin.distance.map(String::from), margin.distance_ppm)
    };
    assert_eq!(margin("4800", Side::AtLeast), (No, Some("2432".to_owned()), Some(506_666)));
    assert_eq!(margin("2400", Side::AtLeast), (No, Some("32".to_owned()), Some(13_333)));
    assert_eq!(margin("1.6", Side::AtLeast), (Yes, Some("72/55".to_owned()), Some(818_181)));
    let wide = on("2024-01-01", &chip("test", ["2300..2500", "-", "-", "-"], Market::DataCentre));
    let of =
        |line: u64| wide.margins.iter().find(|margin| margin.bound.line == Measure::whole(line)).unwrap();
    assert_eq!((of(2_400).caught, of(2_400).distance), (Open, None));
    assert_eq!(
        (of(4_800).caught, of(4_800).distance),
        (No, Some(Measure::whole(2_300))),
        "from the nearer end"
    );
}
