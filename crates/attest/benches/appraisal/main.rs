//! What an appraisal costs on one core, beside what aws-lc-rs takes for nothing but the signatures in it: those of the
//! chains, of the evidence, and of what came with it. `appraisal/NAME` over `signatures/NAME` tells what the rest costs.

#![allow(clippy::expect_used, reason = "samples that cannot be read are to be loud")]

mod samples;
mod signed;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lightcone_attest::references::References;
use lightcone_attest::{Case, verifier};

fn appraise(c: &mut Criterion) {
    let references = References::unsigned(samples::document());
    let base = Case {
        binding: None,
        identity_key: None,
        activated: &[],
        references: &references,
        collateral: None,
        now: samples::NOW,
    };
    for sample in samples::all() {
        let case = Case {
            binding: sample.binding.as_ref(),
            identity_key: sample.identity_key.as_ref(),
            now: sample.now,
            ..base
        };
        let verifier = verifier(sample.kind);
        let appraise = || verifier.verify(black_box(&sample.evidence), &case);
        assert!(appraise().is_ok(), "{}: {:?}", sample.name, appraise().err());
        c.bench_function(&format!("appraisal/{}", sample.name), |b| b.iter(appraise));
        let count = sample.signed.len();
        c.bench_function(&format!("signatures/{} ({count})", sample.name), |b| {
            b.iter(|| sample.signed.iter().all(|signed| black_box(signed).holds()));
        });
    }
}

criterion_group!(benches, appraise);
criterion_main!(benches);
