//! Story U11: a check of a chip beyond one number. H20 is below the lines of 2023, caught in April 2025, and inside the
//! window of January 2026, with its margin to each line and the next cut.
#![allow(
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as loudly as tests"
)]

mod lab;

use lab::{built_in, law, measure};
use lightcone_policy::cut::{self, Knob, Reach};
use lightcone_policy::decision::{Effect, Margin};
use lightcone_policy::rule::Side;
use lightcone_policy::sku::Metric;
use lightcone_policy::source::Grade;
use lightcone_policy::{Classification, Measure, Tri};

fn h20(date: &str) -> Classification {
    let book = built_in();
    law(book, date).classify(book.sku("H20").unwrap())
}

#[track_caller]
fn margin<'m>(margins: &'m [Margin], rule: &str, metric: Metric, line: &str) -> &'m Margin {
    let of = |margin: &&Margin| {
        margin.rule == rule && margin.bound.metric == metric && margin.bound.line == measure(line)
    };
    margins.iter().find(of).unwrap_or_else(|| panic!("no line {line} of {rule}"))
}

fn whole(value: u64) -> Option<Measure> {
    Some(Measure::whole(value))
}

#[test]
fn u11_h20_is_below_p02_caught_by_p08_and_inside_the_window_of_p13() {
    let below = h20("2025-04-08");
    assert_eq!(below.caught, Tri::No, "{below:#?}");
    let caught = h20("2025-04-16");
    assert_eq!((caught.caught, caught.of("is-informed")), (Tri::Yes, Tri::Yes));
    assert_eq!((caught.of("3A090.a"), caught.of("3A090.b")), (Tri::No, Tri::No));
    let named = caught.classes.iter().find(|of| of.rule == "P08.H20").unwrap();
    assert_eq!(
        (named.holds, named.ground.grade),
        (Tri::Yes, Grade::V),
        "the name is in a text that was read"
    );
    let reaches = caught.classes.iter().find(|of| of.rule == "P08.REACHES").unwrap();
    assert_eq!((reaches.holds, reaches.ground.grade), (Tri::Yes, Grade::U), "the letters' figures were not");
    let inside = h20("2026-01-16");
    let window = inside.windows.iter().find(|window| window.rule == "P13.REVIEW").unwrap();
    assert_eq!((window.within, window.ground.effect), (Tri::Yes, Effect::Reviews));
    assert_eq!(inside.of("is-informed"), Tri::Yes, "the window is for review: the class stays");
}

#[test]
fn u11_margins_of_h20_to_each_line_are_exact() {
    let found = h20("2026-01-16");
    let of = |rule, metric, line| {
        let margin = margin(&found.margins, rule, metric, line);
        (margin.caught, margin.distance, margin.distance_ppm)
    };
    assert_eq!(of("P02.3A090.a", Metric::Tpp, "4800"), (Tri::No, whole(2_432), Some(506_666)));
    assert_eq!(of("P02.3A090.a", Metric::Tpp, "1600"), (Tri::Yes, whole(768), Some(480_000)));
    // By hand: 5.92 times 814 is 4818.88; without 2368 that leaves 2450.88, by 814.
    let density = measure("2450.88").over(Measure::whole(814));
    assert_eq!(of("P02.3A090.a", Metric::PerformanceDensity, "5.92"), (Tri::No, density, Some(508_599)));
    assert_eq!(of("P02.3A090.b", Metric::Tpp, "2400"), (Tri::No, whole(32), Some(13_333)));
    assert_eq!(of("P08.REACHES", Metric::MemoryBandwidth, "1400"), (Tri::Yes, whole(2_600), Some(1_857_142)));
    assert_eq!(of("P08.REACHES", Metric::Interconnect, "1100"), (Tri::No, whole(200), Some(181_818)));
    assert_eq!(of("P08.REACHES", Metric::TotalBandwidth, "1700"), (Tri::Yes, whole(3_200), Some(1_882_352)));
    let window = found.windows.iter().find(|window| window.rule == "P13.REVIEW").unwrap();
    let of = |metric, line| {
        let margin = margin(&window.margins, "P13.REVIEW", metric, line);
        (margin.caught, margin.distance, margin.has.as_str())
    };
    assert_eq!(of(Metric::Tpp, "21000"), (Tri::No, whole(18_632), "2368 TPP"));
    assert_eq!(of(Metric::MemoryBandwidth, "6500"), (Tri::No, whole(2_500), "4000 GB/s"));
}

#[test]
fn u11_next_cuts_of_h20_are_printed() {
    let book = built_in();
    let says = |date| -> Vec<String> {
        cut::next(&law(book, date), book.sku("H20").unwrap()).into_iter().map(|cut| cut.says).collect()
    };
    assert_eq!(
        says("2025-04-08"),
        [
            "TPP 2368 may rise as long as it is below 2400 TPP",
            "die area 814 may shrink as long as it is above 740 mm2",
            "memory bandwidth 4000 may rise without end",
            "interconnect 900 may rise without end",
        ]
    );
    assert_eq!(
        says("2025-04-16"),
        [
            "no change of TPP alone is enough",
            "no change of die area alone is enough",
            "memory bandwidth 4000 must fall until it is below 800 GB/s",
            "no change of interconnect alone is enough",
        ]
    );
}

#[test]
fn u11_the_next_cut_names_rule_line_and_distance() {
    let book = built_in();
    let cuts = cut::next(&law(book, "2025-04-16"), book.sku("H20").unwrap());
    let memory = cuts.iter().find(|cut| cut.knob == Knob::MemoryBandwidth).unwrap();
    let needed = Reach::Needed {
        side: Side::Below,
        line: Measure::whole(800),
        change: whole(3_200),
        change_ppm: Some(4_000_000),
    };
    assert_eq!((memory.reach, memory.rules.as_slice()), (needed, ["P08.REACHES".to_owned()].as_slice()));
    let a100 = cut::next(&law(book, "2023-01-01"), book.sku("A100").unwrap());
    let reach: Vec<_> = a100.iter().map(|cut| cut.says.as_str()).collect();
    assert_eq!(
        reach,
        [
            "TPP 4992 must fall until it is below 4800 TPP",
            "no change of die area alone is enough",
            "no change of memory bandwidth alone is enough",
            "interconnect 600 must fall until it is below 600 GB/s",
        ]
    );
}

#[test]
fn u11_every_fact_of_h20_is_shown_with_its_source() {
    let facts = h20("2025-04-16").facts;
    let shown: Vec<_> = facts.iter().map(|fact| format!("{} = {}", fact.fact, fact.value)).collect();
    assert_eq!(
        shown,
        [
            "sku H20 dense rate at 16 bits = 148 TOPS",
            "sku H20 dense rate at 8 bits = 296 TOPS",
            "sku H20 die area = 814 mm2",
            "sku H20 interconnect = 900 GB/s",
            "sku H20 memory bandwidth = 4000 GB/s",
        ]
    );
    assert!(facts.iter().all(|fact| fact.grade == Grade::K && !fact.source.is_empty()));
}
