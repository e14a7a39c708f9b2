//! Metrics of a chip, computed from its published figures: exactly, or within the bounds that they leave.

use crate::measure::{Measure, Span};
use crate::sku::{Goods, Metric, Rate, Reading, Sku, Value};
use crate::source::Grade;

impl Sku {
    /// Whether a metric is asked of such goods at all: density of memory of stacks of memory, all others of chips that
    /// compute, bandwidth of memory of both.
    #[must_use]
    pub const fn has(&self, metric: Metric) -> bool {
        match metric {
            Metric::MemoryBandwidth => true,
            Metric::MemoryBandwidthDensity => matches!(self.goods, Goods::MemoryStack),
            Metric::Tpp | Metric::PerformanceDensity | Metric::Interconnect | Metric::TotalBandwidth => {
                matches!(self.goods, Goods::Processor)
            }
        }
    }

    /// A metric, within the bounds that the published figures leave. A metric that is not asked of such goods is zero.
    #[must_use]
    pub fn value(&self, metric: Metric) -> Value {
        if !self.has(metric) {
            let from = vec!["not asked of such goods".to_owned()];
            return Value { metric, span: Span::exactly(Measure::ZERO), grade: None, from };
        }
        match metric {
            Metric::Tpp => self.tpp_value(),
            Metric::PerformanceDensity => {
                joined(metric, &self.tpp_value(), &single(metric, DIE_AREA, self.die_area_mm2.as_ref()), over)
            }
            Metric::Interconnect => single(metric, INTERCONNECT, self.interconnect_gbps.as_ref()),
            Metric::MemoryBandwidth => single(metric, MEMORY, self.memory_bandwidth_gbps.as_ref()),
            Metric::TotalBandwidth => {
                let memory = self.value(Metric::MemoryBandwidth);
                joined(metric, &memory, &self.value(Metric::Interconnect), plus)
            }
            Metric::MemoryBandwidthDensity => {
                let memory = self.value(Metric::MemoryBandwidth);
                joined(metric, &memory, &single(metric, PACKAGE_AREA, self.package_area_mm2.as_ref()), over)
            }
        }
    }

    /// Its total processing performance, if that is one value.
    #[must_use]
    pub fn tpp(&self) -> Option<Measure> {
        let span = self.value(Metric::Tpp).span;
        if span.is_exact() { span.hi } else { None }
    }

    fn tpp_value(&self) -> Value {
        let rated: Vec<(&Rate, Span)> = self.rates.iter().map(|rate| (rate, rate.tpp())).collect();
        let Some(lo) = rated.iter().map(|(_, span)| span.lo).max() else {
            return Value {
                metric: Metric::Tpp,
                span: Span::UNKNOWN,
                grade: None,
                from: vec!["peak rates: unknown".to_owned()],
            };
        };
        // Only what may be the largest matters.
        let largest = rated.iter().filter(|(_, span)| span.hi.is_none_or(|hi| hi >= lo));
        let hi = largest.clone().map(|(_, span)| span.hi).reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b)));
        Value {
            metric: Metric::Tpp,
            span: Span { lo, hi: hi.flatten() },
            grade: largest.clone().map(|(rate, _)| rate.tops.source.grade).min(),
            from: largest.map(|(rate, _)| rate.words()).collect(),
        }
    }
}

impl Rate {
    /// The rate by its bit length.
    fn tpp(&self) -> Span {
        let bits = Measure::whole(u64::from(self.bits));
        let by_bits = |rate: Measure| rate.by(bits);
        Span {
            lo: by_bits(self.tops.span.lo).unwrap_or(Measure::ZERO),
            hi: self.tops.span.hi.and_then(by_bits),
        }
    }

    fn words(&self) -> String {
        format!("{} dense TOPS at {} bits ({})", self.tops.span, self.bits, self.tops.source.source)
    }
}

const DIE_AREA: (&str, &str) = ("die area", "mm2");
const PACKAGE_AREA: (&str, &str) = ("package area", "mm2");
const INTERCONNECT: (&str, &str) = ("interconnect", "GB/s");
const MEMORY: (&str, &str) = ("memory bandwidth", "GB/s");

/// A metric that is read as it stands.
fn single(metric: Metric, (name, unit): (&str, &str), reading: Option<&Reading>) -> Value {
    match reading {
        None => Value { metric, span: Span::UNKNOWN, grade: None, from: vec![format!("{name}: unknown")] },
        Some(Reading { span, source }) => Value {
            metric,
            span: *span,
            grade: Some(source.grade),
            from: vec![format!("{name} {span} {unit} ({})", source.source)],
        },
    }
}

/// A metric of two others.
fn joined(metric: Metric, one: &Value, other: &Value, span: fn(Span, Span) -> Span) -> Value {
    Value {
        metric,
        span: span(one.span, other.span),
        grade: weaker(one.grade, other.grade),
        from: one.from.iter().chain(&other.from).cloned().collect(),
    }
}

/// The weaker of two grades; where nothing was read the other.
pub(crate) fn weaker(one: Option<Grade>, other: Option<Grade>) -> Option<Grade> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Both together.
pub(crate) fn plus(one: Span, other: Span) -> Span {
    Span {
        lo: one.lo.plus(other.lo).unwrap_or(one.lo),
        hi: one.hi.zip(other.hi).and_then(|(one, other)| one.plus(other)),
    }
}

/// So much of one for each of the other.
pub(crate) fn over(one: Span, other: Span) -> Span {
    Span {
        lo: other.hi.and_then(|hi| one.lo.over(hi)).unwrap_or(Measure::ZERO),
        hi: one.hi.and_then(|hi| hi.over(other.lo)),
    }
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
