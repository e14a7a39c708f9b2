//! Slots that the test runs itself, on its own thread, with a clock that it moves.
#![cfg(not(loom))]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lightcone_pool::{
    Clock, Cost, Hooks, Lane, Lost, ManualClock, Pending, Pool, PoolConfig, Slot, Tenant, Ticket, Workers,
};

/// Slots that were started and that nobody has run yet.
#[derive(Clone, Default)]
struct Started(Arc<Mutex<Vec<Slot>>>);

impl Workers for Started {
    fn start(&self, slot: Slot) {
        self.0.lock().expect("no panic while it was held").push(slot);
    }
}

impl Started {
    fn len(&self) -> usize {
        self.0.lock().expect("no panic while it was held").len()
    }

    /// Runs the slot that was started last; whether there was one.
    fn run_one(&self) -> bool {
        let slot = self.0.lock().expect("no panic while it was held").pop();
        slot.map(|slot| slot.run(self)).is_some()
    }
}

struct Bench {
    pool: Arc<Pool>,
    started: Started,
    clock: ManualClock,
}

impl Bench {
    fn new(threads: usize) -> Self {
        let (started, clock) = (Started::default(), ManualClock::start());
        let hooks = Hooks { clock: Clock::manual(&clock), ..Hooks::default() };
        let workers = Box::new(started.clone());
        let pool = Pool::with_workers(PoolConfig::for_threads(threads), hooks, workers).expect("a pool");
        Self { pool: Arc::new(pool), started, clock }
    }

    fn submit(&self, work: impl FnOnce() + Send + 'static) -> Pending<()> {
        let ticket = Ticket::new(Lane::Interactive, Tenant::named("tenants/a"), Cost::micros(100));
        self.pool.submit(ticket, move |_| work()).expect("admission")
    }
}

#[test]
fn a_slot_is_started_for_each_job_up_to_the_threads() {
    let bench = Bench::new(2);
    let pending: Vec<_> = (0..5).map(|_| bench.submit(|| ())).collect();
    assert_eq!(bench.started.len(), 2);
    assert!(bench.started.run_one());
    assert_eq!(bench.pool.snapshot().lane(Lane::Interactive).totals.finished, 5);
    assert!(bench.started.run_one());
    assert!(!bench.started.run_one());
    assert_eq!(bench.pool.snapshot().slots_active, 0);
    assert!(pending.into_iter().all(|pending| pending.wait() == Ok(())));
}

/// As when rayon lends a thread whose job waits: the waiting job is held up by one job, not by the queue.
#[test]
fn a_slot_inside_a_job_runs_one_job_and_starts_anew() {
    let bench = Bench::new(2);
    let inner = bench.started.clone();
    let pool = Arc::clone(&bench.pool);
    let finished_inside = Arc::new(Mutex::new(None));
    let note = Arc::clone(&finished_inside);
    let outer = bench.submit(move || {
        inner.run_one();
        *note.lock().expect("no panic while it was held") =
            Some((pool.snapshot().lane(Lane::Interactive).totals.finished, inner.len()));
    });
    let queued: Vec<_> = (0..3).map(|_| bench.submit(|| ())).collect();
    while bench.started.run_one() {}
    assert_eq!(*finished_inside.lock().expect("no panic while it was held"), Some((1, 1)));
    assert_eq!(bench.pool.snapshot().slots_active, 0);
    assert!(queued.into_iter().chain([outer]).all(|pending| pending.wait() == Ok(())));
}

#[test]
fn a_slot_dropped_by_its_workers_is_given_back() {
    let bench = Bench::new(1);
    let pending = bench.submit(|| ());
    bench.started.0.lock().expect("no panic while it was held").clear();
    assert_eq!(bench.pool.snapshot().slots_active, 0);
    let next = bench.submit(|| ());
    assert!(bench.started.run_one());
    assert_eq!((pending.wait(), next.wait()), (Ok(()), Ok(())));
}

#[test]
fn waits_and_runs_are_measured_on_the_pools_clock() {
    let bench = Bench::new(1);
    let clock = bench.clock.clone();
    let pending = bench.submit(move || clock.advance(Duration::from_millis(3)));
    bench.clock.advance(Duration::from_micros(40));
    assert!(bench.started.run_one());
    assert_eq!(pending.wait(), Ok(()));
    let snapshot = bench.pool.snapshot();
    let totals = &snapshot.lane(Lane::Interactive).totals;
    assert_eq!((totals.wait.sum(), totals.run.sum()), (Duration::from_micros(40), Duration::from_millis(3)));
    assert_eq!(totals.wait.quantile(0.5), Some(Duration::from_micros(64)));
    assert_eq!(totals.run.quantile(0.99), Some(Duration::from_micros(4_096)));
}

#[test]
fn shutting_down_outside_any_worker_answers_the_queue() {
    let bench = Bench::new(1);
    let pending = bench.submit(|| ());
    let report = bench.pool.drain(bench.clock.now());
    assert_eq!((report.finished, report.lost, report.still_running), (0, 1, 0));
    assert_eq!(pending.wait(), Err(Lost::ShutDown));
    assert!(bench.started.run_one(), "the slot rests");
    assert_eq!(bench.pool.snapshot().slots_active, 0);
}
