//! What was carried, what was not and why, and how late.

use std::collections::HashMap;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::host::HostId;

/// Counters of one path, one way. Each datagram that arrived at the relay, or was made by an attack, is delivered,
/// counted under one of the reasons, or still under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathStats {
    /// Datagrams that arrived at the relay.
    pub arrived: u64,
    /// Datagrams that attacks made: copies and forged answers.
    pub made: u64,
    /// Datagrams handed to the receiver's socket.
    pub delivered: u64,
    /// Dropped by the path's own loss.
    pub lost: u64,
    /// Dropped by an attack.
    pub attacked: u64,
    /// Dropped because too many were under way.
    pub overflowed: u64,
    /// Dropped because they were longer than [`crate::DATAGRAM_MAX`].
    pub too_long: u64,
    /// Dropped because the kernel would not take them: the receiver's port is closed or its buffer full.
    pub undeliverable: u64,
    /// By how much the latest delivery was later than due, in nanoseconds.
    pub late_max_ns: u64,
    /// The sum over all deliveries of how much later than due they were, in nanoseconds.
    pub late_sum_ns: u64,
}

/// Counters of the whole WAN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All paths together.
    pub paths: PathStats,
    /// Datagrams from addresses of no host, dropped.
    pub strangers: u64,
    /// Datagrams dropped because no flow could be opened for their sender.
    pub flows_refused: u64,
}

/// How much later than due deliveries were, by the relay's own clock. Never negative: nothing is delivered early.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lateness {
    /// How many deliveries are counted.
    pub deliveries: u64,
    /// Half of them were at most this late.
    pub p50: Duration,
    /// Ninety-nine in a hundred were at most this late.
    pub p99: Duration,
    /// The latest was this late.
    pub max: Duration,
}

/// Significant figures of the histogram.
const FIGURES: u8 = 2;
/// Lateness beyond this is counted as this, in nanoseconds.
const LATE_MAX_NS: u64 = 10_000_000_000;

/// What the relay writes and others read.
pub(crate) struct Stats {
    paths: HashMap<(HostId, HostId), PathStats>,
    late_ns: Option<Histogram<u64>>,
    pub(crate) strangers: u64,
    pub(crate) flows_refused: u64,
}

impl Stats {
    pub(crate) fn new() -> Self {
        // The bounds are constants that the library takes; the tests would show otherwise.
        let late_ns = Histogram::new_with_bounds(1, LATE_MAX_NS, FIGURES).ok();
        Self { paths: HashMap::new(), late_ns, strangers: 0, flows_refused: 0 }
    }

    pub(crate) fn path(&mut self, ends: (HostId, HostId)) -> &mut PathStats {
        self.paths.entry(ends).or_default()
    }

    pub(crate) fn delivered(&mut self, ends: (HostId, HostId), late_ns: u64) {
        let path = self.path(ends);
        path.delivered += 1;
        path.late_max_ns = path.late_max_ns.max(late_ns);
        path.late_sum_ns += late_ns;
        if let Some(histogram) = &mut self.late_ns {
            histogram.saturating_record(late_ns);
        }
    }

    pub(crate) fn of(&self, ends: (HostId, HostId)) -> PathStats {
        self.paths.get(&ends).copied().unwrap_or_default()
    }

    pub(crate) fn totals(&self) -> Totals {
        let paths = self.paths.values().fold(PathStats::default(), PathStats::with);
        Totals { paths, strangers: self.strangers, flows_refused: self.flows_refused }
    }

    pub(crate) fn lateness(&self) -> Lateness {
        let Some(late_ns) = &self.late_ns else { return Lateness::default() };
        let at = |quantile| Duration::from_nanos(late_ns.value_at_quantile(quantile));
        let max = Duration::from_nanos(late_ns.max());
        Lateness { deliveries: late_ns.len(), p50: at(0.5), p99: at(0.99), max }
    }
}

impl PathStats {
    /// Both together.
    fn with(self, other: &Self) -> Self {
        Self {
            arrived: self.arrived + other.arrived,
            made: self.made + other.made,
            delivered: self.delivered + other.delivered,
            lost: self.lost + other.lost,
            attacked: self.attacked + other.attacked,
            overflowed: self.overflowed + other.overflowed,
            too_long: self.too_long + other.too_long,
            undeliverable: self.undeliverable + other.undeliverable,
            late_max_ns: self.late_max_ns.max(other.late_max_ns),
            late_sum_ns: self.late_sum_ns + other.late_sum_ns,
        }
    }
}
