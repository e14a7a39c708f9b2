//! What handing an empty job to the pool costs, against bare rayon with a oneshot channel, in one run.
//!
//! `cargo bench -p lightcone-pool --bench dispatch`. Figures are per job: a round trip submits one and waits
//! for it; pipelined, 16 or 256 are submitted before the first is waited for. `refused` is the cost of a no.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lightcone_pool::{Cost, Hooks, Lane, Pool, PoolConfig, Tenant, Ticket, WorkerPolicy};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

const THREADS: [usize; 2] = [1, 2];
const PIPELINES: [usize; 3] = [1, 16, 256];

criterion_group!(benches, dispatch, refusal, inline);
criterion_main!(benches);

fn dispatch(criterion: &mut Criterion) {
    let runtime = runtime();
    for threads in THREADS {
        let mut group = criterion.benchmark_group(format!("dispatch/{threads}_threads"));
        let rayon = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let pool = pool(threads);
        for pipelined in PIPELINES {
            group.throughput(Throughput::Elements(pipelined as u64));
            group.bench_function(BenchmarkId::new("rayon_oneshot", pipelined), |bencher| {
                bencher.iter_custom(|rounds| runtime.block_on(time_rayon(&rayon, rounds, pipelined)));
            });
            group.bench_function(BenchmarkId::new("pool", pipelined), |bencher| {
                bencher.iter_custom(|rounds| runtime.block_on(time_pool(&pool, rounds, pipelined)));
            });
        }
        group.finish();
    }
}

async fn time_rayon(rayon: &rayon::ThreadPool, rounds: u64, pipelined: usize) -> Duration {
    let mut answers = Vec::with_capacity(pipelined);
    let started = Instant::now();
    for round in 0..rounds {
        for _ in 0..pipelined {
            let (reply, answer) = oneshot::channel();
            rayon.spawn(move || {
                let _ = reply.send(black_box(round));
            });
            answers.push(answer);
        }
        for answer in answers.drain(..) {
            black_box(answer.await.expect("an answer"));
        }
    }
    started.elapsed()
}

async fn time_pool(pool: &Pool, rounds: u64, pipelined: usize) -> Duration {
    let mut answers = Vec::with_capacity(pipelined);
    let ticket = Ticket::new(Lane::Interactive, Tenant::named("bench"), Cost::nanos(500));
    let started = Instant::now();
    for round in 0..rounds {
        for _ in 0..pipelined {
            answers.push(pool.submit(ticket, move |_| black_box(round)).expect("a place"));
        }
        for answer in answers.drain(..) {
            black_box(answer.await.expect("an answer"));
        }
    }
    started.elapsed()
}

fn refusal(criterion: &mut Criterion) {
    let pool = pool(1);
    let past = Instant::now();
    let ticket = Ticket::new(Lane::Interactive, Tenant::named("bench"), Cost::micros(100)).by(past);
    criterion.bench_function("refused", |bencher| {
        bencher.iter(|| pool.submit(ticket, |_| black_box(1)).expect_err("its deadline has passed"));
    });
}

fn inline(criterion: &mut Criterion) {
    let pool = pool(1);
    criterion.bench_function("inline", |bencher| {
        bencher.iter(|| pool.run_inline(Lane::Interactive, || black_box(1)));
    });
}

/// At rayon's own priority, so that the two are compared in what they do, not in how they are scheduled.
fn pool(threads: usize) -> Pool {
    let config = PoolConfig { policy: WorkerPolicy::Normal, ..PoolConfig::for_threads(threads) };
    Pool::start_with(config, Hooks::default()).expect("a pool")
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}
