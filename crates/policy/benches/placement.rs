//! How many placements one thread judges in a second, over a heterogeneous fleet.

#[path = "../tests/cloud/mod.rs"]
mod cloud;
#[path = "../tests/house/mod.rs"]
mod house;

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use house::{country, day, on_list, owned, parties, party};
use lightcone_policy::placement::{Facts, Freshness, Judge, Memo, Uses};
use lightcone_policy::rule::EndUse;
use lightcone_policy::{Case, Countries, Law, Stand, decide};

const FACTS: usize = 100_000;
const PARTIES: usize = 2_000;

/// Numbers that look drawn, the same each time.
fn draw(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

fn placements(criterion: &mut Criterion) {
    let (book, mut seed) = (cloud::cloud(), 6);
    let kinds = ["SG", "MY", "CN", "US", "JP", "KH", "DE", "AE"];
    let made = (0..PARTIES).map(|at| {
        let one = party(&format!("p{at:05}"), kinds[draw(&mut seed) % kinds.len()]);
        match draw(&mut seed) % 20 {
            0 => on_list(one, "EL"),
            1..6 if at > 0 => owned(one, &format!("p{:05}", draw(&mut seed) % at), 600_000),
            _ => one,
        }
    });
    let everybody = parties(made.collect::<Vec<_>>());
    let law = Law::new(&book, Stand::on(day("2026-07-01")));
    let judge = Judge::new(&law, &BTreeMap::new(), &everybody);
    let facts: Vec<Facts> = (0..FACTS)
        .map(|_| Facts {
            sku: judge.sku(["FAST", "MIDDLE", "SLOW"][draw(&mut seed) % 3]),
            possible: (0..1 + draw(&mut seed) % 3)
                .map(|_| country(kinds[draw(&mut seed) % 8]))
                .collect::<Countries>(),
            freshness: if draw(&mut seed).is_multiple_of(10) { Freshness::Stale } else { Freshness::Fresh },
            claim_impossible: draw(&mut seed).is_multiple_of(100),
            holder: Some((draw(&mut seed) % 40) as u32),
            tenant: Some((draw(&mut seed) % PARTIES) as u32),
            uses: [Uses::NONE, Uses::of(&[EndUse::Training]), Uses::of(&[EndUse::Inference])]
                [draw(&mut seed) % 3],
            existing_use: None,
        })
        .collect();
    let mut group = criterion.benchmark_group("placement");
    group.throughput(Throughput::Elements(FACTS as u64)).sample_size(10);
    let mut memo = Memo::default();
    group.bench_function("judge, warm", |bench| {
        bench.iter(|| facts.iter().map(|facts| judge.judge(&mut memo, facts).rules.len()).sum::<usize>());
    });
    group.bench_function("judge, from nothing", |bench| {
        bench.iter(|| {
            let mut memo = Memo::default();
            facts.iter().map(|facts| judge.judge(&mut memo, facts).rules.len()).sum::<usize>()
        });
    });
    group.throughput(Throughput::Elements(PARTIES as u64));
    group.bench_function("profiles", |bench| {
        bench.iter(|| black_box(Judge::new(&law, &BTreeMap::new(), &everybody)).profiles());
    });
    group.throughput(Throughput::Elements(1));
    let (transfer, skus) = (judge.transfer(&facts[0]), BTreeMap::new());
    group.bench_function("decide", |bench| {
        bench.iter(|| {
            decide(&law, &Case { transfer: &transfer, parties: &everybody, skus: &skus, flags: &[] }).outcome
        });
    });
    group.finish();
}

criterion_group!(benches, placements);
criterion_main!(benches);
