//! What lines leave of each metric: whether anything is left, and whether two sets of lines catch the same goods.

use std::collections::BTreeMap;

use crate::measure::Measure;
use crate::rule::{Bound, Side};
use crate::sku::Metric;

/// An end of an interval: the line, and whether it is itself outside.
type End = (Measure, bool);

/// What is left of a metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Interval {
    lo: Option<End>,
    hi: Option<End>,
}

/// What lines that hold together leave of each metric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region(BTreeMap<Metric, Interval>);

impl Region {
    /// What these lines leave.
    #[must_use]
    pub fn of(bounds: &[Bound]) -> Self {
        let mut region = Self::default();
        for bound in bounds {
            region.0.entry(bound.metric).or_default().cut(bound);
        }
        region
    }

    /// What both leave.
    #[must_use]
    pub fn with(&self, bounds: &[Bound]) -> Self {
        let mut region = self.clone();
        for bound in bounds {
            region.0.entry(bound.metric).or_default().cut(bound);
        }
        region
    }

    /// The first metric of which nothing is left.
    #[must_use]
    pub fn empty(&self) -> Option<Metric> {
        self.0.iter().find(|(_, interval)| interval.is_empty()).map(|(metric, _)| *metric)
    }
}

impl Interval {
    fn cut(&mut self, bound: &Bound) {
        let outside = matches!(bound.side, Side::Above | Side::Below);
        let end = (bound.line, outside);
        match bound.side {
            // Of equal lines the one that is itself outside cuts more: `true` is after `false`.
            Side::AtLeast | Side::Above => self.lo = self.lo.max(Some(end)),
            Side::Below | Side::AtMost => {
                let tighter = |old: &End| (old.0, !old.1) <= (end.0, !end.1);
                self.hi = self.hi.filter(tighter).or(Some(end));
            }
        }
    }

    fn is_empty(&self) -> bool {
        match (self.lo, self.hi) {
            (Some((lo, lo_out)), Some((hi, hi_out))) => lo > hi || (lo == hi && (lo_out || hi_out)),
            // Quantities are zero or more.
            (None, Some((hi, hi_out))) => hi == Measure::ZERO && hi_out,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(side: Side, line: u64) -> Bound {
        Bound { metric: Metric::Tpp, side, line: Measure::whole(line) }
    }

    #[test]
    fn a_region_is_empty_if_and_only_if_no_whole_or_half_value_is_in_it() {
        use Side::{Above, AtLeast, AtMost, Below};
        let keeps = |bound: &Bound, twice: u64| {
            let line = bound.line.ratio().to_integer() as u64 * 2;
            match bound.side {
                AtLeast => twice >= line,
                Above => twice > line,
                Below => twice < line,
                AtMost => twice <= line,
            }
        };
        let all: Vec<_> = [AtLeast, Above, Below, AtMost]
            .into_iter()
            .flat_map(|side| (0..4).map(move |at| bound(side, at)))
            .collect();
        for a in &all {
            for b in &all {
                for c in &all {
                    let bounds = [*a, *b, *c];
                    let any = (0..12).any(|twice| bounds.iter().all(|bound| keeps(bound, twice)));
                    assert_eq!(Region::of(&bounds).empty().is_none(), any, "{bounds:?}");
                    assert_eq!(Region::of(&bounds[..1]).with(&bounds[1..]), Region::of(&bounds));
                }
            }
        }
    }
}
