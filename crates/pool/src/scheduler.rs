//! What runs next, what is refused and what is dropped. Pure: no lock, no thread, time is an argument.

use std::time::{Duration, Instant};

use crate::admission::{Forecast, Occupancy, ServiceRate};
use crate::arena::{Arena, Key};
use crate::config::PoolConfig;
use crate::fair_queue::{FairQueue, SHARE_OF_FREE};
use crate::job::Job;
use crate::lane::Lane;
use crate::metrics::{LaneSnapshot, Snapshot, Totals};
use crate::observer::Outcome;
use crate::refused::{RETRY_AFTER_MIN, Reason, Refused};
use crate::ticket::{Cost, Tenant, Ticket};
use crate::token::{StopReason, Token};

/// Under sustained interactive load, bulk still gets one part in this many of the slots' time.
pub const BULK_SHARE: u32 = 32;

/// The pool's state: both queues, what runs, and what was counted.
///
/// A *slot* is the right to run one job at a time. Invariant, whenever the lock is free: if a job is ready to
/// run, then every slot is active, or one was activated that has not looked for a job yet. It holds because
/// each job that is pushed activates a slot, if one is free, and a slot looks again after each job.
#[derive(Debug)]
pub(crate) struct Scheduler {
    config: PoolConfig,
    lanes: [LaneState; 2],
    running: Arena<Running>,
    slots_active: usize,
    /// Slot time, in nanoseconds, that bulk was passed over for and is owed.
    bulk_owed_ns: f64,
    is_closed: bool,
}

#[derive(Debug)]
struct LaneState {
    queue: FairQueue<Entry>,
    running: usize,
    running_ns: u64,
    rate: ServiceRate,
    occupancy: Occupancy,
    totals: Totals,
}

/// A job with what is needed to queue it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) ticket: Ticket,
    pub(crate) token: Token,
    pub(crate) job: Box<dyn Job>,
    pub(crate) submitted: Instant,
}

/// What a slot is to do next.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Run this, then call [`Scheduler::finish`] with the key.
    Run(Entry, Key),
    /// Tell this one that it will not run, then ask again.
    Drop(Entry, StopReason),
    /// Nothing is ready: the slot is given back.
    Rest,
}

#[derive(Debug)]
struct Running {
    lane: Lane,
    cost: Cost,
    token: Token,
}

impl Scheduler {
    pub(crate) fn new(config: PoolConfig, now: Instant) -> Self {
        let lanes = Lane::ALL.map(|lane| LaneState::new(config.lane(lane).queue_max, now));
        let running = Arena::with_room(config.threads);
        Self { config, lanes, running, slots_active: 0, bulk_owed_ns: 0.0, is_closed: false }
    }

    /// Whether the job is refused; counts it either way.
    pub(crate) fn refuse(&mut self, ticket: &Ticket, now: Instant) -> Option<Refused> {
        let forecast = self.forecast(ticket.lane, ticket.tenant, ticket.cost, now);
        let reason = self.objection(ticket, &forecast, now);
        let totals = &mut self.lane_mut(ticket.lane).totals;
        let Some(reason) = reason else {
            totals.admitted += 1;
            return None;
        };
        totals.refused.count(reason);
        let retry_after =
            if reason == Reason::ShuttingDown { RETRY_AFTER_MIN } else { forecast.retry_after() };
        Some(Refused { lane: ticket.lane, reason, retry_after })
    }

    /// Queues a job that was not refused; [`Scheduler::activate`] must follow under the same lock.
    pub(crate) fn push(&mut self, entry: Entry) -> Key {
        let Ticket { lane, tenant, cost, .. } = entry.ticket;
        self.lane_mut(lane).queue.push(tenant, cost, entry)
    }

    /// Activates a slot if a job is ready and a slot is free; the caller must then start that slot.
    pub(crate) fn activate(&mut self) -> bool {
        let is_needed =
            self.slots_active < self.config.threads && Lane::ALL.iter().any(|&lane| self.is_ready(lane));
        self.slots_active += usize::from(is_needed);
        is_needed
    }

    /// Gives a slot back that will not look for a job.
    pub(crate) fn deactivate(&mut self) {
        self.slots_active -= 1;
    }

    /// What an active slot does next; [`Turn::Rest`] gives the slot back.
    pub(crate) fn turn(&mut self, now: Instant) -> Turn {
        let Some((lane, entry)) = self.pick() else {
            self.deactivate();
            return Turn::Rest;
        };
        match entry.token.forbids_start(now) {
            Some(why) => {
                self.lane_mut(lane).totals.dropped(why.into());
                Turn::Drop(entry, why)
            }
            None => {
                let key = self.start(&entry, now);
                Turn::Run(entry, key)
            }
        }
    }

    /// Notes that a job is over.
    pub(crate) fn finish(&mut self, key: Key, outcome: Outcome, run: Duration, now: Instant) {
        let Some(Running { lane, cost, .. }) = self.running.remove(key) else { return };
        let state = self.lane_mut(lane);
        state.leave_slot(cost, now);
        state.totals.ran(outcome, run);
        state.learn(cost, outcome, run);
    }

    /// Takes a job out of its queue; `None` when it is not queued any more.
    pub(crate) fn withdraw(&mut self, lane: Lane, key: Key) -> Option<Entry> {
        let state = self.lane_mut(lane);
        let entry = state.queue.remove(key)?;
        state.totals.dropped(Outcome::Cancelled);
        Some(entry)
    }

    /// Counts a job that the caller ran itself.
    pub(crate) fn count_inline(&mut self, lane: Lane, run: Duration) {
        let totals = &mut self.lane_mut(lane).totals;
        totals.inline += 1;
        totals.run.record(run);
    }

    /// Admits nothing more.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Whether nothing is queued and nothing runs.
    pub(crate) fn is_idle(&self) -> bool {
        self.running.len() == 0 && self.lanes.iter().all(|lane| lane.queue.len() == 0)
    }

    /// Jobs running in slots.
    pub(crate) fn running(&self) -> usize {
        self.running.len()
    }

    /// Empties both queues, for shutdown.
    pub(crate) fn evict(&mut self) -> Vec<Entry> {
        let mut evicted = Vec::new();
        for state in &mut self.lanes {
            while let Some(entry) = state.queue.pop() {
                state.totals.dropped(Outcome::ShutDown);
                evicted.push(entry);
            }
        }
        evicted
    }

    /// Asks every running job to stop, for shutdown.
    pub(crate) fn stop_running(&self) {
        self.running.values().for_each(|running| running.token.stop(StopReason::ShutDown));
    }

    pub(crate) fn totals(&self) -> [&Totals; 2] {
        [&self.lanes[0].totals, &self.lanes[1].totals]
    }

    pub(crate) fn snapshot(&mut self, now: Instant) -> Snapshot {
        let waits = Lane::ALL.map(|lane| self.forecast(lane, Tenant::nobody(), Cost::nanos(1), now).wait_ns);
        let lanes = Lane::ALL.map(|lane| self.lane(lane).snapshot(waits[lane.index()]));
        Snapshot {
            lanes,
            slots: self.config.threads,
            slots_active: self.slots_active,
            is_closed: self.is_closed,
        }
    }

    fn objection(&self, ticket: &Ticket, forecast: &Forecast, now: Instant) -> Option<Reason> {
        let bounds = self.config.lane(ticket.lane);
        let queue = &self.lane(ticket.lane).queue;
        let free = bounds.queue_max.saturating_sub(queue.len());
        if self.is_closed {
            return Some(Reason::ShuttingDown);
        }
        if free == 0 {
            return Some(Reason::QueueFull);
        }
        if forecast.tenant_depth >= free * SHARE_OF_FREE {
            return Some(Reason::TenantShare);
        }
        forecast.objection(
            bounds.wait_max,
            ticket.deadline.map(|deadline| deadline.saturating_duration_since(now)),
        )
    }

    /// What a job of this tenant and cost can expect.
    fn forecast(&mut self, lane: Lane, tenant: Tenant, cost: Cost, now: Instant) -> Forecast {
        self.lanes.iter_mut().for_each(|state| state.occupancy.note(state.running, now));
        let [interactive, bulk] = &self.lanes;
        let state = self.lane(lane);
        let survey = state.queue.survey(tenant, cost);
        let mut ahead_ns = state.rate.estimate_ns(survey.ahead_ns);
        if lane == Lane::Bulk {
            ahead_ns += interactive.rate.estimate_ns(interactive.queue.backlog_ns());
        }
        if !self.has_room(lane) {
            // What runs is half done, on average.
            ahead_ns += interactive.running_estimate_ns() / 2.0 + bulk.running_estimate_ns() / 2.0;
        }
        Forecast {
            tenant_depth: survey.tenant_depth,
            wait_ns: ahead_ns / self.capacity(lane),
            service_ns: state.rate.estimate_ns(cost.as_nanos()),
        }
    }

    /// The slots that work on a lane's queue, on average.
    fn capacity(&self, lane: Lane) -> f64 {
        let threads = self.config.threads as f64;
        match lane {
            Lane::Interactive => threads,
            Lane::Bulk => {
                let left = threads - self.lane(Lane::Interactive).occupancy.mean();
                left.max(threads / f64::from(BULK_SHARE)).min(self.config.bulk_slots() as f64)
            }
        }
    }

    /// Takes the next job from the lane whose turn it is.
    fn pick(&mut self) -> Option<(Lane, Entry)> {
        let (interactive, bulk) = (self.is_ready(Lane::Interactive), self.is_ready(Lane::Bulk));
        let lane = match (interactive, bulk) {
            (true, true) if self.is_bulk_owed() => Lane::Bulk,
            (true, _) => Lane::Interactive,
            (false, true) => Lane::Bulk,
            (false, false) => return None,
        };
        let entry = self.lane_mut(lane).queue.pop()?;
        if lane == Lane::Bulk {
            self.bulk_owed_ns = 0.0;
        } else if bulk {
            let passed_over_ns = self.lane(lane).rate.estimate_ns(entry.ticket.cost.as_nanos());
            self.bulk_owed_ns += passed_over_ns / f64::from(BULK_SHARE - 1);
        }
        Some((lane, entry))
    }

    /// Whether bulk was passed over for long enough to be due a job of its average size.
    fn is_bulk_owed(&self) -> bool {
        let bulk = self.lane(Lane::Bulk);
        let mean_ns = bulk.rate.estimate_ns(bulk.queue.backlog_ns()) / bulk.queue.len() as f64;
        self.bulk_owed_ns >= mean_ns
    }

    fn start(&mut self, entry: &Entry, now: Instant) -> Key {
        let Ticket { lane, cost, .. } = entry.ticket;
        let state = self.lane_mut(lane);
        state.enter_slot(cost, now);
        state.totals.wait.record(now.saturating_duration_since(entry.submitted));
        self.running.insert(Running { lane, cost, token: entry.token.clone() })
    }

    fn is_ready(&self, lane: Lane) -> bool {
        self.lane(lane).queue.len() > 0 && self.may_start(lane)
    }

    /// Whether a job of this lane could start now, were it next.
    fn has_room(&self, lane: Lane) -> bool {
        self.running.len() < self.config.threads && self.may_start(lane)
    }

    fn may_start(&self, lane: Lane) -> bool {
        lane == Lane::Interactive || self.lane(Lane::Bulk).running < self.config.bulk_slots()
    }

    fn lane(&self, lane: Lane) -> &LaneState {
        &self.lanes[lane.index()]
    }

    fn lane_mut(&mut self, lane: Lane) -> &mut LaneState {
        &mut self.lanes[lane.index()]
    }
}

impl LaneState {
    fn new(queue_max: usize, now: Instant) -> Self {
        Self {
            queue: FairQueue::new(queue_max),
            running: 0,
            running_ns: 0,
            rate: ServiceRate::default(),
            occupancy: Occupancy::new(now),
            totals: Totals::default(),
        }
    }

    fn enter_slot(&mut self, cost: Cost, now: Instant) {
        self.occupancy.note(self.running, now);
        self.running += 1;
        self.running_ns += cost.as_nanos();
    }

    fn leave_slot(&mut self, cost: Cost, now: Instant) {
        self.occupancy.note(self.running, now);
        self.running -= 1;
        self.running_ns -= cost.as_nanos();
    }

    /// Learns from what ran to its end, and from what was cut short after it had overrun.
    fn learn(&mut self, cost: Cost, outcome: Outcome, run: Duration) {
        let has_overrun = run.as_nanos() as f64 > self.rate.estimate_ns(cost.as_nanos());
        match outcome {
            Outcome::Finished => self.rate.learn(cost, run),
            Outcome::Panicked => {}
            Outcome::Cancelled | Outcome::DeadlineExceeded | Outcome::ShutDown => {
                if has_overrun {
                    self.rate.learn(cost, run);
                }
            }
        }
    }

    fn running_estimate_ns(&self) -> f64 {
        self.rate.estimate_ns(self.running_ns)
    }

    fn snapshot(&self, wait_ns: f64) -> LaneSnapshot {
        LaneSnapshot {
            depth: self.queue.len(),
            tenants: self.queue.tenants(),
            running: self.running,
            estimated_wait: Duration::from_nanos(wait_ns as u64),
            service_factor: self.rate.factor(),
            totals: self.totals.clone(),
        }
    }
}
