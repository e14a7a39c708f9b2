//! Metrics from figures.

use proptest::prelude::*;

use super::*;
use crate::source::Source;

fn measure(text: &str) -> Measure {
    text.parse().unwrap()
}

fn reading(text: &str, grade: Grade) -> Reading {
    let (lo, hi) = text.split_once("..").unwrap_or((text, text));
    let span = Span { lo: measure(lo), hi: Some(measure(hi)) };
    Reading { span, source: Source { grade, source: "data sheet".to_owned(), read: None } }
}

fn rate(tops: &str, bits: u16, grade: Grade) -> Rate {
    Rate { bits, tops: reading(tops, grade) }
}

/// An H20 by its data sheet.
fn h20() -> Sku {
    Sku {
        name: "H20".to_owned(),
        rates: vec![rate("148", 16, Grade::K), rate("296", 8, Grade::K)],
        die_area_mm2: Some(reading("814", Grade::K)),
        interconnect_gbps: Some(reading("900", Grade::K)),
        memory_bandwidth_gbps: Some(reading("4000", Grade::S)),
        ..Sku::default()
    }
}

#[test]
fn every_metric_of_an_h20_is_exact() {
    let shown = |metric| h20().value(metric).span.to_string();
    assert_eq!(h20().tpp(), Some(measure("2368")));
    assert_eq!(h20().value(Metric::PerformanceDensity).span, Span::exactly(measure("1184/407")));
    assert_eq!(shown(Metric::PerformanceDensity), "2.909…");
    assert_eq!(shown(Metric::Interconnect), "900");
    assert_eq!(shown(Metric::MemoryBandwidth), "4000");
    assert_eq!(shown(Metric::TotalBandwidth), "4900");
    let total = h20().value(Metric::TotalBandwidth);
    assert_eq!(total.grade, Some(Grade::K), "the weaker of both");
    assert_eq!(total.from, ["memory bandwidth 4000 GB/s (data sheet)", "interconnect 900 GB/s (data sheet)"]);
}

#[test]
fn the_largest_precision_counts_and_gives_the_grade() {
    let mut sku = h20();
    sku.rates = vec![rate("100", 8, Grade::U), rate("1835", 16, Grade::K), rate("1835", 8, Grade::S)];
    let value = sku.value(Metric::Tpp);
    assert_eq!((value.span, value.grade), (Span::exactly(measure("29360")), Some(Grade::K)));
    assert_eq!(value.from, ["1835 dense TOPS at 16 bits (data sheet)"]);
    // A vague rate that may be the largest widens the span and weakens the grade.
    sku.rates = vec![rate("1000", 8, Grade::V), rate("400..600", 16, Grade::U)];
    let value = sku.value(Metric::Tpp);
    assert_eq!(value.span, Span { lo: measure("8000"), hi: Some(measure("9600")) });
    assert_eq!((value.grade, value.from.len(), sku.tpp()), (Some(Grade::U), 2, None));
}

#[test]
fn what_nobody_published_stays_open() {
    let sku = Sku { die_area_mm2: None, interconnect_gbps: None, ..h20() };
    let density = sku.value(Metric::PerformanceDensity);
    assert_eq!((density.span, density.grade), (Span::UNKNOWN, Some(Grade::K)));
    assert!(density.from.contains(&"die area: unknown".to_owned()));
    let total = sku.value(Metric::TotalBandwidth).span;
    assert_eq!(total, Span { lo: measure("4000"), hi: None }, "at least its memory's");
    let nothing = Sku::default();
    for metric in Metric::ALL.into_iter().filter(|metric| nothing.has(*metric)) {
        assert_eq!(
            (nothing.value(metric).span, nothing.value(metric).grade),
            (Span::UNKNOWN, None),
            "{metric:?}"
        );
    }
}

#[test]
fn a_stack_of_memory_has_a_density_and_no_processing() {
    let stack = Sku {
        goods: Goods::MemoryStack,
        memory_bandwidth_gbps: Some(reading("819.2", Grade::K)),
        package_area_mm2: Some(reading("100..128", Grade::U)),
        ..Sku::default()
    };
    let density = stack.value(Metric::MemoryBandwidthDensity);
    assert_eq!(density.span, Span { lo: measure("6.4"), hi: Some(measure("8.192")) });
    assert_eq!(density.grade, Some(Grade::U));
    assert_eq!(stack.value(Metric::Tpp).span, Span::exactly(Measure::ZERO));
    assert_eq!(h20().value(Metric::MemoryBandwidthDensity).span, Span::exactly(Measure::ZERO));
}

#[test]
fn figures_beyond_all_reason_leave_it_open_and_do_not_panic() {
    let mut sku = h20();
    sku.rates = vec![Rate { bits: u16::MAX, tops: reading("1/3", Grade::U) }];
    sku.rates[0].tops.span = Span::exactly(Measure::MAX);
    assert_eq!(sku.value(Metric::Tpp).span, Span::UNKNOWN);
    sku.memory_bandwidth_gbps.as_mut().unwrap().span = Span::exactly(Measure::MAX);
    assert_eq!(sku.value(Metric::TotalBandwidth).span, Span { lo: Measure::MAX, hi: None });
    sku.die_area_mm2 = Some(reading("0", Grade::U));
    assert_eq!(sku.value(Metric::PerformanceDensity).span, Span::UNKNOWN);
}

proptest! {
    /// Any chip within the figures has its metrics within the spans.
    #[test]
    fn no_chip_within_the_figures_is_outside_the_spans(
        tops in (1_u64..5_000, 0_u64..500, 0_u64..500), area in (1_u64..2_000, 0_u64..300, 0_u64..300),
        memory in (0_u64..9_000, 0_u64..99, 0_u64..99), links in (0_u64..2_000, 0_u64..99, 0_u64..99),
    ) {
        let figures = [tops, area, memory, links];
        let chip = |pick: fn((u64, u64, u64)) -> String| {
            let [tops, area, memory, links] = figures.map(pick);
            Sku {
                rates: vec![rate(&tops, 8, Grade::K)],
                die_area_mm2: Some(reading(&area, Grade::K)),
                memory_bandwidth_gbps: Some(reading(&memory, Grade::K)),
                interconnect_gbps: Some(reading(&links, Grade::K)),
                ..Sku::default()
            }
        };
        let vague = chip(|(lo, below, above)| format!("{lo}..{}", lo + below + above));
        let exact = chip(|(lo, below, _)| (lo + below).to_string());
        for metric in Metric::ALL {
            let (wide, narrow) = (vague.value(metric).span, exact.value(metric).span);
            prop_assert!(narrow.is_exact() && wide.lo <= narrow.lo, "{metric:?}: {wide} {narrow}");
            prop_assert!(wide.hi.is_none_or(|hi| hi >= narrow.lo), "{metric:?}: {wide} {narrow}");
        }
    }
}
