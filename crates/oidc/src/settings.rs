//! Settings of identity providers.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::http_client::is_safe;
use crate::keys::Signing;

/// The most providers.
const PROVIDERS_MAX: usize = 16;
/// The longest issuer, audience or client, in bytes.
const NAME_BYTES_MAX: usize = 1024;
/// The most that clocks may differ, in seconds.
const LEEWAY_S_MAX: u32 = 300;
/// How often keys may be fetched, in seconds.
const REFRESH_S: [u32; 2] = [1, 86_400];
/// The longest that keys are used while their provider is away, in seconds: a week.
const KEEP_S_MAX: u32 = 7 * 86_400;

/// Identity providers whose tokens are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OidcSettings {
    /// The providers; none: no person has a token.
    pub providers: Vec<Provider>,
    /// How far a provider's clock may be from this machine's, in seconds; at most 300.
    pub leeway_s: u32,
    /// How often the providers' keys are fetched, in seconds.
    pub refresh_s: u32,
    /// How long keys are used after they were last fetched, when their provider is away, in seconds; not less than
    /// `refresh_s`.
    pub keep_s: u32,
}

/// An identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// Its URL, exactly as its tokens write it in `iss`.
    pub issuer: String,
    /// What its tokens for this service have in `aud`.
    pub audience: String,
    /// The clients whose tokens are taken, by `azp` or `client_id`; empty: all clients of the provider.
    pub clients: Vec<String>,
    /// File of the authorities that may vouch for its TLS certificate, PEM; empty: those of this machine.
    pub ca: PathBuf,
    /// The algorithms that its signatures may have.
    pub algorithms: Vec<String>,
}

/// A setting that cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("setting `oidc.{key}` is `{value}`: {remedy}")]
pub struct InvalidOidc {
    /// The setting, without its section.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// What to do about it.
    pub remedy: String,
}

impl Default for OidcSettings {
    fn default() -> Self {
        Self { providers: Vec::new(), leeway_s: 60, refresh_s: 600, keep_s: 43_200 }
    }
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            audience: String::new(),
            clients: Vec::new(),
            ca: PathBuf::new(),
            algorithms: ["ES256", "EdDSA", "RS256", "PS256"].map(str::to_owned).to_vec(),
        }
    }
}

impl OidcSettings {
    /// Whether any provider is named.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.providers.is_empty()
    }

    /// Whether the settings can hold. Reads no file.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn check(&self) -> Result<(), InvalidOidc> {
        if self.providers.len() > PROVIDERS_MAX {
            return Err(invalid("providers", self.providers.len(), format!("at most {PROVIDERS_MAX}")));
        }
        if self.leeway_s > LEEWAY_S_MAX {
            return Err(invalid("leeway_s", self.leeway_s, format!("choose 0 to {LEEWAY_S_MAX} seconds")));
        }
        let [least, most] = REFRESH_S;
        if !(least..=most).contains(&self.refresh_s) {
            return Err(invalid("refresh_s", self.refresh_s, format!("choose {least} to {most} seconds")));
        }
        if !(self.refresh_s..=KEEP_S_MAX).contains(&self.keep_s) {
            let remedy = format!("choose `oidc.refresh_s` ({}) to {KEEP_S_MAX} seconds", self.refresh_s);
            return Err(invalid("keep_s", self.keep_s, remedy));
        }
        let mut issuers = BTreeSet::new();
        for provider in &self.providers {
            provider.check()?;
            if !issuers.insert(&provider.issuer) {
                return Err(invalid("providers.issuer", &provider.issuer, "name each provider once"));
            }
        }
        Ok(())
    }
}

impl Provider {
    fn check(&self) -> Result<(), InvalidOidc> {
        let is_issuer = self.issuer.len() <= NAME_BYTES_MAX
            && Url::parse(&self.issuer)
                .is_ok_and(|url| is_safe(&url) && url.query().is_none() && url.fragment().is_none());
        if !is_issuer {
            let remedy = "write the provider's URL with https as its tokens have it, without query and fragment; \
                          http is for loopback only";
            return Err(invalid("providers.issuer", &self.issuer, remedy));
        }
        let is_name = |name: &str| (1..=NAME_BYTES_MAX).contains(&name.len());
        if !is_name(&self.audience) {
            let remedy = "write what the provider puts into `aud` of tokens for this service; without it a token for \
                          any other service would do";
            return Err(invalid("providers.audience", &self.audience, remedy));
        }
        if let Some(client) = self.clients.iter().find(|client| !is_name(client)) {
            return Err(invalid(
                "providers.clients",
                client,
                "write the name that the provider gave a client",
            ));
        }
        if self.algorithms.is_empty() {
            return Err(invalid("providers.algorithms", "", "name one at least, for example `ES256`"));
        }
        self.signing().map(drop)
    }

    /// The algorithms that its signatures may have.
    pub(crate) fn signing(&self) -> Result<Vec<Signing>, InvalidOidc> {
        let named = self.algorithms.iter().map(|name| {
            Signing::named(name).ok_or_else(|| {
                let remedy =
                    format!("choose among {}; a shared secret or no signature proves nobody", Signing::NAMES);
                invalid("providers.algorithms", name, remedy)
            })
        });
        named.collect()
    }
}

fn invalid(key: &'static str, value: impl fmt::Display, remedy: impl Into<String>) -> InvalidOidc {
    InvalidOidc { key, value: value.to_string(), remedy: remedy.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Provider {
        Provider {
            issuer: "https://id.example.org".into(),
            audience: "https://lightcone.example.org".into(),
            ..Provider::default()
        }
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Provider)) -> String {
        let mut provider = provider();
        change(&mut provider);
        let settings = OidcSettings { providers: vec![provider], ..OidcSettings::default() };
        settings.check().unwrap_err().to_string()
    }

    #[test]
    fn defaults_hold_and_name_nobody() {
        assert_eq!(OidcSettings::default().check(), Ok(()));
        assert!(!OidcSettings::default().is_set());
        let one = OidcSettings { providers: vec![provider()], ..OidcSettings::default() };
        assert_eq!(one.check(), Ok(()));
    }

    #[test]
    fn what_cannot_hold_is_named_with_a_remedy() {
        assert!(
            refused(|it| it.issuer = "http://id.example.org".into()).contains("http is for loopback only")
        );
        assert!(refused(|it| it.issuer = "https://u:p@id.example.org".into()).contains("providers.issuer"));
        assert!(refused(|it| it.issuer = "https://id.example.org?a=b".into()).contains("without query"));
        assert!(refused(|it| it.audience.clear()).contains("providers.audience"));
        assert!(refused(|it| it.algorithms.clear()).contains("name one at least"));
        for name in ["none", "HS256", "es256", ""] {
            assert!(refused(|it| it.algorithms = vec![name.into()]).contains("proves nobody"), "{name}");
        }
        let twice = OidcSettings { providers: vec![provider(), provider()], ..OidcSettings::default() };
        assert!(twice.check().unwrap_err().to_string().contains("once"));
        let never = OidcSettings { refresh_s: 600, keep_s: 599, ..OidcSettings::default() };
        assert!(never.check().unwrap_err().to_string().contains("oidc.keep_s"));
    }

    #[test]
    fn unknown_settings_are_refused() {
        assert!(serde_json::from_str::<OidcSettings>(r#"{"leeway": 3}"#).is_err());
        assert!(serde_json::from_str::<OidcSettings>(r#"{"providers": [{"issuers": "x"}]}"#).is_err());
    }
}
