use std::time::{Duration, SystemTime};

use aws_lc_rs::hmac;
use lightcone_oidc::TokenError;
use serde_json::{Value, json};

use crate::house::{House, cause, verify};
use crate::signing::{Signer, encode, good, now_s, part};

#[tokio::test]
async fn good_tokens_of_every_algorithm_hold() {
    let signers = [Signer::p256("a"), Signer::ed25519("b"), Signer::rsa("c")];
    let public: Vec<Value> = signers.iter().map(Signer::public).collect();
    let house = House::open(&public).await;
    let verifier = house.verifier().await;
    assert_eq!(verifier.issuers(), std::slice::from_ref(&house.issuer));
    for signer in &signers {
        let token = signer.token(&house);
        for _ in 0..2 {
            let claims = verify(&verifier, &token).await.unwrap();
            assert_eq!((claims.issuer.as_str(), claims.subject.as_str()), (house.issuer.as_str(), "ann"));
            assert_eq!((&claims.all["groups"], claims.bound_to), (&json!(["analysts"]), None));
            assert!(claims.expires_ns > now_s() * 1_000_000_000);
        }
    }
    let pss = signers[2].token_with(&house, json!({"alg": "PS256"}), json!({}));
    assert!(verify(&verifier, &pss).await.is_ok());
    // With three keys that differ in kind a token need not name its own; nor its type.
    let nameless = signers[0].token_with(
        &house,
        json!({"kid": null, "typ": null}),
        json!({"aud": ["x", crate::house::AUDIENCE]}),
    );
    assert!(verify(&verifier, &nameless).await.is_ok());
    let bound = signers[0].token_with(&house, json!({}), json!({"cnf": {"x5t#S256": encode([9; 32])}}));
    assert_eq!(verify(&verifier, &bound).await.unwrap().bound_to, Some([9; 32]));
}

#[tokio::test]
async fn signatures_that_prove_nothing_are_refused() {
    let (signer, rsa, stranger) = (Signer::p256("a"), Signer::rsa("r"), Signer::p256("a"));
    let house = House::open(&[signer.public(), rsa.public()]).await;
    let verifier = house.verifier().await;
    let claims = part(good(&house), json!({}));
    for name in ["none", "None", "NONE", ""] {
        let head = part(json!({"alg": name, "kid": "a"}), json!({}));
        for signature in ["", "AA"] {
            assert_eq!(cause(&verifier, &format!("{head}.{claims}.{signature}")).await, "token_signature");
        }
    }
    // The public key as a shared secret.
    for key in [signer.public_bytes(), rsa.public_bytes(), rsa.public().to_string().into_bytes()] {
        for kid in ["a", "r"] {
            let signed = format!("{}.{claims}", part(json!({"alg": "HS256", "kid": kid}), json!({})));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
            assert_eq!(cause(&verifier, &format!("{signed}.{}", encode(tag))).await, "token_signature");
        }
    }
    // Another's key under the same name, another of the provider's, one of another kind, and one not allowed.
    assert_eq!(cause(&verifier, &stranger.token(&house)).await, "token_signature");
    for head in [json!({"kid": "r"}), json!({"kid": "b"}), json!({"alg": "RS256"}), json!({"alg": "ES384"})] {
        assert_eq!(cause(&verifier, &signer.token_with(&house, head, json!({}))).await, "token_signature");
    }
    let rs384 = rsa.token_with(&house, json!({"alg": "RS384"}), json!({}));
    assert_eq!(cause(&verifier, &rs384).await, "token_signature");
}

#[tokio::test]
async fn keys_that_a_token_brings_along_are_passed_over() {
    let (signer, stranger) = (Signer::p256("a"), Signer::p256("evil"));
    let house = House::open(&[signer.public()]).await;
    let elsewhere = House::open(&[stranger.public()]).await;
    let verifier = house.verifier().await;
    let asked = elsewhere.asked(crate::house::KEYS);
    let url = format!("{}/keys", elsewhere.issuer);
    let brought = json!({"jku": url, "x5u": url, "jwk": stranger.public(), "x5c": ["AAAA"]});
    assert_eq!(
        cause(&verifier, &stranger.token_with(&house, brought.clone(), json!({}))).await,
        "token_signature"
    );
    for kid in ["../keys", &url, "a' OR 1=1", "/dev/null"] {
        let token = stranger.token_with(&house, json!({"kid": kid}), json!({}));
        assert_eq!(cause(&verifier, &token).await, "token_signature", "{kid}");
    }
    assert_eq!(elsewhere.asked(crate::house::KEYS), asked);
    assert!(verify(&verifier, &signer.token_with(&house, brought, json!({}))).await.is_ok());
}

#[tokio::test]
async fn claims_that_are_not_ours_or_not_now_are_refused() {
    let signer = Signer::p256("a");
    let house = House::open(&[signer.public()]).await;
    let verifier = house.verifier().await;
    let slash = format!("{}/", house.issuer);
    for (claims, wanted) in [
        (json!({"iss": slash}), "token_issuer"),
        (json!({"iss": "https://id.example.org"}), "token_issuer"),
        (json!({"iss": null}), "token_malformed"),
        (json!({"aud": "other"}), "token_audience"),
        (json!({"aud": ["other", "another"]}), "token_audience"),
        (json!({"aud": null}), "token_audience"),
        (json!({"exp": now_s() - 61}), "token_expired"),
        (json!({"exp": null}), "token_malformed"),
        (json!({"exp": now_s() + 90_000}), "token_malformed"),
        (json!({"nbf": now_s() + 90}), "token_expired"),
        (json!({"iat": now_s() + 90}), "token_expired"),
        (json!({"sub": null}), "token_malformed"),
        (json!({"cnf": {"jkt": encode([1; 32])}}), "token_malformed"),
        (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}), "token_malformed"),
    ] {
        let token = signer.token_with(&house, json!({}), claims.clone());
        assert_eq!(cause(&verifier, &token).await, wanted, "{claims}");
    }
    for kind in ["dpop+jwt", "logout+jwt", "secevent+jwt", "JOSE"] {
        let token = signer.token_with(&house, json!({"typ": kind}), json!({}));
        assert_eq!(cause(&verifier, &token).await, "token_malformed", "{kind}");
    }
    let token = signer.token_with(&house, json!({}), json!({"padding": "x".repeat(16 << 10)}));
    assert_eq!(cause(&verifier, &token).await, "token_malformed");
}

#[tokio::test]
async fn a_token_that_held_is_refused_once_it_expired() {
    let signer = Signer::p256("a");
    let house = House::open(&[signer.public()]).await;
    let verifier = house.verifier().await;
    let token = signer.token(&house);
    let now = SystemTime::now();
    assert!(verifier.verify(&token, now).await.is_ok());
    assert!(verifier.verify(&token, now + Duration::from_secs(590)).await.is_ok());
    let late = verifier.verify(&token, now + Duration::from_secs(661)).await;
    assert_eq!(late, Err(TokenError::Expired));
    assert!(verifier.verify(&token, now - Duration::from_secs(120)).await.is_err());
}

#[tokio::test]
async fn every_flipped_bit_and_every_cut_is_refused() {
    for signer in [Signer::p256("a"), Signer::ed25519("a")] {
        let house = House::open(&[signer.public()]).await;
        let verifier = house.verifier().await;
        let token = signer.token(&house);
        assert!(verify(&verifier, &token).await.is_ok());
        let mut refused = 0;
        for at in 0..token.len() {
            for bit in 0..8 {
                let mut bytes = token.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                // What is no text cannot be in a header at all.
                let Ok(flipped) = String::from_utf8(bytes) else { continue };
                assert!(verify(&verifier, &flipped).await.is_err(), "byte {at}, bit {bit}");
                refused += 1;
            }
        }
        assert!(refused >= token.len() * 7);
        for length in 0..token.len() {
            assert!(verify(&verifier, &token[..length]).await.is_err(), "cut to {length}");
        }
        for longer in [
            format!("{token}A"),
            format!("{token}="),
            format!("{token} "),
            format!(" {token}"),
            format!("{token}."),
        ] {
            assert!(verify(&verifier, &longer).await.is_err(), "{longer}");
        }
        assert!(verify(&verifier, &token).await.is_ok());
    }
}
