//! Criterion: the cost of a region, of its jurisdictions and of a whole verdict, over all targets in turn.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot load its data has nothing to do"
)]

mod mesh;

use criterion::{Criterion, criterion_group, criterion_main};
use lightcone_core::borders::BORDER_ERROR_M;
use lightcone_core::{Borders, Evidence, Inquiry, LightMode, Metres, Question, Settings, locate};

fn locating(criterion: &mut Criterion) {
    let borders = Borders::embedded().unwrap();
    let (targets, _) = mesh::targets();
    let mut turn = targets.iter().cycle();
    for liars in [0, 1, 2, 5] {
        criterion.bench_function(&format!("region/f={liars}"), |bencher| {
            bencher.iter(|| {
                let target = turn.next().unwrap();
                Evidence::new(&target.mesh, LightMode::Vacuum, &target.observations).region(liars).unwrap()
            });
        });
    }
    let grown = Metres::new(BORDER_ERROR_M).unwrap();
    criterion.bench_function("jurisdictions/f=1", |bencher| {
        bencher.iter(|| {
            let target = turn.next().unwrap();
            let evidence = Evidence::new(&target.mesh, LightMode::Vacuum, &target.observations);
            borders.touched(&evidence.region_grown(1, grown).unwrap())
        });
    });
    let settings = Settings::default();
    let questions = [Question::Outside { areas: borders.find("CN").into_iter().collect() }];
    criterion.bench_function("verdict/f=1", |bencher| {
        bencher.iter(|| {
            let target = turn.next().unwrap();
            let (mesh, observations) = (&target.mesh, target.observations.as_slice());
            let inquiry = Inquiry { mesh, observations, questions: &questions, settings: &settings };
            locate(&borders, &inquiry, &|| false).unwrap()
        });
    });
}

criterion_group!(benches, locating);
criterion_main!(benches);
