//! What it costs to classify a chip: one chip at one stand, all shipped chips under all versions of the rules, and cuts.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lightcone_policy::stand::Stand;
use lightcone_policy::{Book, Date, Law, Sku, cut};

/// Every day on which an instrument of the book is known or in force for the first time.
fn versions(book: &Book) -> Vec<Date> {
    let days = book.instruments.iter().flat_map(|of| of.in_force.into_iter().chain([of.known]));
    let mut days: Vec<Date> = days.collect();
    days.sort();
    days.dedup();
    days
}

fn benches(criterion: &mut Criterion) {
    let book = match Book::built_in() {
        Ok(book) => book,
        Err(faults) => return assert!(faults.is_empty(), "{faults:?}"),
    };
    let days = versions(&book);
    let laws: Vec<Law<'_>> = days.iter().map(|day| Law::new(&book, Stand::on(*day))).collect();
    let (Some(law), Some(h20), Some(open)) = (laws.last(), book.sku("H20"), book.sku("MI308X")) else {
        return assert!(book.skus.len() > 1, "the book has no chips");
    };
    criterion.bench_function("classify/one exact chip", |bench| bench.iter(|| black_box(law.classify(h20))));
    criterion
        .bench_function("classify/one unknown chip", |bench| bench.iter(|| black_box(law.classify(open))));
    let any = |_: &str| true;
    criterion.bench_function("caught/one exact chip", |bench| bench.iter(|| black_box(law.in_any(h20, any))));
    criterion.bench_function("cut/one exact chip", |bench| bench.iter(|| black_box(cut::next(law, h20))));
    let skus: Vec<&Sku> = book.skus.values().collect();
    let mut group = criterion.benchmark_group("all");
    group.throughput(Throughput::Elements((skus.len() * laws.len()) as u64)).sample_size(20);
    group.bench_function(format!("{} chips x {} versions", skus.len(), laws.len()), |bench| {
        bench.iter(|| {
            for law in &laws {
                for sku in &skus {
                    black_box(law.classify(sku));
                }
            }
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
