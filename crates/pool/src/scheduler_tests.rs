//! What runs next, what is refused and what is dropped, with time in the test's hand.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::arena::Key;
use crate::clock::{Clock, ManualClock};
use crate::config::{LaneConfig, PoolConfig};
use crate::job::Job;
use crate::lane::Lane;
use crate::lost::Lost;
use crate::metrics::Totals;
use crate::observer::Outcome;
use crate::refused::{Reason, Refused};
use crate::scheduler::{BULK_SHARE, Entry, Scheduler, Turn};
use crate::ticket::{Cost, Tenant, Ticket};
use crate::token::{StopReason, Token};

const MS: Duration = Duration::from_millis(1);

/// A scheduler and a clock that only the test moves.
struct Bench {
    scheduler: Scheduler,
    clock: ManualClock,
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

impl Bench {
    fn new(config: PoolConfig) -> Self {
        let clock = ManualClock::start();
        Self { scheduler: Scheduler::new(config, clock.now()), clock }
    }

    fn submit(&mut self, ticket: Ticket) -> Result<(Key, Token), Refused> {
        if let Some(refused) = self.scheduler.refuse(&ticket, self.clock.now()) {
            return Err(refused);
        }
        let token = Token::new(ticket.deadline, Clock::manual(&self.clock));
        let entry = Entry { ticket, token: token.clone(), job: Box::new(NoJob), submitted: self.clock.now() };
        Ok((self.scheduler.push(entry), token))
    }

    /// Submits until something is refused.
    fn fill(&mut self, ticket: Ticket) -> (usize, Refused) {
        let mut admitted = 0;
        loop {
            match self.submit(ticket) {
                Ok(_) => admitted += 1,
                Err(refused) => return (admitted, refused),
            }
        }
    }

    fn start(&mut self) -> Option<(Lane, Key)> {
        self.scheduler.activate();
        match self.scheduler.turn(self.clock.now()) {
            Turn::Run(entry, key) => Some((entry.ticket.lane, key)),
            Turn::Drop(..) | Turn::Rest => None,
        }
    }

    fn finish(&mut self, key: Key, took: Duration) {
        self.clock.advance(took);
        self.scheduler.finish(key, Outcome::Finished, took, self.clock.now());
    }

    /// Runs jobs on one slot until none is left; the lanes in order.
    fn run_all(&mut self, took: Duration) -> Vec<Lane> {
        let mut lanes = Vec::new();
        self.scheduler.activate();
        while let Turn::Run(entry, key) = self.scheduler.turn(self.clock.now()) {
            lanes.push(entry.ticket.lane);
            self.finish(key, took);
        }
        lanes
    }

    fn totals(&mut self, lane: Lane) -> Totals {
        self.scheduler.snapshot(self.clock.now()).lane(lane).totals.clone()
    }
}

fn config(threads: usize) -> PoolConfig {
    PoolConfig::for_threads(threads)
}

fn ticket(lane: Lane, cost: Duration) -> Ticket {
    Ticket::new(lane, Tenant::named("tenants/a"), cost.into())
}

#[test]
fn interactive_goes_first() {
    let mut bench = Bench::new(config(1));
    for lane in [Lane::Bulk, Lane::Bulk, Lane::Interactive, Lane::Interactive] {
        bench.submit(ticket(lane, MS)).unwrap();
    }
    assert_eq!(bench.run_all(MS), [Lane::Interactive, Lane::Interactive, Lane::Bulk, Lane::Bulk]);
}

#[test]
fn bulk_gets_its_share_under_sustained_interactive_load() {
    let mut bench = Bench::new(config(1));
    for _ in 0..20 {
        bench.submit(ticket(Lane::Bulk, MS)).unwrap();
    }
    let mut bulk = 0;
    for _ in 0..10 * BULK_SHARE {
        while bench.submit(ticket(Lane::Interactive, MS)).is_ok() {}
        let (lane, key) = bench.start().unwrap();
        bulk += u32::from(lane == Lane::Bulk);
        bench.finish(key, MS);
        bench.scheduler.deactivate();
    }
    assert!((9..=10).contains(&bulk), "{bulk} of {} jobs were bulk", 10 * BULK_SHARE);
}

#[test]
fn bulk_share_is_of_time_not_of_jobs() {
    let mut bench = Bench::new(config(1));
    for _ in 0..100 {
        bench.submit(ticket(Lane::Bulk, MS)).unwrap();
    }
    let short = Duration::from_micros(50);
    let mut bulk_time = Duration::ZERO;
    let start = bench.clock.now();
    for _ in 0..20_000 {
        while bench.submit(ticket(Lane::Interactive, short)).is_ok() {}
        let (lane, key) = bench.start().unwrap();
        let took = if lane == Lane::Bulk { MS } else { short };
        bulk_time += took * u32::from(lane == Lane::Bulk);
        bench.finish(key, took);
        bench.scheduler.deactivate();
    }
    let part = bulk_time.as_secs_f64() / (bench.clock.now() - start).as_secs_f64();
    assert!((part * f64::from(BULK_SHARE) - 1.0).abs() < 0.1, "bulk got {part} of the time");
}

#[test]
fn bulk_keeps_to_its_slots() {
    let mut bench = Bench::new(PoolConfig { bulk_slots: Some(2), ..config(4) });
    for _ in 0..4 {
        bench.submit(ticket(Lane::Bulk, MS)).unwrap();
    }
    assert!(bench.start().is_some());
    assert!(bench.start().is_some());
    assert!(bench.start().is_none(), "a third bulk job started");
    assert!(!bench.scheduler.activate(), "a slot was activated for a job that may not start");
    bench.submit(ticket(Lane::Interactive, MS)).unwrap();
    assert_eq!(bench.start().map(|(lane, _)| lane), Some(Lane::Interactive));
}

#[test]
fn bulk_slots_default_to_all_of_two_and_all_but_one_above() {
    let slots = [1, 2, 3, 16].map(|threads| config(threads).bulk_slots());
    assert_eq!(slots, [1, 2, 2, 15]);
}

#[test]
fn a_lone_tenant_gets_three_quarters_of_the_queue_and_the_rest_is_for_others() {
    let long = Duration::from_secs(3_600);
    let lane = LaneConfig { queue_max: 16, wait_max: long };
    let mut bench = Bench::new(PoolConfig { interactive: lane, ..config(1) });
    let (admitted, refused) = bench.fill(ticket(Lane::Interactive, MS));
    assert_eq!((admitted, refused.reason), (12, Reason::TenantShare));

    let other = Ticket { tenant: Tenant::named("tenants/b"), ..ticket(Lane::Interactive, MS) };
    let (admitted, refused) = bench.fill(other);
    assert_eq!((admitted, refused.reason), (3, Reason::TenantShare));
    let third = Ticket { tenant: Tenant::named("tenants/c"), ..other };
    let (admitted, refused) = bench.fill(third);
    assert_eq!((admitted, refused.reason), (1, Reason::QueueFull));
    assert_eq!(bench.totals(Lane::Interactive).refused.of(Reason::QueueFull), 1);
    assert_eq!(bench.totals(Lane::Interactive).refused.total(), 3);
}

#[test]
fn a_wait_longer_than_the_lane_allows_is_refused_with_a_time_to_come_back() {
    let lane = LaneConfig { queue_max: 1_024, wait_max: 100 * MS };
    let mut bench = Bench::new(PoolConfig { interactive: lane, ..config(1) });
    let (admitted, refused) = bench.fill(ticket(Lane::Interactive, 10 * MS));
    assert_eq!((admitted, refused.reason), (11, Reason::WaitTooLong));
    assert_eq!(refused.retry_after, 110 * MS);
    assert_eq!(
        refused.to_string(),
        "the interactive lane refused the job: the wait would be too long; retry after 110ms"
    );
}

#[test]
fn a_flooded_lane_still_admits_another_tenant() {
    let lane = LaneConfig { queue_max: 1_024, wait_max: 100 * MS };
    let mut bench = Bench::new(PoolConfig { interactive: lane, ..config(1) });
    bench.fill(ticket(Lane::Interactive, 10 * MS));
    let other = Ticket { tenant: Tenant::named("tenants/b"), ..ticket(Lane::Interactive, 10 * MS) };
    bench.submit(other.by(bench.clock.now() + 50 * MS)).unwrap();
}

#[test]
fn a_job_that_would_miss_its_deadline_is_refused() {
    let mut bench = Bench::new(config(1));
    for _ in 0..5 {
        bench.submit(ticket(Lane::Interactive, 10 * MS)).unwrap();
    }
    let soon = ticket(Lane::Interactive, 10 * MS).by(bench.clock.now() + 55 * MS);
    assert_eq!(bench.submit(soon).unwrap_err().reason, Reason::DeadlineTooSoon);
    let later = ticket(Lane::Interactive, 10 * MS).by(bench.clock.now() + 100 * MS);
    bench.submit(later).unwrap();
    let past = ticket(Lane::Interactive, MS).by(bench.clock.now());
    assert_eq!(Bench::new(config(1)).submit(past).unwrap_err().reason, Reason::DeadlineTooSoon);
}

#[test]
fn estimates_follow_what_jobs_really_take() {
    let mut bench = Bench::new(config(1));
    for _ in 0..64 {
        bench.submit(ticket(Lane::Interactive, MS)).unwrap();
        bench.run_all(10 * MS);
    }
    let factor = bench.scheduler.snapshot(bench.clock.now()).lane(Lane::Interactive).service_factor;
    assert!((factor - 10.0).abs() < 0.5, "{factor}");
    bench.submit(ticket(Lane::Interactive, MS)).unwrap();
    let wait = bench.scheduler.snapshot(bench.clock.now()).lane(Lane::Interactive).estimated_wait;
    assert!(wait > 9 * MS && wait < 11 * MS, "{wait:?}");
}

/// A machine that was suspended, then works again: the pool must find its way back by itself.
#[test]
fn an_estimate_gone_wrong_heals() {
    let mut bench = Bench::new(config(1));
    let by = |bench: &Bench| ticket(Lane::Interactive, MS).by(bench.clock.now() + 50 * MS);
    for _ in 0..100 {
        bench.submit(by(&bench)).unwrap();
        bench.run_all(3_600_000 * MS);
    }
    for _ in 0..400 {
        bench.submit(by(&bench)).unwrap();
        bench.run_all(MS);
    }
    let factor = bench.scheduler.snapshot(bench.clock.now()).lane(Lane::Interactive).service_factor;
    assert!(factor < 1.1, "{factor}");
}

#[test]
fn expired_and_cancelled_jobs_do_not_run() {
    let mut bench = Bench::new(config(1));
    let now = bench.clock.now();
    bench.submit(ticket(Lane::Interactive, MS).by(now + 5 * MS)).unwrap();
    let (_, token) = bench.submit(ticket(Lane::Interactive, MS)).unwrap();
    token.cancel();
    bench.clock.advance(5 * MS);
    bench.scheduler.activate();
    assert!(matches!(bench.scheduler.turn(bench.clock.now()), Turn::Drop(_, StopReason::DeadlineExceeded)));
    assert!(matches!(bench.scheduler.turn(bench.clock.now()), Turn::Drop(_, StopReason::Cancelled)));
    assert!(matches!(bench.scheduler.turn(bench.clock.now()), Turn::Rest));
    let totals = bench.totals(Lane::Interactive);
    assert_eq!((totals.expired_queued, totals.cancelled_queued), (1, 1));
    assert_eq!(totals.wait.count(), 0);
}

#[test]
fn a_withdrawn_job_gives_its_place_back() {
    let lane = LaneConfig { queue_max: 4, wait_max: Duration::from_secs(1) };
    let mut bench = Bench::new(PoolConfig { interactive: lane, ..config(1) });
    let keys: Vec<_> = (0..3).map(|_| bench.submit(ticket(Lane::Interactive, MS)).unwrap().0).collect();
    assert_eq!(bench.submit(ticket(Lane::Interactive, MS)).unwrap_err().reason, Reason::TenantShare);
    for key in keys {
        assert!(bench.scheduler.withdraw(Lane::Interactive, key).is_some());
        assert!(bench.scheduler.withdraw(Lane::Interactive, key).is_none());
    }
    let snapshot = bench.scheduler.snapshot(bench.clock.now());
    let lane = snapshot.lane(Lane::Interactive);
    assert_eq!((lane.depth, lane.tenants, lane.estimated_wait), (0, 0, Duration::ZERO));
    bench.submit(ticket(Lane::Interactive, MS)).unwrap();
}

#[derive(Debug, Clone)]
enum Op {
    Submit {
        lane: Lane,
        tenant: u64,
        cost_us: u64,
        deadline_ms: Option<u64>,
    },
    /// The slot of this number looks for work, finishing what it ran.
    Slot {
        number: usize,
        outcome: Outcome,
    },
    Withdraw {
        nth: usize,
    },
    Cancel {
        nth: usize,
    },
    Advance {
        us: u64,
    },
    Close,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let lane = prop_oneof![Just(Lane::Interactive), Just(Lane::Bulk)];
    let submit = (lane, 0..4_u64, 1..20_000_u64, prop::option::of(0..50_u64))
        .prop_map(|(lane, tenant, cost_us, deadline_ms)| Op::Submit { lane, tenant, cost_us, deadline_ms });
    let outcome = prop_oneof![Just(Outcome::Finished), Just(Outcome::Panicked), Just(Outcome::Cancelled)];
    let slot = (0..8_usize, outcome).prop_map(|(number, outcome)| Op::Slot { number, outcome });
    let op = prop_oneof![
        30 => submit,
        30 => slot,
        5 => (0..100_usize).prop_map(|nth| Op::Withdraw { nth }),
        5 => (0..100_usize).prop_map(|nth| Op::Cancel { nth }),
        10 => (0..10_000_u64).prop_map(|us| Op::Advance { us }),
        1 => Just(Op::Close),
    ];
    prop::collection::vec(op, 0..300)
}

/// A slot, as the model sees it: about to look for work, or running a job.
enum SlotState {
    Looking,
    Running(Key, Instant),
}

proptest! {
    /// After any history: slots and counts add up, bounds hold, and nothing that could run is left waiting.
    #[test]
    fn invariants_hold(threads in 1..5_usize, ops in ops()) {
        let lane = LaneConfig { queue_max: 8, wait_max: 50 * MS };
        let config = PoolConfig { interactive: lane, bulk: lane, ..config(threads) };
        let bulk_slots = config.bulk_slots();
        let mut bench = Bench::new(config);
        let mut slots: Vec<SlotState> = Vec::new();
        let mut jobs = Vec::new();
        for op in ops {
            apply(op, &mut bench, &mut slots, &mut jobs);
            let snapshot = bench.scheduler.snapshot(bench.clock.now());
            prop_assert_eq!(snapshot.slots_active, slots.len());
            prop_assert!(slots.len() <= threads);
            for lane in &snapshot.lanes {
                prop_assert!(lane.depth <= 8 && lane.tenants <= lane.depth);
                let totals = &lane.totals;
                let ran = totals.finished + totals.panicked + totals.cancelled_running;
                let dropped = totals.cancelled_queued + totals.expired_queued;
                prop_assert_eq!(totals.admitted, ran + dropped + (lane.depth + lane.running) as u64);
                prop_assert_eq!(totals.run.count(), ran);
            }
            let [interactive, bulk] = &snapshot.lanes;
            prop_assert!(bulk.running <= bulk_slots);
            let is_ready = interactive.depth > 0 || (bulk.depth > 0 && bulk.running < bulk_slots);
            let is_looking = slots.iter().any(|slot| matches!(slot, SlotState::Looking));
            prop_assert!(!is_ready || slots.len() == threads || is_looking, "a job waits beside an idle slot");
        }
    }
}

fn apply(op: Op, bench: &mut Bench, slots: &mut Vec<SlotState>, jobs: &mut Vec<(Lane, Key, Token)>) {
    match op {
        Op::Submit { lane, tenant, cost_us, deadline_ms } => {
            let deadline = deadline_ms.map(|ms| bench.clock.now() + Duration::from_millis(ms));
            let tenant = Tenant::numbered(tenant);
            if let Ok((key, token)) =
                bench.submit(Ticket { lane, tenant, deadline, cost: Cost::micros(cost_us) })
            {
                jobs.push((lane, key, token));
                if bench.scheduler.activate() {
                    slots.push(SlotState::Looking);
                }
            }
        }
        Op::Slot { number, outcome } if number < slots.len() => step(bench, slots, number, outcome),
        Op::Slot { .. } => {}
        Op::Withdraw { nth } => {
            if let Some((lane, key, token)) = jobs.get(nth) {
                token.cancel();
                bench.scheduler.withdraw(*lane, *key);
            }
        }
        Op::Cancel { nth } => {
            if let Some((_, _, token)) = jobs.get(nth) {
                token.cancel();
            }
        }
        Op::Advance { us } => bench.clock.advance(Duration::from_micros(us)),
        Op::Close => bench.scheduler.close(),
    }
}

fn step(bench: &mut Bench, slots: &mut Vec<SlotState>, number: usize, outcome: Outcome) {
    let now = bench.clock.now();
    if let SlotState::Running(key, since) = slots[number] {
        bench.scheduler.finish(key, outcome, now - since, now);
    }
    slots[number] = SlotState::Looking;
    loop {
        match bench.scheduler.turn(now) {
            Turn::Run(_, key) => {
                slots[number] = SlotState::Running(key, now);
                return;
            }
            Turn::Drop(..) => {}
            Turn::Rest => {
                slots.swap_remove(number);
                return;
            }
        }
    }
}
