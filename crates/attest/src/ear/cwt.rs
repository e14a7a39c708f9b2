//! A result as a CWT: COSE_Sign1 (RFC 9052) with EdDSA over the claims in CBOR, in the deterministic encoding of RFC 8949,
//! section 4.2.1.

use ciborium::Value;
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _, iana};
use serde_json::Value as Json;

use super::claims::{Form, Named, RESULT};
use super::{Ear, Octets};

/// The token of a result, tagged as COSE_Sign1, with what `sign` (Ed25519) makes of the bytes it is given. The same
/// result gives the same bytes. `key_id` is a hint by which readers find the key.
#[must_use]
pub fn seal(ear: &Ear, key_id: &str, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Vec<u8> {
    let claims = members(serde_json::to_value(ear).unwrap_or_default(), RESULT);
    // No type (RFC 9596): readers of before it refuse a header that they do not know.
    let header =
        HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(key_id.as_bytes().to_vec()).build();
    let token = CoseSign1Builder::new()
        .protected(header)
        .payload(encode(&claims))
        .create_signature(b"", |message| sign(message).to_vec())
        .build();
    // Writing into memory cannot fail.
    token.to_tagged_vec().unwrap_or_default()
}

fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail.
    let _ = ciborium::into_writer(value, &mut bytes);
    bytes
}

/// An object whose members have numbers. A name without a number stays a name.
fn members(object: Json, named: &[Named]) -> Value {
    let Json::Object(object) = object else { return plain(object) };
    let member = |(name, value): (String, Json)| match named.iter().find(|(known, ..)| *known == name) {
        Some((_, key, form)) => ((*key).into(), shaped(value, *form)),
        None => (name.into(), plain(value)),
    };
    sorted(object.into_iter().map(member).collect())
}

fn shaped(value: Json, form: Form) -> Value {
    match (form, value) {
        (Form::Octets, Json::String(text)) => {
            Value::Bytes(Octets::decode(text).map_or(Vec::new(), |octets| octets.0))
        }
        (Form::Number(words), Json::String(word)) => {
            let number = words.iter().find(|(known, _)| *known == word);
            number.map_or(Value::Text(word), |(_, number)| (*number).into())
        }
        (Form::Map(named), value) => members(value, named),
        (Form::Each(named), Json::Object(object)) => {
            sorted(object.into_iter().map(|(label, value)| (label.into(), members(value, named))).collect())
        }
        (_, value) => plain(value),
    }
}

fn plain(value: Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => flag.into(),
        Json::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => number.into(),
            (_, Some(number)) => number.into(),
            _ => number.as_f64().unwrap_or_default().into(),
        },
        Json::String(text) => text.into(),
        Json::Array(values) => Value::Array(values.into_iter().map(plain).collect()),
        Json::Object(object) => {
            sorted(object.into_iter().map(|(name, value)| (name.into(), plain(value))).collect())
        }
    }
}

/// A map in the one order that its keys have: that of their bytes.
fn sorted(mut entries: Vec<(Value, Value)>) -> Value {
    entries.sort_by_cached_key(|(key, _)| encode(key));
    Value::Map(entries)
}
