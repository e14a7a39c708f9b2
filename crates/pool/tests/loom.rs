//! Models of the hand-offs: loom runs them through every interleaving, up to a number of preemptions.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p lightcone-pool --release --test loom`
//!
//! A lost wake-up shows as a deadlock, which loom reports; an answer given twice or never, and a job left
//! beside an idle slot, as a failed assertion.
#![cfg(loom)]

use std::sync::Arc;
use std::sync::atomic::AtomicUsize as Tally;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Poll, Wake, Waker};
use std::time::Duration;

use lightcone_pool::parts::Cell;
use lightcone_pool::{
    Clock, Cost, Hooks, Lane, LaneConfig, Lost, ManualClock, Pending, Pool, PoolConfig, Slot, Tenant, Ticket,
    Workers,
};
use loom::future::block_on;
use loom::model::Builder;
use loom::sync::Notify;
use loom::thread;

/// How often a thread may be preempted in one run; where two are not enough to show a bug, three rarely are.
const PREEMPTIONS_MAX: usize = 3;

fn model(run: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(PREEMPTIONS_MAX));
    builder.check(run);
}

#[test]
fn an_answer_reaches_whoever_waits() {
    model(|| {
        let cell = Arc::new(Cell::default());
        let giver = thread::spawn({
            let cell = Arc::clone(&cell);
            move || cell.complete(Ok(7))
        });
        let answer = block_on(std::future::poll_fn(|context| cell.poll(context.waker())));
        assert_eq!(answer, Ok(7));
        giver.join().unwrap();
    });
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(Tally);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn the_last_waker_left_is_the_one_woken() {
    model(|| {
        let cell = Arc::new(Cell::<u32>::default());
        let giver = thread::spawn({
            let cell = Arc::clone(&cell);
            move || cell.complete(Ok(7))
        });
        let bells = [Arc::new(Bell::default()), Arc::new(Bell::default())];
        let last = bells.iter().map(|bell| cell.poll(&Waker::from(Arc::clone(bell)))).last();
        giver.join().unwrap();
        let is_woken = bells[1].0.load(SeqCst) == 1;
        assert!(is_woken || matches!(last, Some(Poll::Ready(_))), "the answer came and nobody was told");
    });
}

#[test]
fn an_unwanted_answer_is_dropped_once() {
    model(|| {
        let value = Arc::new(());
        let cell = Arc::new(Cell::default());
        let giver = thread::spawn({
            let (cell, value) = (Arc::clone(&cell), Arc::clone(&value));
            move || cell.complete(Ok(value))
        });
        cell.close();
        giver.join().unwrap();
        assert_eq!(Arc::strong_count(&value), 1);
    });
}

#[test]
fn the_first_of_two_answers_counts() {
    model(|| {
        let cell = Arc::new(Cell::default());
        let loser = thread::spawn({
            let cell = Arc::clone(&cell);
            move || cell.complete(Err(Lost::Cancelled))
        });
        cell.complete(Ok(7));
        let mut answer = cell.poll(Waker::noop());
        loser.join().unwrap();
        assert!(matches!(answer, Poll::Ready(Ok(7) | Err(Lost::Cancelled))));
        answer = cell.poll(Waker::noop());
        assert_eq!(answer, Poll::Ready(Err(Lost::Cancelled)), "collected twice");
    });
}

/// Each slot is a loom thread of its own.
struct Threads;

impl Workers for Threads {
    fn start(&self, slot: Slot) {
        thread::spawn(move || slot.run(&Self));
    }
}

#[test]
fn a_submitted_job_is_answered_while_the_slot_is_released() {
    model(|| {
        let pool = pool(1);
        let one = submit(&pool, Lane::Interactive, || 1);
        let two = submit(&pool, Lane::Interactive, || 2);
        assert_eq!((block_on(one), block_on(two)), (Ok(1), Ok(2)));
        check_at_rest(&pool, 2);
    });
}

#[test]
fn blocking_waits_are_woken_too() {
    model(|| {
        let pool = pool(1);
        assert_eq!(submit(&pool, Lane::Interactive, || 1).wait(), Ok(1));
        check_at_rest(&pool, 1);
    });
}

#[test]
fn two_submitters_and_two_slots_leave_nothing_behind() {
    model(|| {
        let pool = Arc::new(pool(2));
        let other = thread::spawn({
            let pool = Arc::clone(&pool);
            move || block_on(submit(&pool, Lane::Bulk, || 1))
        });
        let mine = block_on(submit(&pool, Lane::Interactive, || 2));
        assert_eq!((other.join().unwrap(), mine), (Ok(1), Ok(2)));
        check_at_rest(&pool, 2);
    });
}

/// Two jobs that meet: were one left in the queue beside an idle slot, the other would wait for ever.
#[test]
fn no_job_is_left_queued_beside_an_idle_slot() {
    model(|| {
        let pool = pool(2);
        let met = Arc::new(Notify::new());
        let waits = submit(&pool, Lane::Interactive, {
            let met = Arc::clone(&met);
            move || met.wait()
        });
        let comes = submit(&pool, Lane::Interactive, move || met.notify());
        assert_eq!((block_on(waits), block_on(comes)), (Ok(()), Ok(())));
        check_at_rest(&pool, 2);
    });
}

#[test]
fn bulk_at_its_limit_is_not_left_beside_an_idle_slot() {
    model(|| {
        let pool =
            Pool::with_workers(PoolConfig { bulk_slots: Some(1), ..config(2) }, hooks(), Box::new(Threads));
        let pool = pool.unwrap();
        let one = submit(&pool, Lane::Bulk, || 1);
        let two = submit(&pool, Lane::Bulk, || 2);
        assert_eq!((block_on(one), block_on(two)), (Ok(1), Ok(2)));
        check_at_rest(&pool, 2);
    });
}

#[test]
fn a_job_dropped_by_its_caller_runs_or_is_withdrawn_never_both() {
    model(|| {
        let pool = pool(1);
        let ran = Arc::new(Tally::new(0));
        let unwanted = submit(&pool, Lane::Interactive, {
            let ran = Arc::clone(&ran);
            move || ran.fetch_add(1, SeqCst)
        });
        drop(unwanted);
        assert_eq!(block_on(submit(&pool, Lane::Interactive, || 7)), Ok(7));
        let snapshot = pool.snapshot();
        let totals = &snapshot.lane(Lane::Interactive).totals;
        let ran = ran.load(SeqCst) as u64;
        assert_eq!((totals.finished, totals.cancelled_queued), (1 + ran, 1 - ran));
        check_at_rest(&pool, 2);
    });
}

#[test]
fn a_cancelled_job_is_answered_while_it_is_taken() {
    model(|| {
        let pool = pool(1);
        let pending = submit(&pool, Lane::Interactive, || 7);
        pending.cancel();
        assert!(matches!(block_on(pending), Ok(7) | Err(Lost::Cancelled)));
        check_at_rest(&pool, 1);
    });
}

#[test]
fn draining_answers_what_was_admitted() {
    model(|| {
        let pool = Arc::new(pool(1));
        let submitter = thread::spawn({
            let pool = Arc::clone(&pool);
            move || pool.submit(ticket(Lane::Interactive), |_| 7).map(block_on)
        });
        let report = pool.drain(ManualClock::start().now() + Duration::from_secs(3_600));
        assert_eq!((report.lost, report.still_running), (0, 0));
        match submitter.join().unwrap() {
            Ok(answer) => assert_eq!(answer, Ok(7)),
            Err(refused) => assert_eq!(refused.reason, lightcone_pool::Reason::ShuttingDown),
        }
    });
}

#[test]
fn dropping_the_pool_answers_what_was_admitted() {
    model(|| {
        let pool = pool(1);
        let pending = submit(&pool, Lane::Interactive, || 7);
        drop(pool);
        assert!(matches!(block_on(pending), Ok(7) | Err(Lost::ShutDown)));
    });
}

/// All jobs are over and counted, and whatever slot is still active only looks and rests.
fn check_at_rest(pool: &Pool, jobs: u64) {
    let snapshot = pool.snapshot();
    let over = |lane: Lane| {
        let lane = snapshot.lane(lane);
        assert_eq!((lane.depth, lane.running), (0, 0));
        lane.totals.finished + lane.totals.cancelled_queued + lane.totals.cancelled_running
    };
    assert_eq!(over(Lane::Interactive) + over(Lane::Bulk), jobs);
}

fn submit<T: Send + 'static>(
    pool: &Pool,
    lane: Lane,
    work: impl FnOnce() -> T + Send + 'static,
) -> Pending<T> {
    pool.submit(ticket(lane), move |_| work()).unwrap()
}

fn ticket(lane: Lane) -> Ticket {
    Ticket::new(lane, Tenant::numbered(1), Cost::nanos(1))
}

fn pool(threads: usize) -> Pool {
    Pool::with_workers(config(threads), hooks(), Box::new(Threads)).unwrap()
}

/// Small queues, so that each of the many runs starts fast; time stands still.
fn config(threads: usize) -> PoolConfig {
    let lane = LaneConfig { queue_max: 4, wait_max: Duration::from_secs(1) };
    PoolConfig { interactive: lane, bulk: lane, ..PoolConfig::for_threads(threads) }
}

fn hooks() -> Hooks {
    Hooks { clock: Clock::manual(&ManualClock::start()), ..Hooks::default() }
}
