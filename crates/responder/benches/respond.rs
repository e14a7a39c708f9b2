//! Criterion: what one challenge costs the chip, and what its parts cost.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot make its session has nothing to do"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lightcone_responder::{
    Challenge, Nonce, NtpTime, ProofKey, Reply, Responder, Seen, SessionId, SessionKeys, StampKey, prove,
};

const SESSION: SessionId = SessionId([1; 8]);
const SEEN: Seen = Seen { t2: NtpTime(1), ttl: 57 };

fn responding(criterion: &mut Criterion) {
    let (stamp, proof) = (StampKey::from_bytes([1; 32]), ProofKey::from_bytes([2; 32]));
    let asked = |number: u32| Challenge {
        sequence: number,
        timestamp: NtpTime(0),
        error_estimate: 0x8001,
        ssid: 0,
        session: SESSION,
        index: number,
        nonce: Nonce([number as u8; 16]),
    };
    let challenges: Vec<_> = (0..256).map(|number| asked(number).seal(&stamp)).collect();
    let keys = SessionKeys::new(stamp.clone(), proof.clone());

    criterion.bench_function("respond", |bencher| {
        let (mut responder, mut turn) = (Responder::new(SESSION, keys.clone()), challenges.iter().cycle());
        bencher.iter(|| responder.respond(black_box(turn.next().unwrap()), SEEN, || NtpTime(2)).unwrap());
    });
    criterion.bench_function("refuse/wrong tag", |bencher| {
        let mut responder = Responder::new(SESSION, keys.clone());
        let mut wrong = challenges[0];
        wrong[0] ^= 1;
        bencher.iter(|| responder.respond(black_box(&wrong), SEEN, || NtpTime(2)).is_err());
    });
    criterion.bench_function("open", |bencher| {
        bencher.iter(|| Challenge::open(black_box(&challenges[0]), &stamp).unwrap());
    });
    criterion.bench_function("prove", |bencher| bencher.iter(|| prove(black_box(&challenges[0]), &proof)));
    let mut responder = Responder::new(SESSION, keys.clone());
    let sealed = responder.respond(&challenges[0], SEEN, || NtpTime(2)).unwrap();
    let reply = Reply::open(&sealed, &stamp).unwrap();
    criterion.bench_function("seal", |bencher| bencher.iter(|| black_box(&reply).seal(&stamp)));
}

criterion_group!(benches, responding);
criterion_main!(benches);
