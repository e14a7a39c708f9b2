//! A token's form: three parts of base64url, of which the first two are JSON objects. Nothing here is believed yet.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::TokenError;
use crate::keys::Signing;

/// The largest token, in bytes.
pub(crate) const TOKEN_BYTES_MAX: usize = 16 << 10;
/// The longest name of a key, in bytes.
pub(crate) const KEY_ID_BYTES_MAX: usize = 256;
/// The types of tokens that are taken. Others may be well signed and yet say nothing about who calls: logout tokens,
/// proofs of possession, security events.
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

/// A token taken apart.
pub(crate) struct Encoded<'a> {
    /// The algorithm that it names.
    pub(crate) signing: Signing,
    /// The key that it names.
    pub(crate) key_id: Option<String>,
    /// Its claims.
    pub(crate) claims: Map<String, Value>,
    /// What was signed.
    pub(crate) signed: &'a str,
    /// The signature.
    pub(crate) signature: Vec<u8>,
}

impl<'a> Encoded<'a> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Malformed("it is longer than 16 KiB"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(NO_PARTS)?;
        let (head, claims) = signed.split_once('.').ok_or(NO_PARTS)?;
        let head = object(head)?;
        let signing = signing(&head)?;
        Ok(Self {
            signing,
            key_id: key_id(&head)?,
            claims: object(claims)?,
            signed,
            signature: bytes(signature)?,
        })
    }
}

const NO_PARTS: TokenError = TokenError::Malformed("it has not three parts");

/// The algorithm, after a look at the rest of the head. `jku`, `jwk`, `x5u` and `x5c` are passed over: a token does not
/// say by which key it is to be checked, only by which of the provider's.
fn signing(head: &Map<String, Value>) -> Result<Signing, TokenError> {
    let is_known_type = match head.get("typ") {
        None => true,
        Some(Value::String(name)) => TYPES.iter().any(|known| known.eq_ignore_ascii_case(name)),
        Some(_) => false,
    };
    if !is_known_type {
        return Err(TokenError::Malformed("its type is neither JWT nor at+jwt"));
    }
    if head.contains_key("crit") {
        return Err(TokenError::Malformed("it has critical extensions, and none is known here"));
    }
    let name =
        head.get("alg").and_then(Value::as_str).ok_or(TokenError::Malformed("it names no algorithm"))?;
    Signing::named(name).ok_or(TokenError::Signature("its algorithm is not taken"))
}

fn key_id(head: &Map<String, Value>) -> Result<Option<String>, TokenError> {
    match head.get("kid") {
        None => Ok(None),
        Some(Value::String(id)) if id.len() <= KEY_ID_BYTES_MAX => Ok(Some(id.clone())),
        Some(_) => Err(TokenError::Malformed("the name of its key is no text, or longer than 256 bytes")),
    }
}

fn object(part: &str) -> Result<Map<String, Value>, TokenError> {
    let once: Once = serde_json::from_slice(&bytes(part)?)
        .map_err(|_| TokenError::Malformed("head or claims are no JSON object, or name something twice"))?;
    Ok(once.0)
}

fn bytes(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed("a part is not base64url"))
}

/// A JSON object that names nothing twice, so that no two readers can see different things in it.
struct Once(Map<String, Value>);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Once, A::Error> {
        let mut all = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if all.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Once(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(head: &str, claims: &str) -> String {
        let [head, claims] = [head, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{head}.{claims}.AAAA")
    }

    #[track_caller]
    fn refused(token: &str) -> TokenError {
        Encoded::parse(token).err().unwrap()
    }

    #[test]
    fn a_token_comes_apart() {
        let token = token(r#"{"alg":"ES256","kid":"a","jku":"http://x"}"#, r#"{"sub":"ann"}"#);
        let parts = Encoded::parse(&token).ok().unwrap();
        assert_eq!((parts.signing.name(), parts.key_id.as_deref()), ("ES256", Some("a")));
        assert_eq!(parts.claims["sub"], "ann");
        assert_eq!(format!("{}.AAAA", parts.signed), token);
    }

    #[test]
    fn other_forms_are_refused() {
        for text in ["", ".", "..", "a.b", "a.b.c.d.e", "e30.e30", "e30.e30.=", "ä.ä.ä"] {
            assert_eq!(refused(text).cause(), "token_malformed", "{text}");
        }
        let good = r#"{"alg":"ES256"}"#;
        for head in [
            r#"{}"#,
            r#"[]"#,
            r#"{"alg":"ES256","alg":"ES256"}"#,
            r#"{"alg":7}"#,
            r#"{"alg":"ES256","typ":"dpop+jwt"}"#,
            r#"{"alg":"ES256","typ":"logout+jwt"}"#,
            r#"{"alg":"ES256","typ":["JWT"]}"#,
            r#"{"alg":"ES256","crit":["b64"],"b64":false}"#,
            r#"{"alg":"ES256","kid":7}"#,
        ] {
            assert_eq!(refused(&token(head, "{}")).cause(), "token_malformed", "{head}");
        }
        assert_eq!(refused(&token(good, r#"{"iss":"a","iss":"b"}"#)).cause(), "token_malformed");
        assert_eq!(refused(&token(good, &"x".repeat(TOKEN_BYTES_MAX))).cause(), "token_malformed");
        for name in ["none", "None", "HS256", "ES256K", "es256", ""] {
            assert_eq!(refused(&token(&format!(r#"{{"alg":"{name}"}}"#), "{}")).cause(), "token_signature");
        }
    }
}
