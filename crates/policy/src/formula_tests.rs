//! Three-valued answers against brute force: every chip on a fine grid within the figures.

use num_rational::Ratio;
use proptest::prelude::*;

use super::*;
use crate::measure::{Measure, Span};
use crate::rule::Side;
use crate::sku::{Metric, Sku};

/// The grid: a quarter of the distance between lines finds every cell that lines of these metrics cut out.
const STEPS_A_LINE: u64 = 4;

fn quarter(count: u64) -> Measure {
    Measure::of_ratio(Ratio::new(i128::from(count), i128::from(STEPS_A_LINE))).unwrap()
}

fn bound(metrics: &'static [Metric]) -> impl Strategy<Value = Bound> {
    let side = prop::sample::select(vec![Side::AtLeast, Side::Above, Side::Below, Side::AtMost]);
    let metric = prop::sample::select(metrics);
    (metric, side, 1_u64..6).prop_map(|(metric, side, line)| Bound {
        metric,
        side,
        line: Measure::whole(line),
    })
}

fn clauses(metrics: &'static [Metric], most: usize) -> impl Strategy<Value = Vec<Clause>> {
    let market = prop::option::weighted(0.2, prop::sample::select(vec![Market::DataCentre, Market::Other]));
    let clause = (prop::collection::vec(bound(metrics), 1..4), market);
    let clause =
        clause.prop_map(|(bounds, market)| Clause { name: String::new(), bounds, market, grade: None });
    prop::collection::vec(clause, 0..=most)
}

fn rules(metrics: &'static [Metric]) -> impl Strategy<Value = Vec<ItemRule>> {
    let rule = (clauses(metrics, 3), clauses(metrics, 2));
    let rule = rule.prop_map(|(any, except)| ItemRule { any, except, ..ItemRule::default() });
    prop::collection::vec(rule, 1..3)
}

fn span() -> impl Strategy<Value = (u64, u64)> {
    (0_u64..6, 0_u64..4).prop_map(|(lo, wide)| (lo, lo + wide))
}

fn figures([x, y]: [(u64, u64); 2], [a, b]: [fn(&mut Figures) -> &mut Span; 2], market: Market) -> Figures {
    let mut figures = Figures { market, ..Figures::of(&Sku::default()) };
    let wide = |(lo, hi)| Span { lo: Measure::whole(lo), hi: Some(Measure::whole(hi)) };
    *a(&mut figures) = wide(x);
    *b(&mut figures) = wide(y);
    figures
}

/// What is seen on the grid: whether the rules ever hold, and whether they ever do not.
fn seen(
    rules: &[&ItemRule],
    figures: Figures,
    [x, y]: [(u64, u64); 2],
    [a, b]: [fn(&mut Figures) -> &mut Span; 2],
) -> (bool, bool) {
    let markets = if figures.market == Market::Unknown {
        vec![Market::DataCentre, Market::Other]
    } else {
        vec![figures.market]
    };
    let steps = |(lo, hi): (u64, u64)| (lo * STEPS_A_LINE..=hi * STEPS_A_LINE).map(quarter);
    let mut seen = (false, false);
    for market in markets {
        for x in steps(x) {
            for y in steps(y) {
                let mut point = Figures { market, ..figures };
                *a(&mut point) = Span::exactly(x);
                *b(&mut point) = Span::exactly(y);
                match Tri::any(rules.iter().map(|rule| by_spans((&rule.any, &rule.except), &point))) {
                    Tri::Yes => seen.0 = true,
                    Tri::No => seen.1 = true,
                    Tri::Open => unreachable!("a point is one value"),
                }
            }
        }
    }
    seen
}

const BANDWIDTHS: &[Metric] = &[Metric::Interconnect, Metric::MemoryBandwidth, Metric::TotalBandwidth];
const DENSITIES: &[Metric] = &[Metric::Tpp, Metric::PerformanceDensity];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Of bandwidths and their sum the answer is exact: open if and only if both are possible.
    #[test]
    fn of_bandwidths_the_answer_is_exactly_what_brute_force_sees(
        rules in rules(BANDWIDTHS), x in span(), y in span(),
        market in prop::sample::select(vec![Market::Unknown, Market::DataCentre, Market::Other]),
    ) {
        let rules: Vec<&ItemRule> = rules.iter().collect();
        let of: [fn(&mut Figures) -> &mut Span; 2] = [|f| &mut f.interconnect, |f| &mut f.memory_bandwidth];
        let figures = figures([x, y], of, market);
        let expected = match seen(&rules, figures, [x, y], of) {
            (true, true) => Tri::Open,
            (true, false) => Tri::Yes,
            _ => Tri::No,
        };
        prop_assert_eq!(any_of(&rules, &figures), expected);
    }

    /// Of densities, whose lines meet off the grid, it is never wrong.
    #[test]
    fn of_densities_the_answer_is_never_wrong(
        rules in rules(DENSITIES), x in span(), y in (1_u64..6, 0_u64..4).prop_map(|(lo, wide)| (lo, lo + wide)),
        market in prop::sample::select(vec![Market::Unknown, Market::DataCentre, Market::Other]),
    ) {
        let rules: Vec<&ItemRule> = rules.iter().collect();
        let of: [fn(&mut Figures) -> &mut Span; 2] = [|f| &mut f.tpp, |f| &mut f.die_area];
        let figures = figures([x, y], of, market);
        let (holds, fails) = seen(&rules, figures, [x, y], of);
        let found = any_of(&rules, &figures);
        prop_assert!(!(holds && found == Tri::No || fails && found == Tri::Yes), "{found:?} {holds} {fails}");
    }

    /// One chip is never open.
    #[test]
    fn one_chip_is_never_open(rules in rules(&Metric::ALL), tpp in 0_u64..8, area in 1_u64..8, memory in 0_u64..8, links in 0_u64..8) {
        let rules: Vec<&ItemRule> = rules.iter().collect();
        let exactly = |value| Span::exactly(Measure::whole(value));
        let figures = Figures {
            market: Market::Other,
            tpp: exactly(tpp),
            die_area: exactly(area),
            memory_bandwidth: exactly(memory),
            interconnect: exactly(links),
            ..Figures::of(&Sku::default())
        };
        prop_assert_ne!(any_of(&rules, &figures), Tri::Open);
    }
}
