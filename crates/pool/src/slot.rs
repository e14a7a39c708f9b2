//! The loop in which a worker runs jobs.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::arena::Key;
use crate::clock::Clock;
use crate::job::contain;
use crate::lane::Lane;
use crate::lost::Lost;
use crate::observer::{JobReport, Observer, Outcome};
use crate::scheduler::{Entry, Scheduler, Turn};
use crate::sync::{Condvar, IN_JOB, Mutex, lock};
use crate::worker::Workers;

/// What all parts of a pool share.
pub(crate) struct Shared {
    pub(crate) scheduler: Mutex<Scheduler>,
    /// Signalled when a closed pool has become idle.
    pub(crate) idle: Condvar,
    pub(crate) clock: Clock,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

/// The right to run one job at a time: [`Workers`] are given one when there is work.
#[derive(Debug)]
#[must_use = "a slot that is dropped runs nothing"]
pub struct Slot {
    shared: Option<Arc<Shared>>,
}

impl Slot {
    /// A slot that was activated.
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared: Some(shared) }
    }

    /// Runs jobs on this thread until none is ready.
    ///
    /// Inside another job, that is on a thread whose job waits for rayon, it runs one job and then starts
    /// itself anew on `workers`, so that the waiting job goes on as soon as it can.
    pub fn run(mut self, workers: &dyn Workers) {
        let Some(shared) = self.shared.take() else { return };
        let is_nested = IN_JOB.with(|in_job| in_job.replace(true));
        let has_more = shared.work(is_nested);
        IN_JOB.with(|in_job| in_job.set(is_nested));
        if has_more {
            workers.start(Self::new(shared));
        }
    }
}

impl Drop for Slot {
    /// Gives back a slot that never ran.
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            lock(&shared.scheduler).deactivate();
        }
    }
}

impl Shared {
    /// Runs one job after another, or only one; whether the slot is still active afterwards.
    fn work(&self, only_one: bool) -> bool {
        let mut now = self.clock.now();
        let mut over = None;
        loop {
            let is_last = only_one && over.is_some();
            let turn = self.turn(over.as_ref(), is_last, now);
            if let Some(over) = over.take() {
                self.hand_on(over);
            }
            match turn {
                None => return true,
                Some(Turn::Rest) => return false,
                Some(Turn::Drop(entry, why)) => self.lose(entry, why.into(), now),
                Some(Turn::Run(entry, key)) => {
                    let done = self.run(entry, key, now);
                    now = done.ended;
                    over = Some(done);
                }
            }
        }
    }

    /// Notes the job that is over and asks for the next, unless it was the last one: in one go, so that no job
    /// can come between the look at an empty queue and giving the slot back.
    fn turn(&self, over: Option<&Over>, is_last: bool, now: Instant) -> Option<Turn> {
        let mut scheduler = lock(&self.scheduler);
        if let Some(Over { key, report, .. }) = over {
            scheduler.finish(*key, report.outcome, report.run.unwrap_or_default(), now);
        }
        let turn = (!is_last).then(|| scheduler.turn(now));
        self.signal_idle(&scheduler);
        turn
    }

    /// Takes a job out of its queue and answers it, if it is still there.
    pub(crate) fn withdraw(&self, lane: Lane, key: Key) {
        let mut scheduler = lock(&self.scheduler);
        let withdrawn = scheduler.withdraw(lane, key);
        self.signal_idle(&scheduler);
        drop(scheduler);
        if let Some(entry) = withdrawn {
            self.lose(entry, Lost::Cancelled, self.clock.now());
        }
    }

    fn signal_idle(&self, scheduler: &Scheduler) {
        if scheduler.is_closed() && scheduler.is_idle() {
            self.idle.notify_all();
        }
    }

    fn run(&self, mut entry: Entry, key: Key, now: Instant) -> Over {
        let outcome = entry.job.run();
        let ended = self.clock.now();
        let report =
            JobReport { run: Some(ended.saturating_duration_since(now)), ..report(&entry, now, outcome) };
        Over { entry, key, report, ended }
    }

    fn hand_on(&self, over: Over) {
        self.observe(&over.report);
        contain(|| over.entry.job.deliver());
    }

    /// Answers a job that will not run. Called without the lock.
    pub(crate) fn lose(&self, entry: Entry, why: Lost, now: Instant) {
        self.observe(&report(&entry, now, why.into()));
        contain(|| entry.job.lose(why));
    }

    fn observe(&self, report: &JobReport) {
        if let Some(observer) = &self.observer {
            contain(|| observer.finished(report));
        }
    }
}

/// A job that ran and whose answer is still to be handed on.
struct Over {
    entry: Entry,
    key: Key,
    report: JobReport,
    ended: Instant,
}

fn report(entry: &Entry, left_queue: Instant, outcome: Outcome) -> JobReport {
    JobReport {
        lane: entry.ticket.lane,
        tenant: entry.ticket.tenant,
        cost: entry.ticket.cost,
        wait: left_queue.saturating_duration_since(entry.submitted),
        run: None,
        outcome,
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
