//! Overload, simulated in virtual time: goodput at twice the capacity and beyond.

use std::time::{Duration, Instant};

use crate::arena::Key;
use crate::clock::{Clock, ManualClock};
use crate::config::PoolConfig;
use crate::job::Job;
use crate::lane::Lane;
use crate::lost::Lost;
use crate::observer::Outcome;
use crate::scheduler::{Entry, Scheduler, Turn};
use crate::ticket::{Cost, Tenant, Ticket};
use crate::token::Token;

/// What an interactive job beside the load takes, and declares.
const BESIDE_TOOK: Duration = Duration::from_millis(1);

/// An open loop of jobs at some multiple of what the slots can do.
#[derive(Clone, Copy)]
struct Load {
    lane: Lane,
    threads: usize,
    /// Arrivals in parts of the capacity.
    intensity: f64,
    deadline: Duration,
    /// What a job declares.
    declared: Duration,
    /// What it really takes, as parts of that: uniform between the two.
    took: (f64, f64),
    tenants: u64,
    /// Interactive jobs of a millisecond beside it, in parts of the capacity.
    beside: f64,
    lasts: Duration,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            lane: Lane::Interactive,
            threads: 2,
            intensity: 2.0,
            deadline: Duration::from_millis(250),
            declared: Duration::from_micros(11_800),
            took: (0.9, 1.1),
            tenants: 1,
            beside: 0.0,
            lasts: Duration::from_secs(30),
        }
    }
}

/// What came of a load.
#[derive(Debug)]
struct Yield {
    /// Jobs done in time, in parts of what the slots can do beside the other load.
    goodput: f64,
    /// Jobs that started and were cut at their deadline, in parts of those admitted.
    cut: f64,
    slowest: Duration,
}

#[test]
fn goodput_holds_at_twice_the_capacity() {
    check(Load::default(), 0.95);
    check(Load { lane: Lane::Bulk, ..Load::default() }, 0.95);
}

#[test]
fn goodput_holds_at_ten_times_the_capacity() {
    check(Load { intensity: 10.0, ..Load::default() }, 0.95);
}

#[test]
fn goodput_holds_when_costs_are_declared_wrong() {
    check(Load { took: (2.5, 3.5), ..Load::default() }, 0.95);
    check(Load { took: (0.2, 0.3), ..Load::default() }, 0.95);
}

#[test]
fn goodput_holds_when_jobs_vary_widely() {
    check(Load { took: (0.1, 3.0), ..Load::default() }, 0.95);
}

#[test]
fn goodput_holds_between_many_tenants() {
    check(Load { tenants: 100, ..Load::default() }, 0.95);
    check(Load { tenants: 100, took: (0.1, 3.0), intensity: 4.0, ..Load::default() }, 0.95);
}

#[test]
fn goodput_holds_on_many_cores_and_with_short_jobs() {
    let short = Duration::from_micros(200);
    check(Load { threads: 32, ..Load::default() }, 0.95);
    check(Load { declared: short, lasts: Duration::from_secs(5), ..Load::default() }, 0.95);
}

#[test]
fn goodput_of_bulk_holds_beside_interactive_load() {
    let slices = Load { lane: Lane::Bulk, declared: BESIDE_TOOK, ..Load::default() };
    check(Load { beside: 0.7, ..slices }, 0.95);
    check(Load { beside: 0.3, intensity: 10.0, ..slices }, 0.95);
}

#[track_caller]
fn check(load: Load, at_least: f64) {
    let (intensity, deadline) = (load.intensity, load.deadline);
    let came = Simulation::new(load).run();
    assert!(came.goodput >= at_least, "{came:?} at {intensity} times the capacity");
    assert!(came.slowest <= deadline, "{came:?}");
    assert!(came.cut <= 0.02, "{came:?}");
}

struct Simulation {
    load: Load,
    clock: ManualClock,
    start: Instant,
    scheduler: Scheduler,
    /// What each slot runs: the job's key, its start, when it stops and whether it is done then.
    slots: Vec<Option<Run>>,
    random: Random,
    good: u64,
    cut: u64,
    admitted: u64,
    slowest: Duration,
}

struct Run {
    key: Key,
    started: Instant,
    stops: Instant,
    submitted: Instant,
    /// Whether it belongs to the load whose goodput counts.
    is_measured: bool,
    is_cut: bool,
}

#[derive(Debug)]
struct NoJob;

impl Job for NoJob {
    fn run(&mut self) -> Outcome {
        Outcome::Finished
    }
    fn deliver(self: Box<Self>) {}
    fn lose(self: Box<Self>, _: Lost) {}
}

impl Simulation {
    fn new(load: Load) -> Self {
        let clock = ManualClock::start();
        let start = clock.now();
        let scheduler = Scheduler::new(PoolConfig::for_threads(load.threads), start);
        let slots = (0..load.threads).map(|_| None).collect();
        let random = Random(0x9e37_79b9_7f4a_7c15);
        Self {
            load,
            clock,
            start,
            scheduler,
            slots,
            random,
            good: 0,
            cut: 0,
            admitted: 0,
            slowest: Duration::ZERO,
        }
    }

    fn run(mut self) -> Yield {
        let mean_took = self.load.declared.mul_f64((self.load.took.0 + self.load.took.1) / 2.0);
        let threads = self.load.threads as f64;
        let capacity = threads * (1.0 - self.load.beside) / mean_took.as_secs_f64();
        let rate = capacity * self.load.intensity;
        let beside_rate = threads * self.load.beside / BESIDE_TOOK.as_secs_f64();
        let end = self.start + self.load.lasts;
        let mut next = self.start + self.random.gap(rate);
        let mut next_beside = self.start + self.random.gap(beside_rate);
        while next < end {
            let next_stop = self.slots.iter().flatten().map(|run| run.stops).min().unwrap_or(end);
            if next_stop <= next.min(next_beside) {
                self.finish_at(next_stop);
            } else if next <= next_beside {
                self.arrive_at(next);
                next += self.random.gap(rate);
            } else {
                self.arrive_beside_at(next_beside);
                next_beside += self.random.gap(beside_rate);
            }
        }
        Yield {
            goodput: self.good as f64 / (capacity * self.load.lasts.as_secs_f64()),
            cut: self.cut as f64 / self.admitted as f64,
            slowest: self.slowest,
        }
    }

    fn arrive_at(&mut self, now: Instant) {
        let tenant = Tenant::numbered((self.random.unit() * self.load.tenants as f64) as u64);
        let ticket = Ticket::new(self.load.lane, tenant, Cost::from(self.load.declared));
        let is_admitted = self.submit(ticket.by(now + self.load.deadline), now);
        self.admitted += u64::from(is_admitted);
    }

    fn arrive_beside_at(&mut self, now: Instant) {
        self.submit(Ticket::new(Lane::Interactive, Tenant::named("beside"), Cost::from(BESIDE_TOOK)), now);
    }

    fn submit(&mut self, ticket: Ticket, now: Instant) -> bool {
        self.clock.advance(now - self.clock.now());
        if self.scheduler.refuse(&ticket, now).is_some() {
            return false;
        }
        let token = Token::new(ticket.deadline, Clock::manual(&self.clock));
        self.scheduler.push(Entry { ticket, token, job: Box::new(NoJob), submitted: now });
        if self.scheduler.activate() {
            let idle = self.slots.iter().position(Option::is_none).expect("an idle slot");
            self.look_for_work(idle, now);
        }
        true
    }

    fn finish_at(&mut self, now: Instant) {
        self.clock.advance(now - self.clock.now());
        let slot = self.slots.iter().position(|run| run.as_ref().is_some_and(|run| run.stops == now));
        let slot = slot.expect("the slot that stops now");
        let run = self.slots[slot].take().expect("its run");
        let outcome = if run.is_cut { Outcome::DeadlineExceeded } else { Outcome::Finished };
        self.scheduler.finish(run.key, outcome, now - run.started, now);
        self.cut += u64::from(run.is_cut);
        if run.is_measured && !run.is_cut {
            self.good += 1;
            self.slowest = self.slowest.max(now - run.submitted);
        }
        self.look_for_work(slot, now);
    }

    fn look_for_work(&mut self, slot: usize, now: Instant) {
        loop {
            match self.scheduler.turn(now) {
                Turn::Rest => return,
                Turn::Drop(..) => {}
                Turn::Run(entry, key) => {
                    self.slots[slot] = Some(self.start_run(&entry, key, now));
                    return;
                }
            }
        }
    }

    fn start_run(&mut self, entry: &Entry, key: Key, now: Instant) -> Run {
        let is_measured = entry.ticket.deadline.is_some();
        let (least, most) = if is_measured { self.load.took } else { (1.0, 1.0) };
        let declared = Duration::from_nanos(entry.ticket.cost.as_nanos());
        let done = now + declared.mul_f64(least + self.random.unit() * (most - least));
        let stops = entry.ticket.deadline.map_or(done, |deadline| deadline.min(done));
        Run { key, started: now, stops, submitted: entry.submitted, is_measured, is_cut: stops < done }
    }
}

/// The same numbers every time (xorshift64*).
struct Random(u64);

impl Random {
    /// The time to the next arrival, at a mean rate a second; a day when there are none.
    fn gap(&mut self, rate: f64) -> Duration {
        let gap_s = -self.unit().max(1e-12).ln() / rate;
        Duration::from_secs_f64(gap_s.min(86_400.0))
    }

    /// From 0 to just below 1.
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
