//! The pool with real threads: answers, cancellation, panics, shutdown and hooks.
#![cfg(not(loom))]

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use lightcone_pool::{
    Cost, Hooks, InvalidConfig, JobReport, Lane, LaneConfig, Lost, Observer, Outcome, Pending, Pool,
    PoolConfig, Reason, Refused, Scope, StartError, StopReason, Tenant, Ticket, Token, WorkerPolicy,
};
use rayon::prelude::*;

const SOON: Duration = Duration::from_secs(20);

#[test]
fn every_job_is_answered() {
    let pool = pool(2);
    let pending: Vec<_> = (0..500).map(|number| submit(&pool, bulk(), move |_| number * 2)).collect();
    for (number, pending) in pending.into_iter().enumerate() {
        assert_eq!(pending.wait(), Ok(number * 2));
    }
    let snapshot = pool.snapshot();
    let lane = snapshot.lane(Lane::Bulk);
    assert_eq!((lane.totals.admitted, lane.totals.finished, lane.depth, lane.running), (500, 500, 0, 0));
    assert_eq!((lane.totals.wait.count(), lane.totals.run.count()), (500, 500));
}

#[tokio::test]
async fn an_answer_is_a_future() {
    let pool = pool(2);
    let (one, two) = (submit(&pool, bulk(), |_| 1), submit(&pool, interactive(), |_| 2));
    assert_eq!(tokio::join!(one, two), (Ok(1), Ok(2)));
}

#[test]
fn interactive_overtakes_queued_bulk() {
    let pool = pool(1);
    let gate = Gate::close(&pool);
    let order = Arc::new(Mutex::new(Vec::new()));
    let note = |name: &'static str| {
        let order = Arc::clone(&order);
        move |_: &Token| order.lock().unwrap().push(name)
    };
    let pending = [
        submit(&pool, bulk(), note("bulk")),
        submit(&pool, bulk(), note("bulk")),
        submit(&pool, interactive(), note("interactive")),
    ];
    gate.open();
    pending.into_iter().for_each(|pending| pending.wait().unwrap());
    assert_eq!(*order.lock().unwrap(), ["interactive", "bulk", "bulk"]);
}

#[test]
fn a_panic_fails_only_its_own_job() {
    let pool = pool(1);
    for _ in 0..10 {
        let broken: Pending<()> = submit(&pool, bulk(), |_| panic!("as planned"));
        let whole = submit(&pool, bulk(), |_| 7);
        assert_eq!(broken.wait(), Err(Lost::Panicked));
        assert_eq!(whole.wait(), Ok(7));
    }
    assert_eq!(pool.snapshot().lane(Lane::Bulk).totals.panicked, 10);
}

#[test]
fn values_and_payloads_that_panic_when_dropped_harm_nothing() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic_any("as planned");
        }
    }
    let pool = pool(1);
    let thrown: Pending<()> = submit(&pool, bulk(), |_| panic_any(Bomb));
    assert_eq!(thrown.wait(), Err(Lost::Panicked));
    let (started, is_started) = mpsc::channel();
    let (go_on, gate) = mpsc::channel::<()>();
    let unwanted = submit(&pool, bulk(), move |_| {
        started.send(()).unwrap();
        gate.recv().unwrap();
        Bomb
    });
    is_started.recv().unwrap();
    drop(unwanted);
    go_on.send(()).unwrap();
    assert_eq!(submit(&pool, bulk(), |_| 7).wait(), Ok(7));
}

#[test]
fn dropping_the_answer_stops_a_running_job() {
    let pool = pool(1);
    let (started, is_started) = mpsc::channel();
    let (stopped, why) = mpsc::channel();
    let pending = submit(&pool, bulk(), move |token| {
        started.send(()).unwrap();
        stopped.send(until_stopped(token)).unwrap();
    });
    is_started.recv().unwrap();
    drop(pending);
    assert_eq!(why.recv_timeout(SOON), Ok(StopReason::Cancelled));
    assert_eq!(submit(&pool, bulk(), |_| 7).wait(), Ok(7));
    assert_eq!(pool.snapshot().lane(Lane::Bulk).totals.cancelled_running, 1);
}

#[test]
fn a_client_that_dies_with_thousands_queued_leaves_no_trace() {
    let pool = pool(1);
    let gate = Gate::close(&pool);
    let has_run = Arc::new(AtomicBool::new(false));
    let mut queued = Vec::new();
    let refused = loop {
        let has_run = Arc::clone(&has_run);
        match pool.submit(bulk(), move |_| has_run.store(true, Ordering::SeqCst)) {
            Ok(pending) => queued.push(pending),
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused.reason, Reason::TenantShare);
    assert!(queued.len() > 5_000);
    drop(queued);
    let snapshot = pool.snapshot();
    assert_eq!((snapshot.lane(Lane::Bulk).depth, snapshot.lane(Lane::Bulk).tenants), (0, 0));
    assert_eq!(Arc::strong_count(&has_run), 1, "closures of cancelled jobs are still held");
    let next = submit(&pool, bulk(), |_| 7);
    gate.open();
    assert_eq!(next.wait(), Ok(7));
    assert!(!has_run.load(Ordering::SeqCst));
}

#[test]
fn cancelling_in_the_queue_answers_at_once() {
    let pool = pool(1);
    let gate = Gate::close(&pool);
    let pending = submit(&pool, bulk(), |_| 7);
    pending.cancel();
    assert_eq!(pending.wait(), Err(Lost::Cancelled));
    gate.open();
}

#[test]
fn a_token_cancels_from_elsewhere() {
    let pool = pool(1);
    let pending = submit(&pool, bulk(), until_stopped);
    pending.token().unwrap().cancel();
    assert_eq!(pending.wait(), Err(Lost::Cancelled));
}

#[test]
fn a_job_that_never_asks_keeps_its_value() {
    let pool = pool(1);
    let (started, is_started) = mpsc::channel();
    let (go_on, gate) = mpsc::channel::<()>();
    let pending = submit(&pool, bulk(), move |_| {
        started.send(()).unwrap();
        gate.recv().unwrap();
        7
    });
    is_started.recv().unwrap();
    pending.cancel();
    go_on.send(()).unwrap();
    assert_eq!(pending.wait(), Ok(7));
}

#[test]
fn a_deadline_stops_a_running_job() {
    let pool = pool(1);
    let ticket = bulk().by(Instant::now() + Duration::from_millis(20));
    let pending = submit(&pool, ticket, until_stopped);
    assert_eq!(pending.wait(), Err(Lost::DeadlineExceeded));
    assert_eq!(pool.snapshot().lane(Lane::Bulk).totals.expired_running, 1);
}

#[test]
fn a_job_that_expires_in_the_queue_never_runs() {
    let pool = pool(1);
    let gate = Gate::close(&pool);
    let deadline = Instant::now() + Duration::from_millis(50);
    let pending = submit(&pool, Ticket { cost: Cost::nanos(1), ..bulk() }.by(deadline), |_| 7);
    thread::sleep(Duration::from_millis(60));
    gate.open();
    assert_eq!(pending.wait(), Err(Lost::DeadlineExceeded));
    assert_eq!(pool.snapshot().lane(Lane::Bulk).totals.expired_queued, 1);
}

#[test]
fn a_detached_job_runs_though_nobody_waits() {
    let pool = pool(1);
    let (done, is_done) = mpsc::channel();
    submit(&pool, bulk(), move |token| done.send(token.is_stopped()).unwrap()).detach();
    assert_eq!(is_done.recv_timeout(SOON), Ok(false));
}

#[test]
fn a_full_queue_refuses_and_says_when_to_come_back() {
    let lane = LaneConfig { queue_max: 4, wait_max: Duration::from_secs(60) };
    let pool = Pool::start(PoolConfig { bulk: lane, ..config(1) }).unwrap();
    let gate = Gate::close(&pool);
    let _queued: Vec<_> = (0..3).map(|_| submit(&pool, bulk(), |_| ())).collect();
    let Refused { lane, reason, retry_after } = pool.submit(bulk(), |_| ()).unwrap_err();
    assert_eq!((lane, reason), (Lane::Bulk, Reason::TenantShare));
    assert!(retry_after >= lightcone_pool::RETRY_AFTER_MIN && retry_after <= lightcone_pool::RETRY_AFTER_MAX);
    gate.open();
}

#[test]
fn draining_finishes_what_is_queued() {
    let pool = pool(2);
    let pending: Vec<_> = (0..40)
        .map(|number| {
            let ticket = if number % 2 == 0 { bulk() } else { interactive() };
            submit(&pool, ticket, move |_| thread::sleep(Duration::from_millis(1)))
        })
        .collect();
    let report = pool.drain(Instant::now() + SOON);
    assert_eq!((report.lost, report.still_running), (0, 0));
    assert!(report.finished <= 40);
    assert!(pending.into_iter().all(|pending| pending.wait() == Ok(())));
    assert_eq!(pool.submit(bulk(), |_| ()).unwrap_err().reason, Reason::ShuttingDown);
    assert!(pool.snapshot().is_closed);
}

#[test]
fn draining_cancels_what_is_left_at_the_deadline() {
    let pool = pool(1);
    let (started, is_started) = mpsc::channel();
    let running = submit(&pool, bulk(), move |token| {
        started.send(()).unwrap();
        until_stopped(token)
    });
    is_started.recv().unwrap();
    let queued: Vec<_> = (0..5).map(|_| submit(&pool, interactive(), |_| ())).collect();
    let report = pool.drain(Instant::now() + Duration::from_millis(20));
    assert_eq!((report.finished, report.lost, report.still_running), (0, 6, 0));
    assert_eq!(running.wait(), Err(Lost::ShutDown));
    assert!(queued.into_iter().all(|pending| pending.wait() == Err(Lost::ShutDown)));
    let snapshot = pool.snapshot();
    assert_eq!(snapshot.lane(Lane::Interactive).totals.shut_down_queued, 5);
    assert_eq!(snapshot.lane(Lane::Bulk).totals.shut_down_running, 1);
}

#[test]
fn draining_does_not_wait_for_a_job_that_will_not_stop() {
    let pool = pool(1);
    let gate = Gate::close(&pool);
    let report = pool.drain(Instant::now());
    assert_eq!((report.finished, report.lost, report.still_running), (0, 0, 1));
    gate.open();
}

#[test]
fn draining_ends_when_the_last_client_gives_up() {
    let pool = Arc::new(pool(1));
    let gate = Gate::close(&pool);
    let queued = submit(&pool, bulk(), |_| ());
    let drainer = thread::spawn({
        let pool = Arc::clone(&pool);
        move || pool.drain(Instant::now() + SOON)
    });
    while !pool.snapshot().is_closed {
        thread::yield_now();
    }
    gate.open();
    drop(queued);
    let report = drainer.join().unwrap();
    assert_eq!(report.still_running, 0);
}

#[test]
fn dropping_the_pool_answers_everything_and_joins() {
    let pool = pool(2);
    let ran = Arc::new(AtomicUsize::new(0));
    let pending: Vec<_> = (0..100)
        .map(|_| {
            let ran = Arc::clone(&ran);
            submit(&pool, bulk(), move |token| {
                ran.fetch_add(1, Ordering::SeqCst);
                until_stopped(token)
            })
        })
        .collect();
    drop(pool);
    let ran = ran.load(Ordering::SeqCst);
    assert!(ran <= 2, "{ran} jobs ran on two slots that nothing freed");
    assert!(pending.into_iter().all(|pending| pending.wait() == Err(Lost::ShutDown)));
}

#[test]
fn a_job_may_drop_the_pool() {
    let pool = Arc::new(pool(2));
    let (hand_over, take_over) = mpsc::channel::<Arc<Pool>>();
    let pending = submit(&pool, bulk(), move |_| drop(take_over.recv().unwrap()));
    hand_over.send(pool).unwrap();
    assert_eq!(pending.wait(), Ok(()));
}

#[test]
fn jobs_may_use_parallel_iterators() {
    let pool = pool(2);
    let pending: Vec<_> = (0..50)
        .map(|_| submit(&pool, bulk(), |_| (0..10_000_u64).into_par_iter().map(|n| n % 7).sum::<u64>()))
        .collect();
    let expected = (0..10_000_u64).map(|n| n % 7).sum::<u64>();
    assert!(pending.into_iter().all(|pending| pending.wait() == Ok(expected)));
    let snapshot = pool.snapshot();
    assert_eq!(snapshot.lane(Lane::Bulk).running, 0);
}

#[test]
fn jobs_may_submit_jobs() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let outer = submit(&pool, bulk(), move |_| submit(&inner, bulk(), |_| 7));
    assert_eq!(outer.wait().unwrap().wait(), Ok(7));
}

#[test]
fn inline_jobs_are_counted_and_may_panic() {
    let pool = pool(1);
    assert_eq!(pool.run_inline(Lane::Interactive, || 7), 7);
    let panic = catch_unwind(AssertUnwindSafe(|| {
        pool.run_inline(Lane::Interactive, || panic!("as planned"));
    }));
    assert!(panic.is_err());
    let snapshot = pool.snapshot();
    let totals = &snapshot.lane(Lane::Interactive).totals;
    assert_eq!((totals.inline, totals.run.count(), totals.admitted), (2, 2, 0));
    assert!(Cost::micros(19).is_inline() && !Cost::micros(20).is_inline());
}

/// Carries a number into the worker, as a program would its tracing span, and keeps the reports.
#[derive(Default)]
struct Recorder {
    reports: Mutex<Vec<JobReport>>,
    refused: AtomicUsize,
}

thread_local! {
    static SPAN: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

struct Span(u32);

impl Scope for Span {
    fn around(self: Box<Self>, job: &mut dyn FnMut()) {
        SPAN.set(self.0);
        job();
        SPAN.set(0);
    }
}

impl Observer for Recorder {
    fn capture(&self, _: &Ticket) -> Option<Box<dyn Scope>> {
        Some(Box::new(Span(SPAN.get())))
    }
    fn refused(&self, _: &Ticket, _: &Refused) {
        self.refused.fetch_add(1, Ordering::SeqCst);
        resume_unwind(Box::new("as planned"));
    }
    fn finished(&self, report: &JobReport) {
        self.reports.lock().expect("no panic while it was held").push(*report);
        resume_unwind(Box::new("as planned"));
    }
}

#[test]
fn an_observer_sees_every_job_and_carries_a_span() {
    let recorder = Arc::new(Recorder::default());
    let hooks = Hooks { observer: Some(recorder.clone()), ..Hooks::default() };
    let pool = Pool::start_with(config(1), hooks).unwrap();
    SPAN.set(42);
    assert_eq!(submit(&pool, interactive(), |_| SPAN.get()).wait(), Ok(42));
    SPAN.set(0);
    assert_eq!(submit(&pool, interactive(), |_| SPAN.get()).wait(), Ok(0));
    assert!(pool.submit(bulk().by(Instant::now() - SOON), |_| ()).is_err());

    let reports = recorder.reports.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    assert_eq!(reports.len(), 2);
    assert_eq!((reports[0].lane, reports[0].outcome), (Lane::Interactive, Outcome::Finished));
    assert!(reports[0].run.is_some());
    assert_eq!(recorder.refused.load(Ordering::SeqCst), 1);
}

#[test]
fn settings_outside_their_limits_are_told() {
    let none = Pool::start(config(0)).unwrap_err();
    assert!(matches!(none, StartError::Config(InvalidConfig::Threads(0))));
    assert_eq!(none.to_string(), "threads is 0, not between 1 and 1024");
    let all = PoolConfig { bulk_slots: Some(3), ..config(2) };
    assert_eq!(all.check(), Err(InvalidConfig::BulkSlots { bulk_slots: 3, threads: 2 }));
    let empty = LaneConfig { queue_max: 0, wait_max: SOON };
    let full = PoolConfig { interactive: empty, ..config(2) };
    assert_eq!(full.check(), Err(InvalidConfig::QueueMax { lane: Lane::Interactive, queue_max: 0 }));
}

#[test]
#[cfg(target_os = "linux")]
fn workers_run_at_the_policy_asked_for() {
    // Fields 19 and 41 of proc_pid_stat(5); the command, field 2, has no blanks here.
    let seen = |policy| {
        let pool = Pool::start(PoolConfig { policy, ..config(1) }).unwrap();
        let stat = submit(&pool, bulk(), |_| std::fs::read_to_string("/proc/thread-self/stat").unwrap());
        let stat = stat.wait().unwrap();
        let field = |number: usize| stat.split(' ').nth(number - 1).unwrap().parse::<i64>().unwrap();
        (pool.worker_policy(), field(19), field(41))
    };
    const SCHED_OTHER: i64 = 0;
    const SCHED_IDLE: i64 = 5;
    let (policy, _, scheduler) = seen(WorkerPolicy::Idle);
    assert_eq!((policy, scheduler), (WorkerPolicy::Idle, SCHED_IDLE));
    assert_eq!(seen(WorkerPolicy::Nice), (WorkerPolicy::Nice, 19, SCHED_OTHER));
    let (policy, _, scheduler) = seen(WorkerPolicy::Normal);
    assert_eq!((policy, scheduler), (WorkerPolicy::Normal, SCHED_OTHER));
}

/// Holds a one-thread pool's slot with a job that asks no token, until it is opened.
struct Gate {
    go_on: mpsc::Sender<()>,
    job: Pending<()>,
}

impl Gate {
    fn close(pool: &Pool) -> Self {
        let (started, is_started) = mpsc::channel();
        let (go_on, gate) = mpsc::channel();
        let job = submit(pool, bulk(), move |_| {
            started.send(()).expect("someone waits for the start");
            gate.recv().expect("the gate opens");
        });
        is_started.recv().expect("the job starts");
        Self { go_on, job }
    }

    fn open(self) {
        self.go_on.send(()).expect("the job waits");
        let _ = self.job.wait();
    }
}

fn until_stopped(token: &Token) -> StopReason {
    let give_up = Instant::now() + SOON;
    loop {
        if let Some(why) = token.stop_reason() {
            return why;
        }
        assert!(Instant::now() < give_up, "nobody stopped the job");
        thread::sleep(Duration::from_micros(100));
    }
}

#[track_caller]
fn submit<T, F>(pool: &Pool, ticket: Ticket, work: F) -> Pending<T>
where
    T: Send + 'static,
    F: FnOnce(&Token) -> T + Send + 'static,
{
    pool.submit(ticket, work).expect("admission")
}

fn pool(threads: usize) -> Pool {
    Pool::start(config(threads)).expect("threads")
}

fn config(threads: usize) -> PoolConfig {
    PoolConfig { policy: WorkerPolicy::Normal, ..PoolConfig::for_threads(threads) }
}

fn bulk() -> Ticket {
    Ticket::new(Lane::Bulk, Tenant::named("tenants/a"), Cost::micros(10))
}

fn interactive() -> Ticket {
    Ticket::new(Lane::Interactive, Tenant::named("tenants/a"), Cost::micros(10))
}
