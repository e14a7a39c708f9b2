//! What rules ask of a chip, as independent figures: each metric is one of them or a combination of two.

use crate::measure::{Measure, Span};
use crate::rule::{Bound, ItemRule, Side};
use crate::sku::{Goods, Market, Metric, Sku};
use crate::tri::Tri;
use crate::value;

/// The figures that metrics are computed from, each within its bounds and independent of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) goods: Goods,
    pub(crate) market: Market,
    pub(crate) tpp: Span,
    pub(crate) die_area: Span,
    pub(crate) interconnect: Span,
    pub(crate) memory_bandwidth: Span,
    pub(crate) package_area: Span,
}

impl Figures {
    pub(crate) fn of(sku: &Sku) -> Self {
        let area =
            |reading: Option<&crate::sku::Reading>| reading.map_or(Span::UNKNOWN, |reading| reading.span);
        Self {
            goods: sku.goods,
            market: sku.market,
            tpp: sku.value(Metric::Tpp).span,
            die_area: area(sku.die_area_mm2.as_ref()),
            interconnect: sku.value(Metric::Interconnect).span,
            memory_bandwidth: sku.value(Metric::MemoryBandwidth).span,
            package_area: area(sku.package_area_mm2.as_ref()),
        }
    }

    /// Whether a metric is asked of such goods.
    pub(crate) fn has(&self, metric: Metric) -> bool {
        Sku { goods: self.goods, ..Sku::default() }.has(metric)
    }

    /// A metric's bounds.
    pub(crate) fn metric(&self, metric: Metric) -> Span {
        match metric {
            Metric::Tpp => self.tpp,
            Metric::PerformanceDensity => value::over(self.tpp, self.die_area),
            Metric::Interconnect => self.interconnect,
            Metric::MemoryBandwidth => self.memory_bandwidth,
            Metric::TotalBandwidth => value::plus(self.memory_bandwidth, self.interconnect),
            Metric::MemoryBandwidthDensity => value::over(self.memory_bandwidth, self.package_area),
        }
    }

    /// Whether a line is kept. A line of a metric that is not asked of such goods is not.
    pub(crate) fn keep(&self, bound: Bound) -> Tri {
        if self.has(bound.metric) { bound.is_kept_by(self.metric(bound.metric)) } else { Tri::No }
    }

    /// Whether they were made for a market.
    pub(crate) fn made_for(&self, market: Market) -> Tri {
        if self.market == Market::Unknown || market == Market::Unknown {
            Tri::Open
        } else {
            Tri::from(self.market == market)
        }
    }
}

impl Bound {
    /// Whether a quantity within a span is on the line's side.
    #[must_use]
    pub fn is_kept_by(&self, span: Span) -> Tri {
        let always = |at_least: bool| {
            let above = |end: Measure| if at_least { end >= self.line } else { end > self.line };
            match (above(span.lo), span.hi.is_none_or(above)) {
                (true, _) => Tri::Yes,
                (false, true) => Tri::Open,
                (false, false) => Tri::No,
            }
        };
        match self.side {
            Side::AtLeast => always(true),
            Side::Above => always(false),
            Side::Below => !always(true),
            Side::AtMost => !always(false),
        }
    }
}

impl ItemRule {
    /// The name by which the rule names a chip, whatever its figures.
    #[must_use]
    pub fn name_of(&self, sku: &Sku) -> Option<&str> {
        self.named.iter().map(String::as_str).find(|named| sku.is_called(named))
    }
}
