//! What checking a token costs: the signature alone, the whole check, and a token that was checked before.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::hint::black_box;
use std::time::SystemTime;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, criterion_group, criterion_main};
use house::House;
use serde_json::json;
use signing::Signer;
use tokio::runtime::Runtime;

#[path = "../tests/oidc/house.rs"]
#[expect(dead_code, reason = "the tests' provider, of which the benchmark needs a part")]
mod house;
#[path = "../tests/oidc/signing.rs"]
mod signing;

/// More tokens than are remembered, so that in turn none of them is.
const TOKENS: usize = 4_500;

fn tokens(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let signers: [(Signer, &'static dyn VerificationAlgorithm); 3] = [
        (Signer::p256("a"), &ECDSA_P256_SHA256_FIXED),
        (Signer::ed25519("b"), &ED25519),
        (Signer::rsa("c"), &RSA_PKCS1_2048_8192_SHA256),
    ];
    let public: Vec<_> = signers.iter().map(|(signer, _)| signer.public()).collect();
    let (house, verifier) = runtime.block_on(async {
        let house = House::open(&public).await;
        let verifier = house.verifier().await;
        (house, verifier)
    });
    let now = SystemTime::now();
    for (signer, algorithm) in &signers {
        let mut group = criterion.benchmark_group(signer.algorithm());
        let token = signer.token(&house);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let key = UnparsedPublicKey::new(*algorithm, signer.public_bytes());
        group.bench_function("signature alone", |bench| {
            bench.iter(|| key.verify(black_box(signed.as_bytes()), black_box(&signature)).unwrap());
        });
        let tokens: Vec<String> = (0..TOKENS)
            .map(|index| signer.token_with(&house, json!({}), json!({"jti": index.to_string()})))
            .collect();
        let mut next = tokens.iter().cycle();
        group.bench_function("fresh", |bench| {
            bench.iter(|| runtime.block_on(verifier.verify(next.next().unwrap(), now)).unwrap());
        });
        group.bench_function("checked before", |bench| {
            bench.iter(|| runtime.block_on(verifier.verify(black_box(&token), now)).unwrap());
        });
        group.finish();
    }
}

criterion_group!(benches, tokens);
criterion_main!(benches);
