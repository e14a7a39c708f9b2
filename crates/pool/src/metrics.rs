//! What the pool counts.

use std::time::Duration;

use crate::clock::nanos;
use crate::lane::Lane;
use crate::observer::Outcome;
use crate::refused::Reason;

/// Buckets of a histogram, the last one without an upper bound.
pub const BUCKETS: usize = 27;
/// Upper bounds, inclusive, of all buckets but the last, in nanoseconds: 1 us, doubling up to 33.6 s.
pub const BUCKET_BOUNDS_NS: [u64; BUCKETS - 1] = {
    let mut bounds = [FIRST_BOUND_NS; BUCKETS - 1];
    let mut bucket = 1;
    while bucket < bounds.len() {
        bounds[bucket] = bounds[bucket - 1] * 2;
        bucket += 1;
    }
    bounds
};

const FIRST_BOUND_NS: u64 = 1_000;

/// All counts at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The lanes, by [`Lane::index`].
    pub lanes: [LaneSnapshot; 2],
    /// Slots there are.
    pub slots: usize,
    /// Slots that run a job or are about to look for one.
    pub slots_active: usize,
    /// Whether admission has stopped.
    pub is_closed: bool,
}

impl Snapshot {
    /// One lane's counts.
    pub fn lane(&self, lane: Lane) -> &LaneSnapshot {
        &self.lanes[lane.index()]
    }
}

/// One lane's counts: gauges of the moment, and totals since the start.
#[derive(Debug, Clone, Default)]
pub struct LaneSnapshot {
    /// Gauge: jobs queued.
    pub depth: usize,
    /// Gauge: tenants with something queued.
    pub tenants: usize,
    /// Gauge: jobs running in slots.
    pub running: usize,
    /// Gauge: how long a new tenant's job would wait, as admission sees it.
    pub estimated_wait: Duration,
    /// Gauge: how long a declared nanosecond takes.
    pub service_factor: f64,
    /// The totals.
    pub totals: Totals,
}

/// One lane's totals since the start.
///
/// `admitted = finished + panicked + cancelled_* + expired_* + shut_down_* + depth + running`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Jobs admitted.
    pub admitted: u64,
    /// Jobs refused, by reason.
    pub refused: Refusals,
    /// Jobs that returned without having been told to stop.
    pub finished: u64,
    /// Jobs that panicked, not those run inline.
    pub panicked: u64,
    /// Jobs cancelled before they ran.
    pub cancelled_queued: u64,
    /// Jobs cancelled while they ran.
    pub cancelled_running: u64,
    /// Jobs whose deadline passed before they ran.
    pub expired_queued: u64,
    /// Jobs whose deadline passed while they ran.
    pub expired_running: u64,
    /// Jobs dropped from the queue by shutdown.
    pub shut_down_queued: u64,
    /// Jobs stopped by shutdown while they ran.
    pub shut_down_running: u64,
    /// Jobs the caller ran itself; they are in none of the counts above.
    pub inline: u64,
    /// Time in the queue of the jobs that left it to run.
    pub wait: Histogram,
    /// Time taken by the jobs that ran, however they ended, inline ones too.
    pub run: Histogram,
}

impl Totals {
    /// Counts a job that left the queue without running.
    pub(crate) fn dropped(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::DeadlineExceeded => self.expired_queued += 1,
            Outcome::ShutDown => self.shut_down_queued += 1,
            Outcome::Cancelled | Outcome::Finished | Outcome::Panicked => self.cancelled_queued += 1,
        }
    }

    /// Counts a job that ran.
    pub(crate) fn ran(&mut self, outcome: Outcome, run: Duration) {
        self.run.record(run);
        match outcome {
            Outcome::Finished => self.finished += 1,
            Outcome::Panicked => self.panicked += 1,
            Outcome::Cancelled => self.cancelled_running += 1,
            Outcome::DeadlineExceeded => self.expired_running += 1,
            Outcome::ShutDown => self.shut_down_running += 1,
        }
    }
}

/// Refusals by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refusals([u64; Reason::ALL.len()]);

impl Refusals {
    /// Refusals for this reason.
    pub fn of(&self, reason: Reason) -> u64 {
        self.0[reason.index()]
    }

    /// All refusals.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(crate) fn count(&mut self, reason: Reason) {
        self.0[reason.index()] += 1;
    }
}

/// Times in buckets whose bounds double: see [`BUCKET_BOUNDS_NS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    counts: [u64; BUCKETS],
    sum_ns: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; BUCKETS], sum_ns: 0 }
    }
}

impl Histogram {
    /// Times in each bucket, not cumulated.
    pub fn counts(&self) -> &[u64; BUCKETS] {
        &self.counts
    }

    /// Times recorded.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The sum of all times.
    pub fn sum(&self) -> Duration {
        Duration::from_nanos(self.sum_ns)
    }

    /// An upper bound of the time that this part of all stays within, `part` from 0 to 1: the bound of the
    /// bucket, [`Duration::MAX`] for the last; `None` when nothing is recorded.
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let rank = ((self.count() as f64 * part).ceil() as u64).max(1);
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(BUCKET_BOUNDS_NS.get(bucket).map_or(Duration::MAX, |&bound| Duration::from_nanos(bound)))
    }

    pub(crate) fn record(&mut self, time: Duration) {
        let time_ns = nanos(time);
        self.counts[bucket_of(time_ns)] += 1;
        self.sum_ns = self.sum_ns.saturating_add(time_ns);
    }
}

/// The first bucket whose bound is not below the time.
fn bucket_of(time_ns: u64) -> usize {
    let doublings = u64::BITS - (time_ns.saturating_sub(1) / FIRST_BOUND_NS).leading_zeros();
    (doublings as usize).min(BUCKETS - 1)
}
