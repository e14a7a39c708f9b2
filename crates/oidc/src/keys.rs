//! A provider's keys: a set in JSON (RFC 7517), and the algorithms that they may sign with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::TokenError;
use crate::encoded::{Encoded, KEY_ID_BYTES_MAX};

/// The most keys of one provider.
const KEYS_MAX: usize = 64;
/// The most keys that one token is tried with: a set may name two alike.
const TRIES_MAX: usize = 4;
/// The length of RSA moduli that are taken, in bytes.
const MODULUS_BYTES: [usize; 2] = [256, 1024];
/// The longest RSA exponent, in bytes.
const EXPONENT_BYTES_MAX: usize = 8;
/// What only private keys and secrets have.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A way of signing that is taken. There is none with a shared secret, and none without a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signing {
    name: &'static str,
    algorithm: Algorithm,
    shape: Shape,
}

/// What a key has to be to sign so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    P256,
    P384,
    Ed25519,
    Rsa,
}

const SIGNINGS: [Signing; 10] = [
    Signing { name: "ES256", algorithm: Algorithm::ES256, shape: Shape::P256 },
    Signing { name: "ES384", algorithm: Algorithm::ES384, shape: Shape::P384 },
    Signing { name: "EdDSA", algorithm: Algorithm::EdDSA, shape: Shape::Ed25519 },
    Signing { name: "Ed25519", algorithm: Algorithm::EdDSA, shape: Shape::Ed25519 },
    Signing { name: "RS256", algorithm: Algorithm::RS256, shape: Shape::Rsa },
    Signing { name: "RS384", algorithm: Algorithm::RS384, shape: Shape::Rsa },
    Signing { name: "RS512", algorithm: Algorithm::RS512, shape: Shape::Rsa },
    Signing { name: "PS256", algorithm: Algorithm::PS256, shape: Shape::Rsa },
    Signing { name: "PS384", algorithm: Algorithm::PS384, shape: Shape::Rsa },
    Signing { name: "PS512", algorithm: Algorithm::PS512, shape: Shape::Rsa },
];

impl Signing {
    /// The names, for people.
    pub(crate) const NAMES: &str = "ES256, ES384, EdDSA, Ed25519, RS256, RS384, RS512, PS256, PS384, PS512";

    /// The one of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        SIGNINGS.into_iter().find(|signing| signing.name == name)
    }

    /// Its name.
    #[cfg(test)]
    pub(crate) const fn name(self) -> &'static str {
        self.name
    }
}

/// A provider's keys.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
    /// Why keys of the set are left out.
    pub(crate) left_out: Vec<&'static str>,
    /// What tells this set from another.
    pub(crate) digest: [u8; 32],
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    /// The only algorithm that it signs with, if it says so.
    only: Option<Algorithm>,
    shape: Shape,
    key: DecodingKey,
}

/// Why a set of keys does not answer for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// It has no key of this name and kind; a newer set might.
    Unknown,
    /// Its key did not make the signature.
    Wrong,
}

impl From<NoKey> for TokenError {
    fn from(cause: NoKey) -> Self {
        match cause {
            NoKey::Unknown => Self::Signature("its issuer has no such key"),
            NoKey::Wrong => Self::Signature("its issuer's key did not make it"),
        }
    }
}

impl KeySet {
    /// Reads a set. Keys that are for something else, or that cannot be trusted, are left out.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        let set: Map<String, Value> = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let listed = set.get("keys").and_then(Value::as_array).ok_or("it has no list `keys`")?;
        if listed.len() > KEYS_MAX {
            return Err(format!("{} keys, and at most {KEYS_MAX} are taken", listed.len()));
        }
        let (mut keys, mut left_out) = (Vec::new(), Vec::new());
        for entry in listed {
            match Key::read(entry) {
                Ok(key) => keys.push(key),
                Err(cause) => left_out.push(cause),
            }
        }
        if keys.is_empty() {
            return Err(left_out.first().map_or_else(
                || "it has no key".to_owned(),
                |cause| format!("it has no key of use; the first {cause}"),
            ));
        }
        Ok(Self { keys, left_out, digest: Sha256::digest(text).into() })
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether one of these keys made a token's signature.
    pub(crate) fn check(&self, token: &Encoded<'_>) -> Result<(), NoKey> {
        let mut fitting = self.keys.iter().filter(|key| key.fits(token.signing)).peekable();
        // Without a name there is no doubt only where there is no choice.
        let named: Vec<&Key> = match &token.key_id {
            Some(id) => fitting.filter(|key| key.id.as_ref() == Some(id)).take(TRIES_MAX).collect(),
            None => fitting.next().into_iter().filter(|_| fitting.peek().is_none()).collect(),
        };
        if named.is_empty() {
            return Err(NoKey::Unknown);
        }
        if named.iter().any(|key| key.made(token)) { Ok(()) } else { Err(NoKey::Wrong) }
    }
}

impl Key {
    fn read(entry: &Value) -> Result<Self, &'static str> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let is_for_signatures = text("use").is_none_or(|purpose| purpose == "sig")
            && entry
                .get("key_ops")
                .and_then(Value::as_array)
                .is_none_or(|all| all.iter().any(|it| it == "verify"));
        if !is_for_signatures {
            return Err("is not for signatures");
        }
        if text("kty") != Some("oct") && PRIVATE.iter().any(|name| entry.get(name).is_some()) {
            return Err("is published with its private part, so that anyone may have signed with it");
        }
        let id = text("kid").map(str::to_owned);
        if id.as_ref().is_some_and(|id| id.len() > KEY_ID_BYTES_MAX) {
            return Err("has a name longer than 256 bytes");
        }
        let only = match text("alg") {
            Some(name) => Some(Signing::named(name).ok_or("signs in a way that is not taken")?.algorithm),
            None => None,
        };
        let (shape, key) = match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => (Shape::P256, Self::curve(entry, 32)?),
            (Some("EC"), Some("P-384")) => (Shape::P384, Self::curve(entry, 48)?),
            (Some("OKP"), Some("Ed25519")) => {
                (Shape::Ed25519, DecodingKey::from_ed_der(&part(entry, "x", 32)?))
            }
            (Some("RSA"), _) => (Shape::Rsa, Self::modulus(entry)?),
            _ => return Err("is of a kind that is not taken"),
        };
        Ok(Self { id, only, shape, key })
    }

    fn curve(entry: &Value, bytes: usize) -> Result<DecodingKey, &'static str> {
        let mut point = vec![4]; // not compressed
        point.extend(part(entry, "x", bytes)?);
        point.extend(part(entry, "y", bytes)?);
        Ok(DecodingKey::from_ec_der(&point))
    }

    fn modulus(entry: &Value) -> Result<DecodingKey, &'static str> {
        let modulus = bytes(entry, "n")?;
        let exponent = bytes(entry, "e")?;
        let [least, most] = MODULUS_BYTES;
        if !(least..=most).contains(&modulus.len()) || exponent.len() > EXPONENT_BYTES_MAX {
            return Err("is RSA of less than 2048 or more than 8192 bits");
        }
        Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
    }

    fn fits(&self, signing: Signing) -> bool {
        self.shape == signing.shape && self.only.is_none_or(|only| only == signing.algorithm)
    }

    fn made(&self, token: &Encoded<'_>) -> bool {
        let verifier = (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&token.signing.algorithm, &self.key);
        verifier.is_ok_and(|verifier| verifier.verify(token.signed.as_bytes(), &token.signature).is_ok())
    }
}

fn part(entry: &Value, name: &str, length: usize) -> Result<Vec<u8>, &'static str> {
    let bytes = bytes(entry, name)?;
    if bytes.len() == length { Ok(bytes) } else { Err("has a part of the wrong length") }
}

fn bytes(entry: &Value, name: &str) -> Result<Vec<u8>, &'static str> {
    let text = entry.get(name).and_then(Value::as_str).ok_or("lacks a part")?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| "has a part that is not base64url")
}
