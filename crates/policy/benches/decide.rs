//! What one decision by the built-in book costs.
#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

#[path = "../tests/house/mod.rs"]
mod house;

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use house::{day, owned, parties, party, transfer};
use lightcone_policy::{Book, Case, Law, Stand, decide};

fn decisions(c: &mut Criterion) {
    let book = Book::built_in().unwrap();
    let law = Law::new(&book, Stand::on(day("2026-11-24")));
    let skus = BTreeMap::new();
    let site = parties([owned(party("buyer", "SG"), "parent", 1_000_000), party("parent", "CN")]);
    for (name, to) in [("one destination", &["SG"][..]), ("three destinations", &["SG", "MY", "ID"])] {
        let transfer = transfer("H100", to);
        let case = Case { transfer: &transfer, parties: &site, skus: &skus, flags: &[] };
        c.bench_function(&format!("decide, {name}"), |b| b.iter(|| decide(&law, black_box(&case))));
    }
    c.bench_function("law at a stand", |b| {
        b.iter(|| Law::new(&book, black_box(Stand::on(day("2026-11-24")))))
    });
}

criterion_group!(benches, decisions);
criterion_main!(benches);
