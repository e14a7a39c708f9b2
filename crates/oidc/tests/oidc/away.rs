use std::time::{Duration, Instant};

use lightcone_oidc::Verifier;
use serde_json::json;

use crate::house::{Answer, DISCOVERY, House, KEYS, cause, verify};
use crate::signing::Signer;

/// Waits until a token's fate is as wanted.
async fn becomes(verifier: &Verifier, token: &str, is_taken: bool) {
    let begin = Instant::now();
    while verify(verifier, token).await.is_ok() != is_taken {
        assert!(begin.elapsed() < Duration::from_secs(20), "it did not become {is_taken}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_provider_that_is_away_at_the_start_is_asked_again() {
    let signer = Signer::p256("a");
    let house = House::open(&[signer.public()]).await;
    house.answer(KEYS, Answer::head("503 Service Unavailable"));
    let verifier = house.verifier().await;
    let token = signer.token(&house);
    assert_eq!(cause(&verifier, &token).await, "token_issuer");
    house.publish(&[signer.public()]);
    becomes(&verifier, &token, true).await;
}

#[tokio::test]
async fn known_keys_are_used_for_a_while_and_no_longer() {
    let signer = Signer::p256("a");
    let house = House::open(&[signer.public()]).await;
    let mut settings = house.settings();
    (settings.refresh_s, settings.keep_s) = (1, 3);
    let verifier = Verifier::start(&settings).await.unwrap();
    let token = signer.token(&house);
    house.answer(DISCOVERY, Answer::head("500 Internal Server Error"));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(verify(&verifier, &token).await.is_ok(), "the provider is away for no longer than keys are kept");
    becomes(&verifier, &token, false).await;
    assert_eq!(cause(&verifier, &token).await, "token_issuer");
    house.answer(DISCOVERY, Answer::json(&house.metadata()));
    becomes(&verifier, &token, true).await;
}

#[tokio::test]
async fn a_slow_provider_does_not_hold_up_the_start() {
    let signer = Signer::p256("a");
    let house = House::open(&[signer.public()]).await;
    house.answer(KEYS, Answer { delay: Duration::from_secs(60), ..Answer::json(&json!({})) });
    let begin = Instant::now();
    let verifier = house.verifier().await;
    assert_eq!(cause(&verifier, &signer.token(&house)).await, "token_issuer");
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn answers_that_are_too_large_or_lead_elsewhere_are_refused() {
    let signer = Signer::p256("a");
    let house = House::open(&[signer.public()]).await;
    let elsewhere = House::open(&[signer.public()]).await;
    let keys = json!({"keys": [signer.public()], "padding": "x".repeat(10 << 20)});
    for answer in [
        Answer::json(&keys),
        Answer::head(&format!("302 Found\r\nlocation: {}{KEYS}", elsewhere.issuer)),
        Answer { body: b"<html>".to_vec(), ..Answer::head("200 OK") },
        Answer { body: b"{}".to_vec(), ..Answer::head("206 Partial Content") },
    ] {
        house.answer(KEYS, answer);
        assert_eq!(cause(&house.verifier().await, &signer.token(&house)).await, "token_issuer");
    }
    assert_eq!(elsewhere.asked(KEYS), 0);
}

#[tokio::test]
async fn a_provider_speaks_in_its_own_name_only() {
    let signer = Signer::p256("a");
    let house = House::open(&[signer.public()]).await;
    for (name, value) in [
        ("issuer", json!("https://id.example.org")),
        ("issuer", json!(format!("{}/", house.issuer))),
        ("jwks_uri", json!("http://id.example.org/keys")),
        ("jwks_uri", json!("file:///etc/passwd")),
        ("jwks_uri", json!(null)),
    ] {
        let mut metadata = house.metadata();
        metadata[name] = value.clone();
        house.answer(DISCOVERY, Answer::json(&metadata));
        assert_eq!(cause(&house.verifier().await, &signer.token(&house)).await, "token_issuer", "{value}");
    }
}

#[tokio::test]
async fn one_provider_does_not_answer_for_another() {
    let (ours, theirs) = (Signer::p256("a"), Signer::p256("a"));
    let (house, other) = (House::open(&[ours.public()]).await, House::open(&[theirs.public()]).await);
    let mut settings = house.settings();
    settings.providers.extend(other.settings().providers);
    let verifier = Verifier::start(&settings).await.unwrap();
    assert!(verify(&verifier, &ours.token(&house)).await.is_ok());
    assert!(verify(&verifier, &theirs.token(&other)).await.is_ok());
    assert_eq!(cause(&verifier, &theirs.token(&house)).await, "token_signature");
    assert_eq!(cause(&verifier, &ours.token(&other)).await, "token_signature");
}
