//! What a designer asks: how far one figure of a chip must change, all else equal, until no rule catches it, or how far it
//! may change until one does.
//!
//! A chip with other figures is another chip: names that rules name do not reach it, so that only figures are looked at.
//! Rules that may count, count; figures that are not known may be anything that they can be.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::figures::Figures;
use crate::formula;
use crate::law::Law;
use crate::measure::{Measure, Span};
use crate::rule::{Bound, RuleId, Side};
use crate::sku::{Goods, Metric, Sku};
use crate::tri::Tri;

/// A figure that a designer can change. Densities follow: they are no figures of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Knob {
    /// Total processing performance; performance density moves with it.
    Tpp,
    /// Applicable die area, which only ever helps by growing.
    DieArea,
    /// Bandwidth of memory; its sum with the interconnect moves with it.
    MemoryBandwidth,
    /// Interconnect; its sum with the bandwidth of memory moves with it.
    Interconnect,
    /// Package area of a stack of memory, which only ever helps by growing.
    PackageArea,
}

/// How far a figure must, or may, change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reach {
    /// Every chip on this side of the line is out of every class, all else equal; this one is not.
    Needed {
        /// On which side of the line.
        side: Side,
        /// The line.
        line: Measure,
        /// How far it is to the line, from the last end of a span; none: the span has no such end.
        change: Option<Measure>,
        /// The same by the line, in parts per million, rounded down.
        change_ppm: Option<u64>,
    },
    /// The chip is out, and stays out while it is on this side of the line.
    Room {
        /// On which side of the line.
        side: Side,
        /// The line.
        line: Measure,
        /// How far it is to the line, from the nearest end of a span.
        left: Measure,
        /// The same by the line, in parts per million, rounded down.
        left_ppm: Option<u64>,
    },
    /// The chip is out, whatever this figure is in this direction.
    Free,
    /// No change of this figure alone takes the chip out.
    Never,
}

/// What a change of one figure can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The figure.
    pub knob: Knob,
    /// What the chip has.
    pub has: Span,
    /// How far it must, or may, change.
    pub reach: Reach,
    /// The item rules that may catch a chip just beyond the line; of [`Reach::Never`] those that catch it in any case.
    pub rules: Vec<RuleId>,
    /// The same in plain words.
    pub says: String,
}

/// What a change of each single figure can do under the rules of a law.
#[must_use]
pub fn next(law: &Law<'_>, sku: &Sku) -> Vec<Cut> {
    let figures = Figures::of(sku);
    let is_out = law.in_any_by_figures(&figures, |_| true) == Tri::No;
    Knob::of(sku.goods).iter().map(|knob| Line { law, figures, knob: *knob }.cut(is_out)).collect()
}

impl Knob {
    /// The figures of such goods that rules can reach.
    #[must_use]
    pub const fn of(goods: Goods) -> &'static [Self] {
        match goods {
            Goods::Processor => &[Self::Tpp, Self::DieArea, Self::MemoryBandwidth, Self::Interconnect],
            Goods::MemoryStack => &[Self::MemoryBandwidth, Self::PackageArea],
        }
    }

    /// What it is called in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Tpp => "TPP",
            Self::DieArea => "die area",
            Self::MemoryBandwidth => "memory bandwidth",
            Self::Interconnect => "interconnect",
            Self::PackageArea => "package area",
        }
    }

    /// Its unit.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Tpp => "TPP",
            Self::DieArea | Self::PackageArea => "mm2",
            Self::MemoryBandwidth | Self::Interconnect => "GB/s",
        }
    }

    /// Whether less of it leads out of classes.
    const fn falls(self) -> bool {
        matches!(self, Self::Tpp | Self::MemoryBandwidth | Self::Interconnect)
    }

    const fn of_figures(self, figures: &mut Figures) -> &mut Span {
        match self {
            Self::Tpp => &mut figures.tpp,
            Self::DieArea => &mut figures.die_area,
            Self::MemoryBandwidth => &mut figures.memory_bandwidth,
            Self::Interconnect => &mut figures.interconnect,
            Self::PackageArea => &mut figures.package_area,
        }
    }
}

/// All values of one figure of a chip, the others as they are.
struct Line<'l> {
    law: &'l Law<'l>,
    figures: Figures,
    knob: Knob,
}

/// A value of the figure to look at. Between two turning points all values are alike.
#[derive(Clone, Copy)]
enum Probe {
    /// A turning point.
    At(Measure),
    /// A value between this turning point, which comes before it on the way, and the next.
    After(Measure, Measure),
}

impl Line<'_> {
    fn cut(&self, is_out: bool) -> Cut {
        let has = *self.knob.of_figures(&mut self.figures.clone());
        // From where no rule should reach to where rules reach, or from the chip on.
        let start = if is_out { self.last_end(has) } else { None };
        let mut way = self.way(start);
        let first = way.next();
        let caught = first.into_iter().chain(way).find(|probe| !self.is_free(probe.value()));
        let (reach, rules) = match caught {
            None => (Reach::Free, Vec::new()),
            Some(probe) if !is_out && first.is_some_and(|first| first.value() == probe.value()) => {
                (Reach::Never, self.catching(probe.value()))
            }
            Some(probe) => (self.reach(probe, has, is_out), self.catching(probe.value())),
        };
        let says = self.says(has, reach);
        Cut { knob: self.knob, has, reach, rules, says }
    }

    /// The end of a span that is the nearest to where rules reach, and the last to be out of their reach.
    fn last_end(&self, has: Span) -> Option<Measure> {
        if self.knob.falls() { has.hi } else { Some(has.lo) }
    }

    /// Values of the figure on the way from its free end, or from a start, to where rules reach.
    fn way(&self, start: Option<Measure>) -> impl Iterator<Item = Probe> + use<> {
        let falls = self.knob.falls();
        let mut points: Vec<Measure> = self.turning_points().into_iter().collect();
        let beyond = points.last().and_then(|last| last.plus(Measure::whole(1))).unwrap_or(Measure::whole(1));
        points.push(beyond);
        points.insert(0, Measure::ZERO);
        if !falls {
            points.reverse();
        }
        if let Some(start) = start {
            points.retain(|point| if falls { *point > start } else { *point < start });
            points.insert(0, start);
        }
        let probes: Vec<Probe> = points
            .iter()
            .enumerate()
            .flat_map(|(at, point)| {
                let between = points.get(at + 1).and_then(|next| Some((*point, point.middle(*next)?)));
                [Some(Probe::At(*point)), between.map(|(point, middle)| Probe::After(point, middle))]
            })
            .flatten()
            // No chip has no area.
            .filter(|probe| falls || probe.value() > Measure::ZERO)
            .collect();
        probes.into_iter()
    }

    fn reach(&self, probe: Probe, has: Span, is_out: bool) -> Reach {
        let (side, line) = match (probe, self.knob.falls()) {
            (Probe::At(line), true) => (Side::Below, line),
            (Probe::At(line), false) => (Side::Above, line),
            (Probe::After(line, _), true) => (Side::AtMost, line),
            (Probe::After(line, _), false) => (Side::AtLeast, line),
        };
        let change = self.last_end(has).and_then(|end| end.distance(line));
        let ppm = change.and_then(|change| change.ppm_of(line));
        match (is_out, change) {
            (true, Some(left)) => Reach::Room { side, line, left, left_ppm: ppm },
            _ => Reach::Needed { side, line, change, change_ppm: ppm },
        }
    }

    fn with(&self, value: Measure) -> Figures {
        let mut figures = self.figures;
        *self.knob.of_figures(&mut figures) = Span::exactly(value);
        figures
    }

    fn is_free(&self, value: Measure) -> bool {
        self.law.in_any_by_figures(&self.with(value), |_| true) == Tri::No
    }

    fn catching(&self, value: Measure) -> Vec<RuleId> {
        let figures = self.with(value);
        let items = self.law.items().filter(|(_, _, rule)| formula::any_of(&[rule], &figures).may());
        items.map(|(_, _, rule)| rule.id.clone()).collect()
    }

    /// Values at which the truth of any rule can change, from small to large: where a line, a line together with an end of
    /// another figure's span, or two lines meet.
    fn turning_points(&self) -> BTreeSet<Measure> {
        let figures = &self.figures;
        let lines = |metric: Metric| self.lines(metric);
        let pairs = |ours: &[Measure],
                     others: Vec<Measure>,
                     meet: fn(Measure, Measure) -> Option<Measure>| {
            let met = ours.iter().flat_map(|line| others.iter().filter_map(move |other| meet(*line, *other)));
            met.collect::<Vec<_>>()
        };
        let (tpp, density) = (lines(Metric::Tpp), lines(Metric::PerformanceDensity));
        let (memory, links) = (lines(Metric::MemoryBandwidth), lines(Metric::Interconnect));
        let (total, stacked) = (lines(Metric::TotalBandwidth), lines(Metric::MemoryBandwidthDensity));
        let points = match self.knob {
            Knob::Tpp => [pairs(&density, ends(figures.die_area), Measure::by), tpp].concat(),
            Knob::DieArea => pairs(&density, [ends(figures.tpp), tpp].concat(), |line, tpp| tpp.over(line)),
            Knob::MemoryBandwidth => {
                let sums = pairs(&total, [ends(figures.interconnect), links].concat(), Measure::minus);
                [sums, pairs(&stacked, ends(figures.package_area), Measure::by), memory].concat()
            }
            Knob::Interconnect => {
                let sums = pairs(&total, [ends(figures.memory_bandwidth), memory].concat(), Measure::minus);
                [sums, links].concat()
            }
            Knob::PackageArea => {
                let bandwidths = [ends(figures.memory_bandwidth), memory].concat();
                pairs(&stacked, bandwidths, |line, bandwidth| bandwidth.over(line))
            }
        };
        points.into_iter().filter(|point| *point > Measure::ZERO).collect()
    }

    fn lines(&self, metric: Metric) -> Vec<Measure> {
        let clauses = self.law.items().flat_map(|(_, _, rule)| rule.any.iter().chain(&rule.except));
        let bounds = clauses.flat_map(|clause| &clause.bounds);
        bounds.filter(|bound: &&Bound| bound.metric == metric).map(|bound| bound.line).collect()
    }

    fn says(&self, has: Span, reach: Reach) -> String {
        let (name, unit) = (self.knob.words(), self.knob.unit());
        let (moves, back) = if self.knob.falls() { ("fall", "rise") } else { ("grow", "shrink") };
        match reach {
            Reach::Needed { side, line, .. } => {
                format!("{name} {has} must {moves} until it is {} {line} {unit}", side.words())
            }
            Reach::Room { side, line, .. } => {
                format!("{name} {has} may {back} as long as it is {} {line} {unit}", side.words())
            }
            Reach::Free => format!("{name} {has} may {back} without end"),
            Reach::Never => format!("no change of {name} alone is enough"),
        }
    }
}

impl Probe {
    const fn value(self) -> Measure {
        match self {
            Self::At(value) | Self::After(_, value) => value,
        }
    }
}

impl Measure {
    fn middle(self, other: Self) -> Option<Self> {
        self.plus(other)?.over(Self::whole(2))
    }
}

fn ends(span: Span) -> Vec<Measure> {
    [Some(span.lo), span.hi].into_iter().flatten().collect()
}

#[cfg(test)]
#[path = "cut_tests.rs"]
mod tests;
