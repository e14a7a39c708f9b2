//! Shutting a pool down.

use std::time::{Duration, Instant};

use crate::lost::Lost;
use crate::metrics::Totals;
use crate::scheduler::Scheduler;
use crate::slot::Shared;
use crate::sync::{MutexGuard, lock};

/// How long running jobs get to notice that they should stop; kernels poll at least every millisecond.
pub const DRAIN_GRACE: Duration = Duration::from_millis(250);

/// What became of the work that was there when a pool was drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrainReport {
    /// Jobs that finished.
    pub finished: u64,
    /// Jobs that ended without an answer: cancelled by this or by their callers, expired or panicked.
    pub lost: u64,
    /// Jobs that were asked to stop and still ran when [`DRAIN_GRACE`] was over.
    pub still_running: usize,
}

impl Shared {
    /// Stops admission, lets everything run until `deadline`, then cancels the rest.
    pub(crate) fn drain(&self, deadline: Instant) -> DrainReport {
        let mut scheduler = lock(&self.scheduler);
        scheduler.close();
        let before = Ended::of(&scheduler);
        scheduler = self.wait_until_idle(scheduler, deadline);
        if !scheduler.is_idle() {
            drop(scheduler);
            self.cancel_all();
            scheduler = self.wait_until_idle(lock(&self.scheduler), self.clock.now() + DRAIN_GRACE);
        }
        let after = Ended::of(&scheduler);
        DrainReport {
            finished: after.finished - before.finished,
            lost: after.lost - before.lost,
            still_running: scheduler.running(),
        }
    }

    /// Stops admission, answers everything queued with [`Lost::ShutDown`] and asks running jobs to stop.
    pub(crate) fn cancel_all(&self) {
        let mut scheduler = lock(&self.scheduler);
        scheduler.close();
        scheduler.stop_running();
        let evicted = scheduler.evict();
        drop(scheduler);
        let now = self.clock.now();
        evicted.into_iter().for_each(|entry| self.lose(entry, Lost::ShutDown, now));
    }

    fn wait_until_idle<'a>(
        &'a self,
        mut scheduler: MutexGuard<'a, Scheduler>,
        deadline: Instant,
    ) -> MutexGuard<'a, Scheduler> {
        while !scheduler.is_idle() {
            let left = deadline.saturating_duration_since(self.clock.now());
            if left.is_zero() {
                break;
            }
            let waited = self.idle.wait_timeout(scheduler, left);
            scheduler = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
        scheduler
    }
}

/// Jobs that are over since the start, in both lanes.
struct Ended {
    finished: u64,
    lost: u64,
}

impl Ended {
    fn of(scheduler: &Scheduler) -> Self {
        let [interactive, bulk] = scheduler.totals();
        Self { finished: interactive.finished + bulk.finished, lost: interactive.lost() + bulk.lost() }
    }
}

impl Totals {
    fn lost(&self) -> u64 {
        self.panicked
            + (self.cancelled_queued + self.cancelled_running)
            + (self.expired_queued + self.expired_running)
            + (self.shut_down_queued + self.shut_down_running)
    }
}
