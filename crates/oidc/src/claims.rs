//! What a token says, and whether it holds now and here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::{Provider, TokenError};

/// The longest subject, in bytes: the standard's limit.
const SUBJECT_BYTES_MAX: usize = 255;
/// The longest that a token may have to live: a stolen one is of use for so long.
const LIFE_NS_MAX: i64 = 24 * 3_600 * NS_PER_S;
/// The last second that counts, somewhere in the year 2262.
const SECOND_MAX: f64 = 9.2e9;
const NS_PER_S: i64 = 1_000_000_000;

/// What a token that holds says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Who says so: the provider's URL.
    pub issuer: String,
    /// Who it is, by the provider's name of them; unique with the provider only.
    pub subject: String,
    /// When it ceases to hold, in nanoseconds since 1970.
    pub expires_ns: i64,
    /// SHA-256 of the only client certificate that may present it (RFC 8705); none: whoever has it may.
    pub bound_to: Option<[u8; 32]>,
    /// Everything that it says.
    pub all: Map<String, Value>,
}

/// Claims, and from when on they hold.
#[derive(Clone, Debug)]
pub(crate) struct Dated {
    pub(crate) claims: Claims,
    begin_ns: i64,
}

impl Dated {
    /// Whether the claims hold at a time.
    pub(crate) fn at(&self, now_ns: i64, leeway_ns: i64) -> Result<(), TokenError> {
        let left_ns = self.claims.expires_ns.saturating_sub(now_ns);
        if left_ns.saturating_add(leeway_ns) <= 0 {
            return Err(TokenError::Expired);
        }
        if self.begin_ns > now_ns.saturating_add(leeway_ns) {
            return Err(TokenError::NotYet);
        }
        if left_ns > LIFE_NS_MAX.saturating_add(leeway_ns) {
            return Err(TokenError::Malformed(
                "it lives for more than a day; ask the identity provider for shorter lives",
            ));
        }
        Ok(())
    }

    /// Whether the claims are meant for this service, and come from a client that it takes them from.
    pub(crate) fn meant_for(&self, provider: &Provider) -> Result<(), TokenError> {
        let all = &self.claims.all;
        let is_meant = match all.get("aud") {
            Some(Value::String(audience)) => *audience == provider.audience,
            Some(Value::Array(audiences)) => audiences.iter().any(|audience| *audience == provider.audience),
            _ => false,
        };
        if !is_meant {
            return Err(TokenError::Audience);
        }
        let client = all.get("azp").or_else(|| all.get("client_id")).and_then(Value::as_str);
        let is_taken = provider.clients.is_empty()
            || client.is_some_and(|client| provider.clients.iter().any(|taken| taken == client));
        if is_taken { Ok(()) } else { Err(TokenError::Client) }
    }
}

/// The issuer that claims name.
pub(crate) fn issuer(all: &Map<String, Value>) -> Result<&str, TokenError> {
    all.get("iss").and_then(Value::as_str).ok_or(TokenError::Malformed("it names no issuer"))
}

/// Reads claims.
pub(crate) fn of(all: Map<String, Value>) -> Result<Dated, TokenError> {
    if all.contains_key("events") {
        return Err(TokenError::Malformed("it tells of an event, such as a logout, and not who calls"));
    }
    let subject =
        all.get("sub").and_then(Value::as_str).ok_or(TokenError::Malformed("it names no subject"))?;
    if subject.is_empty() || subject.len() > SUBJECT_BYTES_MAX || subject.contains(char::is_control) {
        return Err(TokenError::Malformed(
            "its subject is empty, longer than 255 bytes or has control characters",
        ));
    }
    let expires_ns = time(&all, "exp")?.ok_or(TokenError::Malformed("it never expires"))?;
    let begins = [time(&all, "nbf")?, time(&all, "iat")?];
    let claims = Claims {
        issuer: issuer(&all)?.to_owned(),
        subject: subject.to_owned(),
        expires_ns,
        bound_to: bound_to(&all)?,
        all,
    };
    Ok(Dated { claims, begin_ns: begins.into_iter().flatten().max().unwrap_or(0) })
}

fn time(all: &Map<String, Value>, name: &str) -> Result<Option<i64>, TokenError> {
    let Some(value) = all.get(name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..=SECOND_MAX).contains(seconds));
    let seconds =
        seconds.ok_or(TokenError::Malformed("one of its times is no number of seconds since 1970"))?;
    Ok(Some((seconds.floor() as i64).saturating_mul(NS_PER_S)))
}

/// The certificate that a token is bound to. A token bound to anything else is of no use here: we could not tell
/// whether whoever presents it is the one that it was given to.
fn bound_to(all: &Map<String, Value>) -> Result<Option<[u8; 32]>, TokenError> {
    let Some(bound) = all.get("cnf") else { return Ok(None) };
    let members = bound.as_object().filter(|members| members.len() == 1);
    let thumbprint = members.and_then(|members| members.get("x5t#S256")).and_then(Value::as_str);
    let thumbprint = thumbprint.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let thumbprint = thumbprint.and_then(|bytes| bytes.try_into().ok());
    thumbprint.map(Some).ok_or(TokenError::Malformed("it is bound to something else than a certificate"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW_S: i64 = 1_790_000_000;
    const LEEWAY_NS: i64 = 60 * NS_PER_S;

    fn all(change: Value) -> Map<String, Value> {
        let mut all =
            json!({"iss": "https://id", "sub": "ann", "aud": "us", "iat": NOW_S, "exp": NOW_S + 600});
        for (name, value) in change.as_object().unwrap() {
            all[name] = value.clone();
        }
        all.as_object().unwrap().clone().into_iter().filter(|(_, value)| !value.is_null()).collect()
    }

    fn held(change: Value) -> Result<(), TokenError> {
        let provider = Provider { audience: "us".into(), ..Provider::default() };
        let dated = of(all(change))?;
        dated.meant_for(&provider)?;
        dated.at(NOW_S * NS_PER_S, LEEWAY_NS)
    }

    #[test]
    fn times_hold_within_the_leeway_and_no_further() {
        assert_eq!(held(json!({})), Ok(()));
        assert_eq!(held(json!({"exp": NOW_S - 59})), Ok(()));
        assert_eq!(held(json!({"exp": NOW_S - 60})), Err(TokenError::Expired));
        assert_eq!(held(json!({"nbf": NOW_S + 60})), Ok(()));
        assert_eq!(held(json!({"nbf": NOW_S + 61})), Err(TokenError::NotYet));
        assert_eq!(held(json!({"iat": NOW_S + 61})), Err(TokenError::NotYet));
        assert_eq!(held(json!({"iat": null})), Ok(()));
        assert_eq!(held(json!({"exp": NOW_S + 86_460})), Ok(()));
        assert_eq!(held(json!({"exp": NOW_S as f64 + 600.5})), Ok(()));
        for exp in [json!(null), json!("1790000600"), json!(-1), json!(1e300), json!(NOW_S + 86_461)] {
            assert_eq!(held(json!({"exp": exp})).unwrap_err().cause(), "token_malformed", "{exp}");
        }
    }

    #[test]
    fn the_audience_is_this_service_alone_or_among_others() {
        assert_eq!(held(json!({"aud": ["them", "us"]})), Ok(()));
        for aud in [
            json!(null),
            json!("US"),
            json!("us "),
            json!([]),
            json!([["us"]]),
            json!({"us": 1}),
            json!("them"),
        ] {
            assert_eq!(held(json!({"aud": aud})), Err(TokenError::Audience), "{aud}");
        }
    }

    #[test]
    fn only_named_clients_are_taken() {
        let provider = Provider { audience: "us".into(), clients: vec!["cli".into()], ..Provider::default() };
        let meant = |change| of(all(change)).unwrap().meant_for(&provider);
        assert_eq!(meant(json!({"azp": "cli"})), Ok(()));
        assert_eq!(meant(json!({"client_id": "cli"})), Ok(()));
        assert_eq!(meant(json!({"azp": "other", "client_id": "cli"})), Err(TokenError::Client));
        assert_eq!(meant(json!({})), Err(TokenError::Client));
    }

    #[test]
    fn subjects_are_bounded() {
        for subject in [json!(null), json!(7), json!(""), json!("a\nb"), json!("x".repeat(256))] {
            assert_eq!(held(json!({"sub": subject})).unwrap_err().cause(), "token_malformed", "{subject}");
        }
        assert_eq!(held(json!({"sub": "x".repeat(255)})), Ok(()));
        assert!(held(json!({"events": {}})).is_err());
    }

    #[test]
    fn a_bound_token_is_bound_to_a_certificate_and_nothing_else() {
        let print = URL_SAFE_NO_PAD.encode([7; 32]);
        let bound = |cnf| of(all(json!({"cnf": cnf}))).map(|dated| dated.claims.bound_to);
        assert_eq!(bound(json!({"x5t#S256": print})), Ok(Some([7; 32])));
        assert_eq!(bound(json!(null)), Ok(None));
        for cnf in [
            json!({}),
            json!("x"),
            json!({"jkt": print}),
            json!({"x5t#S256": print, "jkt": print}),
            json!({"x5t#S256": "AAAA"}),
            json!({"x5t#S256": 7}),
        ] {
            assert!(bound(cnf.clone()).is_err(), "{cnf}");
        }
    }
}
