//! Every line of every rule of the built-in book: a chip exactly at it, just below it and just above it.
#![allow(
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as loudly as tests"
)]

mod lab;

use lab::{Spec, alone, built_in, catches, goods_of, holds, keeps, law, measure};
use lightcone_policy::rule::{Bound, Clause, Instrument, ItemRule, Side};
use lightcone_policy::sku::{Goods, Market};
use lightcone_policy::{Book, Measure, Tri};

/// How far from a line the neighbours are, in its metric's unit.
const STEP: &str = "0.001";
const ANY_DAY: &str = "2020-01-01";

/// A chip just below a line, at it, and just above it.
fn around(spec: Spec, bound: &Bound) -> [Spec; 3] {
    let step = measure(STEP);
    let line = bound.line;
    [line.minus(step).unwrap(), line, line.plus(step).unwrap()].map(|value| {
        let mut spec = spec;
        spec.set(bound.metric, value);
        spec
    })
}

/// On which of the three a chip is on the line's side.
const fn sides(side: Side) -> [bool; 3] {
    match side {
        Side::AtLeast => [false, true, true],
        Side::Above => [false, false, true],
        Side::Below => [true, false, false],
        Side::AtMost => [true, true, false],
    }
}

/// Whether a rule catches chips, as the product says it and as plain comparison says it.
#[track_caller]
fn check_rule(
    book: &Book,
    instrument: &Instrument,
    rule: &ItemRule,
    specs: [Spec; 3],
    goods: Goods,
) -> [bool; 3] {
    let law = law(book, ANY_DAY);
    specs.map(|spec| {
        let found = law.classify(&spec.chip(goods));
        let of_rule = found.classes.iter().find(|classed| classed.rule == rule.id).unwrap();
        let expected = catches(&spec, rule);
        assert_eq!(
            of_rule.holds,
            Tri::from(expected),
            "{} {}: {spec:?}\n{}",
            instrument.id,
            rule.id,
            of_rule.ground.why
        );
        let any = instrument.items.iter().any(|rule| catches(&spec, rule));
        assert_eq!(found.caught, Tri::from(any), "{} {spec:?}", instrument.id);
        expected
    })
}

/// A rule with nothing but this clause.
fn only(instrument: &Instrument, rule: &ItemRule, clause: &Clause) -> Instrument {
    let rule = ItemRule { any: vec![clause.clone()], except: Vec::new(), ..rule.clone() };
    Instrument { items: vec![rule], ..instrument.clone() }
}

#[test]
fn every_line_of_every_item_rule_flips_its_clause_exactly() {
    let book = built_in();
    let mut lines = 0;
    for instrument in &book.instruments {
        for rule in &instrument.items {
            for clause in &rule.any {
                let spec = Spec { market: clause.market.unwrap_or(Market::DataCentre), ..Spec::harmless() };
                let goods = goods_of(&clause.bounds);
                let single = only(instrument, rule, clause);
                let single_book = alone(book, &single);
                let whole_book = alone(book, instrument);
                for bound in &clause.bounds {
                    let specs = around(spec.keeping(&clause.bounds), bound);
                    let flips = check_rule(&single_book, &single, &single.items[0], specs, goods);
                    assert_eq!(flips, sides(bound.side), "{} {bound:?}", rule.id);
                    check_rule(&whole_book, instrument, rule, specs, goods);
                    lines += 1;
                }
            }
        }
    }
    assert!(lines >= 24, "only {lines} lines were looked at");
}

#[test]
fn every_line_that_takes_out_again_flips_its_rule_exactly() {
    let book = built_in();
    let mut lines = 0;
    for instrument in &book.instruments {
        for rule in &instrument.items {
            for except in &rule.except {
                for bound in &except.bounds {
                    let market = except.market.unwrap_or(Market::DataCentre);
                    let spec = Spec { market, ..Spec::harmless() };
                    let flips = rule.any.iter().filter(|clause| {
                        let goods = goods_of(&clause.bounds);
                        let specs = around(spec.keeping(&clause.bounds), bound);
                        let caught = check_rule(&alone(book, instrument), instrument, rule, specs, goods);
                        caught == sides(bound.side).map(|out| !out)
                    });
                    assert!(flips.count() > 0, "{} {bound:?} makes no difference", rule.id);
                    // And for the other market it takes nothing out.
                    let other = if market == Market::Other { Market::DataCentre } else { Market::Other };
                    let spec = Spec { market: other, ..spec };
                    assert!(!holds(&spec.keeping(&except.bounds), except) || except.market.is_none());
                    lines += 1;
                }
            }
        }
    }
    assert!(lines >= 2, "only {lines} lines were looked at");
}

#[test]
fn every_line_of_every_review_rule_and_exception_flips_its_window_exactly() {
    let book = built_in();
    let mut lines = 0;
    for instrument in &book.instruments {
        let reviews = instrument.reviews.iter().map(|rule| (&rule.id, &rule.bounds, rule.market));
        let exceptions = instrument.exceptions.iter().map(|rule| (&rule.id, &rule.bounds, rule.market));
        for (rule, bounds, market) in reviews.chain(exceptions) {
            let spec =
                Spec { market: market.unwrap_or(Market::DataCentre), ..Spec::harmless() }.keeping(bounds);
            for bound in bounds {
                let alone = alone(book, instrument);
                let law = law(&alone, ANY_DAY);
                let within = around(spec, bound).map(|spec| {
                    let found = law.classify(&spec.chip(goods_of(bounds)));
                    let window = found.windows.iter().find(|window| window.rule == *rule).unwrap();
                    assert_eq!(
                        window.within,
                        Tri::from(bounds.iter().all(|bound| keeps(&spec, bound))),
                        "{rule}"
                    );
                    window.within.must()
                });
                assert_eq!(within, sides(bound.side), "{rule} {bound:?}");
                lines += 1;
            }
        }
    }
    assert!(lines >= 3, "only {lines} lines were looked at");
}

#[test]
fn every_chip_that_a_rule_names_is_caught_whatever_its_figures() {
    let book = built_in();
    let mut named = 0;
    for instrument in &book.instruments {
        for rule in &instrument.items {
            let alone = alone(book, instrument);
            let law = law(&alone, ANY_DAY);
            for name in &rule.named {
                let mut chip = Spec::harmless().chip(Goods::Processor);
                let of_rule = |chip: &lightcone_policy::Sku| {
                    let found = law.classify(chip);
                    found.classes.into_iter().find(|classed| classed.rule == rule.id).unwrap().holds
                };
                assert_eq!(of_rule(&chip), Tri::No, "{}", rule.id);
                chip.aliases = vec![name.to_lowercase()];
                assert_eq!(of_rule(&chip), Tri::Yes, "{}", rule.id);
                named += 1;
            }
        }
    }
    assert!(named >= 1);
}

/// A chip by TPP, density, memory bandwidth and interconnect, and whether it is of a class on a day.
#[track_caller]
fn check(date: &str, class: &str, [tpp, density, memory, links]: [&str; 4], expected: bool) {
    let book = built_in();
    let spec = Spec {
        tpp: measure(tpp),
        density: measure(density),
        memory: measure(memory),
        links: measure(links),
        ..Spec::harmless()
    };
    let found = law(book, date).classify(&spec.chip(Goods::Processor));
    assert_eq!(found.of(class), Tri::from(expected), "{class} on {date}: {spec:?}");
}

#[test]
fn in_2022_both_a_tpp_of_4800_and_600_gb_s_were_needed() {
    let date = "2023-01-01";
    check(date, "3A090", ["4800", "1", "1", "600"], true);
    check(date, "3A090", ["4799.999", "1", "1", "600"], false);
    check(date, "3A090", ["4800", "1", "1", "599.999"], false);
    check(date, "3A090", ["4992", "6", "2039", "400"], false);
    check("2022-10-20", "3A090", ["4800", "1", "1", "600"], false);
    check("2023-11-17", "3A090", ["4800", "1", "1", "600"], false);
}

#[test]
fn from_november_2023_on_a_chip_is_of_a_by_tpp_or_by_density() {
    let date = "2023-11-17";
    check(date, "3A090.a", ["4800", "0.01", "1", "1"], true);
    check(date, "3A090.a", ["4799.999", "0.01", "1", "1"], false);
    check(date, "3A090.a", ["1600", "5.92", "1", "1"], true);
    check(date, "3A090.a", ["1599.999", "5.92", "1", "1"], false);
    check(date, "3A090.a", ["1600", "5.919", "1", "1"], false);
    check("2023-11-16", "3A090.a", ["4800", "0.01", "1", "1"], false);
}

#[test]
fn from_november_2023_on_a_chip_is_of_b_between_lines() {
    let date = "2023-11-17";
    check(date, "3A090.b", ["2400", "1.6", "1", "1"], true);
    check(date, "3A090.b", ["2399.999", "1.6", "1", "1"], false);
    check(date, "3A090.b", ["2400", "1.599", "1", "1"], false);
    check(date, "3A090.b", ["4799.999", "1.6", "1", "1"], true);
    check(date, "3A090.b", ["4800", "1.6", "1", "1"], false);
    check(date, "3A090.b", ["2400", "5.919", "1", "1"], true);
    check(date, "3A090.b", ["2400", "5.92", "1", "1"], false);
    check(date, "3A090.b", ["1600", "3.2", "1", "1"], true);
    check(date, "3A090.b", ["1599.999", "3.2", "1", "1"], false);
    check(date, "3A090.b", ["1600", "3.199", "1", "1"], false);
    check(date, "3A090.b", ["1600", "5.919", "1", "1"], true);
    check(date, "3A090.b", ["1600", "5.92", "1", "1"], false);
}

#[test]
fn note_2_takes_out_what_is_not_for_data_centres_below_4800() {
    let book = built_in();
    let law = law(book, "2023-11-17");
    let of = |tpp: &str, density: &str, market| {
        let spec = Spec { tpp: measure(tpp), density: measure(density), market, ..Spec::harmless() };
        law.classify(&spec.chip(Goods::Processor)).caught
    };
    assert_eq!(of("4799.999", "8", Market::Other), Tri::No);
    assert_eq!(of("4799.999", "4", Market::Other), Tri::No);
    assert_eq!(of("4799.999", "8", Market::DataCentre), Tri::Yes);
    assert_eq!(of("4799.999", "8", Market::Unknown), Tri::Open);
    assert_eq!(of("4800", "8", Market::Other), Tri::Yes);
    assert_eq!(of("4800", "8", Market::Unknown), Tri::Yes);
}

#[test]
fn stacks_of_memory_are_of_c_above_2_and_excepted_below_3_3() {
    let book = built_in();
    let law = law(book, "2025-01-01");
    let of = |stacked: &str| {
        let spec = Spec { memory: Measure::whole(400), stacked: measure(stacked), ..Spec::harmless() };
        let found = law.classify(&spec.chip(Goods::MemoryStack));
        let window = found.windows.iter().find(|window| window.rule == "P05.HBM").unwrap().within;
        (found.of("3A090.c"), window)
    };
    assert_eq!(of("2"), (Tri::No, Tri::Yes));
    assert_eq!(of("2.001"), (Tri::Yes, Tri::Yes));
    assert_eq!(of("3.299"), (Tri::Yes, Tri::Yes));
    assert_eq!(of("3.3"), (Tri::Yes, Tri::No));
    // The memory in a processor's package is the processor's.
    let spec = Spec { memory: Measure::whole(4_000), stacked: measure("9"), ..Spec::harmless() };
    assert_eq!(law.classify(&spec.chip(Goods::Processor)).of("3A090.c"), Tri::No);
}

#[test]
fn the_letters_of_april_2025_reach_chips_by_bandwidth() {
    let date = "2025-04-15";
    check(date, "is-informed", ["1", "0.01", "1400", "0"], true);
    check(date, "is-informed", ["1", "0.01", "1399.999", "0"], false);
    check(date, "is-informed", ["1", "0.01", "0", "1100"], true);
    check(date, "is-informed", ["1", "0.01", "0", "1099.999"], false);
    check(date, "is-informed", ["1", "0.01", "700", "1000"], true);
    check(date, "is-informed", ["1", "0.01", "700", "999.999"], false);
    check("2025-04-14", "is-informed", ["1", "0.01", "1400", "0"], false);
}

#[test]
fn the_window_of_january_2026_ends_at_21000_and_6500() {
    let book = built_in();
    let law = law(book, "2026-01-15");
    let within = |tpp: &str, memory: &str| {
        let spec = Spec { tpp: measure(tpp), memory: measure(memory), ..Spec::harmless() };
        let found = law.classify(&spec.chip(Goods::Processor));
        found.windows.iter().find(|window| window.rule == "P13.REVIEW").unwrap().within
    };
    assert_eq!(within("20999.999", "6499.999"), Tri::Yes);
    assert_eq!(within("21000", "6499.999"), Tri::No);
    assert_eq!(within("20999.999", "6500"), Tri::No);
}

#[test]
fn a_bill_is_shown_and_counts_as_a_draft_only() {
    let book = built_in();
    let chip = |memory: &str| Spec { memory: measure(memory), ..Spec::harmless() }.chip(Goods::Processor);
    let law = law(book, "2026-11-23");
    let found = law.classify(&chip("4100"));
    assert!(found.classes.iter().all(|classed| classed.instrument != "B2"));
    let shown = found.would.iter().find(|ground| ground.rule == "B2.ADVANCED").unwrap();
    assert_eq!(shown.applies, Tri::Yes, "{}", shown.why);
    let mut stand = law.stand().clone();
    stand.drafts.insert("B2".to_owned());
    let draft = lightcone_policy::Law::new(book, stand);
    let of = |[tpp, density, memory, links]: [&str; 4]| {
        let spec = Spec {
            tpp: measure(tpp),
            density: measure(density),
            memory: measure(memory),
            links: measure(links),
            ..Spec::harmless()
        };
        draft.classify(&spec.chip(Goods::Processor)).of("gain-advanced").must()
    };
    assert!(of(["1", "0.01", "4100", "0"]) && !of(["1", "0.01", "4099.999", "0"]));
    assert!(of(["1", "0.01", "0", "1100"]) && !of(["1", "0.01", "0", "1099.999"]));
    assert!(of(["1", "0.01", "4000", "1000"]) && !of(["1", "0.01", "4000", "999.999"]));
    assert!(of(["4800", "0.01", "1", "1"]) && !of(["4799.999", "0.01", "1", "1"]));
    assert!(of(["2400", "1.6", "1", "1"]) && !of(["2400", "1.599", "1", "1"]));
    assert!(of(["1600", "3.2", "1", "1"]) && !of(["1600", "3.199", "1", "1"]));
}
