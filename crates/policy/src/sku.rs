//! Stock-keeping units: what a chip is by its published figures.

use serde::{Deserialize, Serialize};

use crate::measure::Span;
use crate::source::{Grade, Source};

/// What is asked of a chip in the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Total processing performance: dense peak tera-operations a second times bit length, the largest of all
    /// precisions, where a multiply-accumulate counts as two operations.
    Tpp,
    /// Performance density: TPP by applicable die area, a square millimetre.
    PerformanceDensity,
    /// Aggregate bidirectional transfer rate to other chips, GB/s.
    Interconnect,
    /// Bandwidth of all memory in its package, GB/s.
    MemoryBandwidth,
    /// Memory and interconnect bandwidth together, GB/s.
    TotalBandwidth,
    /// Memory bandwidth by package area, GB/s/mm², of stacks of memory.
    MemoryBandwidthDensity,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Tpp,
        Self::PerformanceDensity,
        Self::Interconnect,
        Self::MemoryBandwidth,
        Self::TotalBandwidth,
        Self::MemoryBandwidthDensity,
    ];

    /// Its name in rule files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tpp => "tpp",
            Self::PerformanceDensity => "performance_density",
            Self::Interconnect => "interconnect",
            Self::MemoryBandwidth => "memory_bandwidth",
            Self::TotalBandwidth => "total_bandwidth",
            Self::MemoryBandwidthDensity => "memory_bandwidth_density",
        }
    }

    /// The unit in which rule files state it; every bound names it.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Tpp => "TPP",
            Self::PerformanceDensity => "TPP/mm2",
            Self::Interconnect | Self::MemoryBandwidth | Self::TotalBandwidth => "GB/s",
            Self::MemoryBandwidthDensity => "GB/s/mm2",
        }
    }
}

/// What it was designed and marketed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Market {
    /// Data centres.
    DataCentre,
    /// Not data centres.
    Other,
    /// Nobody said.
    #[default]
    Unknown,
}

/// What kind of goods it is. Some metrics are asked of one kind only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    /// A chip that computes, with the memory in its package.
    #[default]
    Processor,
    /// A stack of memory that is sold by itself. Stacks within a processor's package are the processor's.
    MemoryStack,
}

/// One published figure and where it is from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reading {
    /// The figure.
    pub span: Span,
    /// Where it is from.
    pub source: Source,
}

/// A peak rate at one precision.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rate {
    /// Bit length of the operation.
    pub bits: u16,
    /// Dense tera-operations a second of all dies in the package together, a multiply-accumulate counted as two. A rate
    /// that skips zeros (sparsity) is not a dense rate.
    pub tops: Reading,
}

/// What a chip is by its published figures. Absent: not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sku {
    /// Its name, such as `H20-96GB`; unique in a book.
    pub name: String,
    /// Other names of the same.
    pub aliases: Vec<String>,
    /// Its maker.
    pub maker: String,
    /// What kind of goods.
    pub goods: Goods,
    /// What it was designed and marketed for.
    pub market: Market,
    /// Peak rates of every precision that it has; empty: unknown. The largest counts, so that one left out can hide a
    /// class.
    pub rates: Vec<Rate>,
    /// All logic dies of the package that are made on non-planar processes, together, mm².
    pub die_area_mm2: Option<Reading>,
    /// The package, mm², of stacks of memory.
    pub package_area_mm2: Option<Reading>,
    /// Aggregate bidirectional transfer rate over all its links to other chips, memory left out, GB/s.
    pub interconnect_gbps: Option<Reading>,
    /// Bandwidth of its memory, GB/s.
    pub memory_bandwidth_gbps: Option<Reading>,
    /// Its memory, GB.
    pub memory_gb: Option<Reading>,
    /// What a reader should know.
    pub note: String,
}

/// A metric of a chip, with the readings that it was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Which.
    pub metric: Metric,
    /// Within which bounds it is.
    pub span: Span,
    /// The weakest grade among the readings; none: nothing was read.
    pub grade: Option<Grade>,
    /// The readings in words, such as `296 TOPS at 8 bits (data sheet)`.
    pub from: Vec<String>,
}

impl Sku {
    /// Whether that is its name or another one of its names, whatever the case of its letters.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}
