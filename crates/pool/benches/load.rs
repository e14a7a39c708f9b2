//! The pool under load, with real threads, half a minute in all: goodput at twice the capacity against the
//! peak, and what an interactive job waits beside a flood of bulk slices. Wants a quiet machine.
#![cfg(not(loom))]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program that prints what it measures")]

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use lightcone_pool::{Cost, Lane, Pending, Pool, PoolConfig, Tenant, Ticket, Token};

const LASTS: Duration = Duration::from_secs(8);
const JOB: Duration = Duration::from_millis(12);
const DEADLINE: Duration = Duration::from_millis(250);

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only asks whether it builds
    }
    goodput_at_twice_the_capacity();
    interactive_beside_a_flood();
}

fn goodput_at_twice_the_capacity() {
    let work = Work::of(JOB);
    let pool = Pool::start(PoolConfig::default()).unwrap();
    let peak = peak(&pool, work);
    let arrivals = peak * 2.0;
    let mut came = Vec::new();
    let start = Instant::now();
    for number in 0..(arrivals * LASTS.as_secs_f64()) as u32 {
        let due = start + Duration::from_secs_f64(f64::from(number) / arrivals);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let ticket = Ticket::new(Lane::Interactive, Tenant::numbered(1), JOB.into()).by(due + DEADLINE);
        came.extend(pool.submit(ticket, move |token| work.run(token)));
    }
    let admitted = came.len();
    let good = came.into_iter().map(Pending::wait).filter(Result::is_ok).count();
    let goodput = good as f64 / start.elapsed().as_secs_f64();
    let snapshot = pool.snapshot();
    let totals = &snapshot.lane(Lane::Interactive).totals;
    println!(
        "peak {peak:.1}/s, goodput {goodput:.1}/s ({:.3}), admitted {admitted}, good {good}, expired {} + {}, \
         wait p50 {:?} p99 {:?}",
        goodput / peak,
        totals.expired_queued,
        totals.expired_running,
        totals.wait.quantile(0.5),
        totals.wait.quantile(0.99)
    );
}

fn interactive_beside_a_flood() {
    let (slice, short) = (Work::of(Duration::from_millis(1)), Work::of(Duration::from_micros(200)));
    let pool = Pool::start(PoolConfig::default()).unwrap();
    let start = Instant::now();
    let bulk = Ticket::new(Lane::Bulk, Tenant::numbered(1), Cost::micros(1_000));
    let mut waits = Vec::new();
    thread::scope(|scope| {
        let flood = || {
            while start.elapsed() < LASTS {
                let queued: Vec<_> =
                    (0..64).flat_map(|_| pool.submit(bulk, move |token| slice.run(token))).collect();
                queued.into_iter().for_each(|pending| _ = pending.wait());
            }
        };
        scope.spawn(flood);
        scope.spawn(flood);
        while start.elapsed() < LASTS {
            thread::sleep(Duration::from_millis(5));
            let ticket = Ticket::new(Lane::Interactive, Tenant::numbered(2), Cost::micros(200));
            let asked = Instant::now();
            pool.submit(ticket, move |token| short.run(token)).unwrap().wait().unwrap();
            waits.push(asked.elapsed());
        }
    });
    waits.sort_unstable();
    let at = |part: f64| waits[(waits.len() as f64 * part) as usize];
    let snapshot = pool.snapshot();
    let bulk = &snapshot.lane(Lane::Bulk).totals;
    let interactive = &snapshot.lane(Lane::Interactive).totals;
    println!(
        "interactive p50 {:?} p99 {:?} worst {:?} (in the queue p99 {:?}); bulk {:.0} slices/s",
        at(0.5),
        at(0.99),
        waits[waits.len() - 1],
        interactive.wait.quantile(0.99),
        bulk.finished as f64 / start.elapsed().as_secs_f64()
    );
}

/// A closed loop with twice as many jobs as threads, without deadlines: what the machine can do.
fn peak(pool: &Pool, work: Work) -> f64 {
    let ticket = Ticket::new(Lane::Bulk, Tenant::numbered(1), JOB.into());
    let start = Instant::now();
    let done = thread::scope(|scope| {
        let clients: Vec<_> = (0..2 * PoolConfig::default().threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut done = 0_u32;
                    while start.elapsed() < LASTS {
                        let pending = pool.submit(ticket, move |token| work.run(token)).expect("a place");
                        pending.wait().expect("an answer");
                        done += 1;
                    }
                    done
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().expect("no panic")).sum::<u32>()
    });
    f64::from(done) / start.elapsed().as_secs_f64()
}

/// A fixed amount of computing, polled as a kernel would.
#[derive(Clone, Copy)]
struct Work {
    rounds: u32,
}

impl Work {
    /// As much as takes this long here, alone.
    fn of(time: Duration) -> Self {
        let started = Instant::now();
        let mut rounds = 0;
        while started.elapsed() < 20 * time {
            crunch();
            rounds += 1;
        }
        Self { rounds: (rounds / 20).max(1) }
    }

    /// Whether it was done whole.
    fn run(self, token: &Token) -> bool {
        (0..self.rounds).all(|_| {
            crunch();
            !token.is_stopped()
        })
    }
}

/// About 20 us.
fn crunch() {
    let mut sum = black_box(1.0_f64);
    for _ in 0..2_000 {
        sum = (sum * 1.000_1).sqrt() + 1.0;
    }
    black_box(sum);
}
