//! Synthetic chips, and rules evaluated a second time in the plainest way.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test takes what it needs, and fails loudly"
)]

use std::sync::OnceLock;

use lightcone_policy::rule::{Bound, Clause, Instrument, ItemRule, Kind, Side};
use lightcone_policy::sku::{Goods, Market, Metric, Rate, Reading};
use lightcone_policy::source::{Grade, Source};
use lightcone_policy::stand::Stand;
use lightcone_policy::{Book, Date, Law, Measure, Sku, Span};

/// The book that is built in, read once.
pub(crate) fn built_in() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| Book::built_in().unwrap_or_else(|faults| panic!("{faults:?}")))
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn measure(text: &str) -> Measure {
    text.parse().unwrap()
}

pub(crate) fn law<'b>(book: &'b Book, date: &str) -> Law<'b> {
    Law::new(book, Stand::on(day(date)))
}

/// What a synthetic chip has, each value exactly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    pub(crate) tpp: Measure,
    pub(crate) density: Measure,
    pub(crate) memory: Measure,
    pub(crate) links: Measure,
    pub(crate) stacked: Measure,
    pub(crate) market: Market,
}

impl Spec {
    /// A chip that no line is likely to catch.
    pub(crate) fn harmless() -> Self {
        Self {
            tpp: Measure::whole(1),
            density: measure("0.01"),
            memory: Measure::whole(1),
            links: Measure::whole(1),
            stacked: measure("0.01"),
            market: Market::DataCentre,
        }
    }

    pub(crate) fn get(&self, metric: Metric) -> Measure {
        match metric {
            Metric::Tpp => self.tpp,
            Metric::PerformanceDensity => self.density,
            Metric::Interconnect => self.links,
            Metric::MemoryBandwidth => self.memory,
            Metric::TotalBandwidth => self.memory.plus(self.links).unwrap(),
            Metric::MemoryBandwidthDensity => self.stacked,
        }
    }

    pub(crate) fn set(&mut self, metric: Metric, value: Measure) {
        match metric {
            Metric::Tpp => self.tpp = value,
            Metric::PerformanceDensity => self.density = value,
            Metric::Interconnect => self.links = value,
            Metric::MemoryBandwidth => self.memory = value,
            // All but one GB/s of it in memory, so that the sum decides and not a part of it alone.
            Metric::TotalBandwidth => self.memory = value.minus(self.links).unwrap(),
            Metric::MemoryBandwidthDensity => self.stacked = value,
        }
    }

    /// With all of these lines kept, somewhere between them.
    pub(crate) fn keeping(mut self, bounds: &[Bound]) -> Self {
        for metric in Metric::ALL {
            let of = |sides: [Side; 2]| {
                let of =
                    bounds.iter().filter(move |bound| bound.metric == metric && sides.contains(&bound.side));
                of.map(|bound| bound.line)
            };
            let lo = of([Side::AtLeast, Side::Above]).max();
            let hi = of([Side::Below, Side::AtMost]).min();
            let value = match (lo, hi) {
                (None, None) => continue,
                (Some(lo), Some(hi)) => lo.plus(hi).unwrap().over(Measure::whole(2)).unwrap(),
                (Some(lo), None) => lo.plus(measure("0.5")).unwrap(),
                (None, Some(hi)) => hi.over(Measure::whole(2)).unwrap(),
            };
            self.set(metric, value);
        }
        self
    }

    pub(crate) fn chip(&self, goods: Goods) -> Sku {
        let reading = |value: Measure| Reading {
            span: Span::exactly(value),
            source: Source { grade: Grade::V, source: "synthetic".to_owned(), read: None },
        };
        Sku {
            name: "synthetic".to_owned(),
            goods,
            market: self.market,
            rates: vec![Rate { bits: 1, tops: reading(self.tpp) }],
            die_area_mm2: self.tpp.over(self.density).map(reading),
            interconnect_gbps: Some(reading(self.links)),
            memory_bandwidth_gbps: Some(reading(self.memory)),
            package_area_mm2: self.memory.over(self.stacked).map(reading),
            ..Sku::default()
        }
    }
}

/// Whether a line is kept, by comparing two ratios.
pub(crate) fn keeps(spec: &Spec, bound: &Bound) -> bool {
    let value = spec.get(bound.metric);
    match bound.side {
        Side::AtLeast => value >= bound.line,
        Side::Above => value > bound.line,
        Side::Below => value < bound.line,
        Side::AtMost => value <= bound.line,
    }
}

pub(crate) fn holds(spec: &Spec, clause: &Clause) -> bool {
    clause.bounds.iter().all(|bound| keeps(spec, bound))
        && clause.market.is_none_or(|market| market == spec.market)
}

pub(crate) fn catches(spec: &Spec, rule: &ItemRule) -> bool {
    rule.any.iter().any(|clause| holds(spec, clause)) && !rule.except.iter().any(|clause| holds(spec, clause))
}

/// Stacks of memory where a line is asked of them only.
pub(crate) fn goods_of(bounds: &[Bound]) -> Goods {
    let stacked = bounds.iter().any(|bound| bound.metric == Metric::MemoryBandwidthDensity);
    if stacked { Goods::MemoryStack } else { Goods::Processor }
}

/// A book of one instrument only, which counts on any day.
pub(crate) fn alone(book: &Book, instrument: &Instrument) -> Book {
    let always = Instrument {
        kind: Kind::Rule,
        known: Date::MIN,
        in_force: Some(Date::MIN),
        to: Date::MAX,
        phases: Vec::new(),
        replaces: Vec::new(),
        ..instrument.clone()
    };
    Book { instruments: vec![always], ..book.clone() }
}
