//! What checking a report costs: 64 samples, one in eight lost. `precheck` is with the landmark's signature, the
//! other figures show where the time goes.

#[path = "../tests/session/mod.rs"]
mod session;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lightcone_probe::report::Report;
use lightcone_probe::transcript::Transcript;
use lightcone_probe::verify;

use session::Session;

fn verify_report(c: &mut Criterion) {
    let session = Session::of(64);
    let (body, signature) = session.report().sign(&session.landmark_key);
    let landmark = session.landmark_key.verifying_key();
    let transcript = session.transcript();
    let entry = &transcript.landmarks[0];
    let precheck = || verify::precheck(black_box(&body), &signature, &landmark, &session.assignment);
    let Ok(prechecked) = precheck() else { return };
    c.bench_function("precheck, with signature", |b| b.iter(precheck));
    c.bench_function("complete", |b| b.iter(|| verify::complete(black_box(&prechecked), entry)));
    c.bench_function("of it: the signature", |b| {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        b.iter(|| landmark.verify_strict(black_box(&body), &signature));
    });
    c.bench_function("of it: reading", |b| b.iter(|| Report::read(black_box(&body))));
    c.bench_function("of it: what is kept", |b| b.iter(|| prechecked.uncorroborated().kept().to_bytes()));
    let (body, signature) = transcript.sign(&session.agent_key);
    let (agent, id, binding) = (session.agent_key.verifying_key(), transcript.session, transcript.binding);
    c.bench_function("transcript of one landmark, with signature", |b| {
        b.iter(|| Transcript::open(black_box(&body), &signature, &agent, id, binding));
    });
}

criterion_group!(benches, verify_report);
criterion_main!(benches);
