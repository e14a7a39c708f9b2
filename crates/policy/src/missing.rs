//! Figures that a classification leans on, and those that would settle what is open.

use std::collections::BTreeSet;

use crate::decision::{Missing, Used};
use crate::figures::Figures;
use crate::law::Law;
use crate::rule::{Bound, Clause, ItemRule};
use crate::sku::{Market, Metric, Rate, Reading, Sku};
use crate::tri::Tri;

/// The figures of a chip that lines of counting rules ask for.
pub(crate) fn facts(law: &Law<'_>, sku: &Sku) -> Vec<Used> {
    let asked: BTreeSet<Figure> =
        asked(law).into_iter().filter(|metric| sku.has(*metric)).flat_map(figures).collect();
    asked.into_iter().flat_map(|figure| figure.used(sku)).collect()
}

/// What would settle the classes that are open.
pub(crate) fn settling(law: &Law<'_>, figures: &Figures, sku: &Sku) -> Vec<Missing> {
    let mut missing = BTreeSet::new();
    for (instrument, force, rule) in law.items() {
        if force.counts() == Tri::Open {
            missing.insert(Missing {
                fact: format!("rule {} enforcement", instrument.id),
                remedy: format!(
                    "find out whether `{}` is applied on {}",
                    instrument.citation,
                    law.stand().valid_on
                ),
            });
        }
        let open = crate::formula::any_of(&[rule], figures) == Tri::Open && rule.name_of(sku).is_none();
        if open {
            missing.extend(open_in(rule, figures, sku));
        }
    }
    missing.into_iter().collect()
}

/// A published figure of a chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Figure {
    Rates,
    DieArea,
    Interconnect,
    MemoryBandwidth,
    PackageArea,
}

/// The figures that a metric is computed from.
fn figures(metric: Metric) -> Vec<Figure> {
    match metric {
        Metric::Tpp => vec![Figure::Rates],
        Metric::PerformanceDensity => vec![Figure::Rates, Figure::DieArea],
        Metric::Interconnect => vec![Figure::Interconnect],
        Metric::MemoryBandwidth => vec![Figure::MemoryBandwidth],
        Metric::TotalBandwidth => vec![Figure::MemoryBandwidth, Figure::Interconnect],
        Metric::MemoryBandwidthDensity => vec![Figure::MemoryBandwidth, Figure::PackageArea],
    }
}

/// Metrics of all lines of rules that count, or may.
fn asked(law: &Law<'_>) -> BTreeSet<Metric> {
    let clauses = law.items().flat_map(|(_, _, rule)| rule.any.iter().chain(&rule.except));
    let of_items = clauses.flat_map(|clause| &clause.bounds);
    let of_windows = law.counting().flat_map(|(instrument, _)| {
        let reviews = instrument.reviews.iter().flat_map(|rule| &rule.bounds);
        reviews.chain(instrument.exceptions.iter().flat_map(|rule| &rule.bounds))
    });
    of_items.chain(of_windows).map(|bound| bound.metric).collect()
}

/// What is open in the clauses that keep a rule open.
fn open_in(rule: &ItemRule, figures_of: &Figures, sku: &Sku) -> Vec<Missing> {
    let open_line = |bound: &&Bound| figures_of.keep(**bound) == Tri::Open;
    let may = |clause: &&Clause| {
        Tri::all(clause.bounds.iter().map(|bound| figures_of.keep(*bound))).may()
            && clause.market.is_none_or(|market| figures_of.made_for(market).may())
    };
    let clauses: Vec<&Clause> = rule.any.iter().chain(&rule.except).filter(may).collect();
    let lines = clauses.iter().flat_map(|clause| &clause.bounds).filter(open_line);
    let wanted: BTreeSet<Figure> = lines.flat_map(|bound| figures(bound.metric)).collect();
    let market = clauses.iter().any(|clause| clause.market.is_some()) && figures_of.market == Market::Unknown;
    let market = market.then(|| Missing {
        fact: format!("sku {} market", sku.name),
        remedy: "find out whether it was designed or marketed for data centres".to_owned(),
    });
    wanted.into_iter().filter_map(|figure| figure.missing(sku)).chain(market).collect()
}

impl Figure {
    const fn name(self) -> &'static str {
        match self {
            Self::Rates => "peak rates",
            Self::DieArea => "die area",
            Self::Interconnect => "interconnect",
            Self::MemoryBandwidth => "memory bandwidth",
            Self::PackageArea => "package area",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Rates => "TOPS",
            Self::DieArea | Self::PackageArea => "mm2",
            Self::Interconnect | Self::MemoryBandwidth => "GB/s",
        }
    }

    const fn reading(self, sku: &Sku) -> Option<&Reading> {
        match self {
            Self::Rates => None,
            Self::DieArea => sku.die_area_mm2.as_ref(),
            Self::Interconnect => sku.interconnect_gbps.as_ref(),
            Self::MemoryBandwidth => sku.memory_bandwidth_gbps.as_ref(),
            Self::PackageArea => sku.package_area_mm2.as_ref(),
        }
    }

    fn used(self, sku: &Sku) -> Vec<Used> {
        let used = |what: String, reading: &Reading| Used {
            fact: format!("sku {} {what}", sku.name),
            value: format!("{} {}", reading.span, self.unit()),
            source: reading.source.source.clone(),
            grade: reading.source.grade,
        };
        if self == Self::Rates {
            let rate = |rate: &Rate| used(format!("dense rate at {} bits", rate.bits), &rate.tops);
            return sku.rates.iter().map(rate).collect();
        }
        self.reading(sku).map(|reading| used(self.name().to_owned(), reading)).into_iter().collect()
    }

    /// What is to be found out about it; none: it is one value already.
    fn missing(self, sku: &Sku) -> Option<Missing> {
        let known = match self {
            Self::Rates => sku.tpp().is_some(),
            _ => self.reading(sku).is_some_and(|reading| reading.span.is_exact()),
        };
        let remedy = match self {
            Self::Rates => "give the dense peak rate of every precision in TOPS",
            Self::DieArea => "give the area of all logic dies on non-planar processes together in mm2",
            Self::Interconnect => "give the transfer rate of all links to other chips, both ways, in GB/s",
            Self::MemoryBandwidth => "give the bandwidth of all memory in the package in GB/s",
            Self::PackageArea => "give the area of the package in mm2",
        };
        (!known)
            .then(|| Missing { fact: format!("sku {} {}", sku.name, self.name()), remedy: remedy.to_owned() })
    }
}
