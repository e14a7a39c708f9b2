//! Keys, and tokens signed with them.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::house::{AUDIENCE, House};

pub(crate) enum Pair {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// A provider's key.
pub(crate) struct Signer {
    pub(crate) id: String,
    pair: Pair,
}

impl Signer {
    pub(crate) fn p256(id: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { id: id.into(), pair: Pair::P256(pair) }
    }

    pub(crate) fn ed25519(id: &str) -> Self {
        Self { id: id.into(), pair: Pair::Ed25519(Ed25519KeyPair::generate().unwrap()) }
    }

    pub(crate) fn rsa(id: &str) -> Self {
        Self { id: id.into(), pair: Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()) }
    }

    /// The algorithm that it signs with unless another is asked for.
    pub(crate) fn algorithm(&self) -> &'static str {
        match &self.pair {
            Pair::P256(_) => "ES256",
            Pair::Ed25519(_) => "EdDSA",
            Pair::Rsa(_) => "RS256",
        }
    }

    /// The public key, as a provider publishes it.
    pub(crate) fn public(&self) -> Value {
        match &self.pair {
            Pair::P256(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "kid": self.id, "x": encode(&point[1..33]), "y": encode(&point[33..])})
            }
            Pair::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "kid": self.id, "x": encode(pair.public_key())})
            }
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                let n = encode(key.modulus().big_endian_without_leading_zero());
                let e = encode(key.exponent().big_endian_without_leading_zero());
                json!({"kty": "RSA", "kid": self.id, "use": "sig", "n": n, "e": e})
            }
        }
    }

    /// The public key's bytes, which an attacker knows too.
    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        match &self.pair {
            Pair::P256(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// A good token of this provider for the service.
    pub(crate) fn token(&self, house: &House) -> String {
        self.token_with(house, json!({}), json!({}))
    }

    /// A token whose head and claims differ from those of a good one; null leaves out.
    pub(crate) fn token_with(&self, house: &House, head: Value, claims: Value) -> String {
        let own = json!({"alg": self.algorithm(), "kid": self.id, "typ": "at+jwt"});
        let signed = format!("{}.{}", part(own, head), part(good(house), claims));
        let signature = self.sign(&signed, head_algorithm(&signed));
        format!("{signed}.{signature}")
    }

    fn sign(&self, signed: &str, algorithm: Option<String>) -> String {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::P256(pair) => encode(pair.sign(&random, signed.as_bytes()).unwrap()),
            Pair::Ed25519(pair) => encode(pair.sign(signed.as_bytes())),
            Pair::Rsa(pair) => {
                let padding =
                    if algorithm.as_deref() == Some("PS256") { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, signed.as_bytes(), &mut signature).unwrap();
                encode(signature)
            }
        }
    }
}

/// The claims of a good token.
pub(crate) fn good(house: &House) -> Value {
    json!({"iss": house.issuer, "sub": "ann", "aud": AUDIENCE, "iat": now_s(), "exp": now_s() + 600, "groups": ["analysts"]})
}

/// Head and claims as a token has them.
pub(crate) fn part(mut all: Value, change: Value) -> String {
    for (name, value) in change.as_object().unwrap() {
        all[name] = value.clone();
    }
    all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    encode(all.to_string())
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn now_s() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn head_algorithm(signed: &str) -> Option<String> {
    let head = URL_SAFE_NO_PAD.decode(signed.split('.').next().unwrap()).unwrap();
    let head: Value = serde_json::from_slice(&head).unwrap();
    head["alg"].as_str().map(str::to_owned)
}
