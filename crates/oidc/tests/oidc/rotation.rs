use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::house::{Answer, House, KEYS, cause, verify};
use crate::signing::Signer;

#[tokio::test]
async fn old_and_new_keys_overlap_and_then_the_old_ones_are_gone() {
    let (old, new) = (Signer::p256("old"), Signer::ed25519("new"));
    let house = House::open(&[old.public()]).await;
    let mut settings = house.settings();
    settings.refresh_s = 1;
    let verifier = lightcone_oidc::Verifier::start(&settings).await.unwrap();
    let (of_old, of_new) = (old.token(&house), new.token(&house));
    assert!(verify(&verifier, &of_old).await.is_ok());
    house.publish(&[old.public(), new.public()]);
    // The new key is fetched since a token names it.
    assert!(verify(&verifier, &of_new).await.is_ok());
    assert!(verify(&verifier, &of_old).await.is_ok());
    house.publish(&[new.public()]);
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if verify(&verifier, &of_old).await.is_err() {
            break;
        }
    }
    // Refused although it had been checked before, and has not expired.
    assert_eq!(cause(&verifier, &of_old).await, "token_signature");
    assert!(verify(&verifier, &of_new).await.is_ok());
}

#[tokio::test]
async fn a_flood_of_unknown_keys_asks_the_provider_once() {
    let signer = Signer::p256("a");
    let house = House::open(&[signer.public()]).await;
    let verifier = Arc::new(house.verifier().await);
    assert_eq!(house.asked(KEYS), 1);
    let tokens: Vec<String> = (0..1_000)
        .map(|index| signer.token_with(&house, json!({"kid": format!("unknown-{index}")}), json!({})))
        .collect();
    let calls = tokens.into_iter().map(|token| {
        let verifier = Arc::clone(&verifier);
        tokio::spawn(async move { cause(&verifier, &token).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), "token_signature");
    }
    assert_eq!(house.asked(KEYS), 2);
    assert!(verify(&verifier, &signer.token(&house)).await.is_ok());
}

#[tokio::test]
async fn keys_that_are_not_to_be_trusted_are_left_out() {
    let (signer, leaked, twin) = (Signer::p256("a"), Signer::p256("leaked"), Signer::p256("a"));
    let with = |mut key: Value, name: &str, value: Value| {
        key[name] = value;
        key
    };
    let private = with(leaked.public(), "d", json!("AAAA"));
    let secret = json!({"kty": "oct", "kid": "secret", "k": "AAAA"});
    let encryption = with(Signer::p256("enc").public(), "use", json!("enc"));
    let house = House::open(&[secret, private, encryption, twin.public(), signer.public()]).await;
    let verifier = house.verifier().await;
    assert_eq!(cause(&verifier, &leaked.token(&house)).await, "token_signature");
    // Two keys of one name: both are the provider's.
    assert!(verify(&verifier, &signer.token(&house)).await.is_ok());
    assert!(verify(&verifier, &twin.token(&house)).await.is_ok());
    // A token that names no key could mean either.
    let nameless = signer.token_with(&house, json!({"kid": null}), json!({}));
    assert_eq!(cause(&verifier, &nameless).await, "token_signature");
}

#[tokio::test]
async fn sets_without_a_key_of_use_are_no_sets() {
    let signer = Signer::p256("a");
    let many: Vec<Value> = (0..65).map(|_| signer.public()).collect();
    let mut other_way = signer.public();
    other_way["alg"] = json!("ES384");
    for keys in [
        json!({}),
        json!([]),
        json!({"keys": []}),
        json!({"keys": many}),
        json!({"keys": [{"kty": "oct", "k": "AA"}]}),
    ] {
        let house = House::open(&[]).await;
        house.answer(KEYS, Answer::json(&keys));
        let verifier = house.verifier().await;
        assert_eq!(cause(&verifier, &signer.token(&house)).await, "token_issuer", "{keys}");
    }
    let house = House::open(&[other_way]).await;
    assert_eq!(cause(&house.verifier().await, &signer.token(&house)).await, "token_signature");
}
