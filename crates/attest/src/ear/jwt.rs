//! A result as a JWT: the compact form of JWS (RFC 7515) with EdDSA (RFC 8037).

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::{Ear, Octets};
use crate::time::UnixTime;

/// The type of such a token (RFC 9782, section 4).
pub const TYPE: &str = "eat+jwt";
/// The algorithm; no other is taken.
const ALGORITHM: &str = "EdDSA";
/// The most bytes that a token may have.
pub const TOKEN_BYTES_MAX: usize = 1024 * 1024;

/// A token that shows nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More bytes than are read.
    #[error("the token has {0} bytes; at most {TOKEN_BYTES_MAX} are read")]
    Size(usize),
    /// No compact JWS with claims of EAR.
    #[error("this is no result: its {part} {why}")]
    Form {
        /// Header, claims or signature.
        part: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Another way to sign, or none.
    #[error("the token says `{0}`; only `{ALGORITHM}` is taken")]
    Algorithm(String),
    /// Nobody signed whose key is known.
    #[error("none of the {known} given keys signed this token")]
    Signature {
        /// How many keys were tried.
        known: usize,
    },
    /// Too old.
    #[error("the result expired at {expires}; it is {now}: ask the verifier for a new one")]
    Expired {
        /// From when on it was not to be used.
        expires: UnixTime,
        /// The moment that was handed in.
        now: UnixTime,
    },
}

/// What a token says of itself. Members that are not named here are ignored, as RFC 7515 wants it, but for `crit`.
#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    #[serde(default, skip_serializing)]
    crit: Option<serde_json::Value>,
    #[serde(default)]
    kid: String,
}

/// The token of a result, with what `sign` (Ed25519) makes of the bytes it is given. The same result gives the same
/// bytes. `key_id` is a hint by which readers find the key.
#[must_use]
pub fn seal(ear: &Ear, key_id: &str, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    let header =
        Header { alg: ALGORITHM.to_owned(), typ: TYPE.to_owned(), crit: None, kid: key_id.to_owned() };
    let message = format!("{}.{}", part(&header), part(ear));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", Octets::encode(signature))
}

fn part(of: &impl Serialize) -> String {
    // Names are texts and numbers are whole, so that JSON can say all of it.
    Octets::encode(serde_json::to_vec(of).unwrap_or_default())
}

/// The result in a token, if one of `keys` signed it and it holds at `now`.
///
/// # Errors
/// The first thing that is wrong with the token. Total on any bytes.
pub fn open(token: &[u8], keys: &[[u8; 32]], now: UnixTime) -> Result<Ear, Refused> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Refused::Size(token.len()));
    }
    let parts: Vec<&[u8]> = token.splitn(4, |byte| *byte == b'.').collect();
    let [header, claims, signature] = parts[..] else {
        let why = format!("dots do not part it into three: {}", parts.len());
        return Err(Refused::Form { part: "text", why });
    };
    check_header(&bytes("header", header)?)?;
    let message = token.strip_suffix(signature).and_then(|rest| rest.strip_suffix(b".")).unwrap_or_default();
    check_signature(message, &bytes("signature", signature)?, keys)?;
    let ear: Ear = read("claims", &bytes("claims", claims)?)?;
    if ear.expires <= now {
        return Err(Refused::Expired { expires: ear.expires, now });
    }
    Ok(ear)
}

fn check_header(json: &[u8]) -> Result<(), Refused> {
    let header: Header = read("header", json)?;
    let refused = |why: String| Err(Refused::Form { part: "header", why });
    if header.alg != ALGORITHM {
        return Err(Refused::Algorithm(header.alg.chars().take(32).collect()));
    }
    if header.typ != TYPE {
        return refused(format!("names another type than `{TYPE}`"));
    }
    if header.crit.is_some() {
        return refused("asks for extensions (`crit`), and none is known".to_owned());
    }
    Ok(())
}

fn check_signature(message: &[u8], signature: &[u8], keys: &[[u8; 32]]) -> Result<(), Refused> {
    let unknown = || Refused::Signature { known: keys.len() };
    let signature = Signature::from_slice(signature).map_err(|_| unknown())?;
    let known = keys.iter().filter_map(|key| VerifyingKey::from_bytes(key).ok());
    let mut signers = known.filter(|key| key.verify_strict(message, &signature).is_ok());
    signers.next().map(drop).ok_or_else(unknown)
}

fn bytes(part: &'static str, text: &[u8]) -> Result<Vec<u8>, Refused> {
    let form = || Refused::Form { part, why: "is no base64url without padding".to_owned() };
    Octets::decode(text).map(|octets| octets.0).ok_or_else(form)
}

fn read<'de, T: Deserialize<'de>>(part: &'static str, json: &'de [u8]) -> Result<T, Refused> {
    serde_json::from_slice(json)
        .map_err(|error| Refused::Form { part, why: format!("cannot be read: {error}") })
}
