//! How long a job would wait and run, and whether that is too long.

use std::time::{Duration, Instant};

use crate::clock::nanos;
use crate::refused::{RETRY_AFTER_MAX, RETRY_AFTER_MIN, Reason};
use crate::ticket::Cost;

/// The weight of the newest job in what is learned: about the last sixteen count.
const LEARNING_RATE: f64 = 1.0 / 16.0;
/// One job teaches at most that it took this many times what was expected: a machine that was suspended for
/// a minute says nothing about the jobs to come.
const SURPRISE_MAX: f64 = 8.0;
/// The time over which a lane's use of slots is averaged.
const OCCUPANCY_WINDOW: Duration = Duration::from_millis(100);
/// A job is admitted when it would finish with this part of its time to spare: an estimate that is right on
/// average is too short half the time, and work cut at its deadline is wasted.
const HEADROOM: f64 = 0.25;

/// Learns how long a declared nanosecond really takes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ServiceRate {
    took_ns: f64,
    declared_ns: f64,
}

impl ServiceRate {
    /// How long this cost is expected to take, in nanoseconds.
    pub(crate) fn estimate_ns(&self, cost_ns: u64) -> f64 {
        cost_ns as f64 * self.factor()
    }

    /// Nanoseconds taken for each one declared; 1 until there is something to learn from.
    pub(crate) fn factor(&self) -> f64 {
        if self.declared_ns > 0.0 { self.took_ns / self.declared_ns } else { 1.0 }
    }

    /// Learns from a job. Sums are averaged, not ratios, so that long jobs count for what they take.
    pub(crate) fn learn(&mut self, cost: Cost, took: Duration) {
        let declared_ns = cost.as_nanos() as f64;
        let expected_ns = self.estimate_ns(cost.as_nanos());
        let took_ns = (nanos(took) as f64).min(expected_ns * SURPRISE_MAX);
        if self.declared_ns == 0.0 {
            (self.took_ns, self.declared_ns) = (declared_ns, declared_ns);
        }
        self.took_ns += (took_ns - self.took_ns) * LEARNING_RATE;
        self.declared_ns += (declared_ns - self.declared_ns) * LEARNING_RATE;
    }
}

/// The mean number of slots a lane used of late.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occupancy {
    mean: f64,
    since: Instant,
}

impl Occupancy {
    pub(crate) fn new(now: Instant) -> Self {
        Self { mean: 0.0, since: now }
    }

    /// Notes that `running` slots were in use since the last note.
    pub(crate) fn note(&mut self, running: usize, now: Instant) {
        let elapsed = nanos(now.saturating_duration_since(self.since)) as f64;
        let weight = elapsed / (elapsed + nanos(OCCUPANCY_WINDOW) as f64);
        self.mean += (running as f64 - self.mean) * weight;
        self.since = now;
    }

    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }
}

/// What a job can expect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forecast {
    /// Jobs that its tenant has queued.
    pub(crate) tenant_depth: usize,
    /// From now until it starts, in nanoseconds.
    pub(crate) wait_ns: f64,
    /// From its start until it is done, in nanoseconds.
    pub(crate) service_ns: f64,
}

impl Forecast {
    /// Why the job should be refused, if it should.
    pub(crate) fn objection(&self, wait_max: Duration, remaining: Option<Duration>) -> Option<Reason> {
        if self.wait_ns > nanos(wait_max) as f64 {
            return Some(Reason::WaitTooLong);
        }
        match remaining {
            Some(remaining) if !self.fits(remaining) => Some(Reason::DeadlineTooSoon),
            _ => None,
        }
    }

    /// A job that starts at once is refused only when no time is left: it might prove the estimate wrong, and
    /// were it never run, an estimate gone wrong would stay wrong for ever.
    fn fits(&self, remaining: Duration) -> bool {
        let remaining_ns = nanos(remaining) as f64;
        if self.wait_ns <= 0.0 {
            return remaining_ns > 0.0;
        }
        self.wait_ns + self.service_ns <= remaining_ns * (1.0 - HEADROOM)
    }

    /// The estimated wait, as what a refused caller is told.
    pub(crate) fn retry_after(&self) -> Duration {
        Duration::from_nanos(self.wait_ns as u64).clamp(RETRY_AFTER_MIN, RETRY_AFTER_MAX)
    }
}
