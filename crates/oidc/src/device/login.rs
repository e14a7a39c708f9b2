//! What is kept of a login.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::flow::{Desk, Reply, TokenAnswer};
use super::{DeviceError, Request, Secret};

/// A token with less life left is renewed first, in seconds.
const RENEW_S: u64 = 60;

/// What is kept of a login: the token, and what renews it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The provider.
    pub issuer: String,
    /// The name that the provider knows this program by.
    pub client_id: String,
    /// Authorities that vouch for the provider's TLS, PEM; empty: those of this machine.
    pub ca: PathBuf,
    /// The service that the token is for, for providers that are asked so (RFC 8707).
    pub resource: Option<String>,
    /// The only server that the token is sent to; none: any.
    pub server: Option<String>,
    /// The token.
    pub access_token: Secret,
    /// When the token ends, in seconds since 1970.
    pub expires_s: u64,
    /// What gets the next token.
    pub refresh_token: Option<Secret>,
}

impl Login {
    /// A login without a token yet.
    pub(super) fn new(request: &Request) -> Self {
        Self {
            issuer: request.issuer.clone(),
            client_id: request.client_id.clone(),
            ca: request.ca.clone(),
            resource: request.resource.clone(),
            server: request.server.clone(),
            access_token: Secret::new(String::new()),
            expires_s: 0,
            refresh_token: None,
        }
    }

    /// Takes what the provider gave.
    pub(super) fn take(&mut self, answer: TokenAnswer, now: SystemTime) -> Result<(), DeviceError> {
        let (token, expires_s, refresh) = answer.into_parts(since_1970_s(now))?;
        self.access_token = token;
        self.expires_s = expires_s;
        // A provider that gives no new one lets the old one stand.
        self.refresh_token = refresh.or_else(|| self.refresh_token.take());
        Ok(())
    }

    /// Whether the token has little life left.
    pub(super) fn wants_renewal(&self, now: SystemTime) -> bool {
        self.left_s(now) < RENEW_S
    }

    fn left_s(&self, now: SystemTime) -> u64 {
        self.expires_s.saturating_sub(since_1970_s(now))
    }

    /// Sees to it that the token has some life left; true: it is a new one.
    ///
    /// # Errors
    /// The token is over, and there is no other.
    pub async fn renew(&mut self, now: SystemTime) -> Result<bool, DeviceError> {
        if !self.wants_renewal(now) {
            return Ok(false);
        }
        let renewed = match &self.refresh_token {
            Some(refresh) => self.next(refresh).await,
            None => Err(DeviceError::LoginExpired { issuer: self.issuer.clone() }),
        };
        match renewed {
            Ok(answer) => self.take(answer, now).map(|()| true),
            // It is good for some seconds still.
            Err(_) if self.left_s(now) > 0 => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn next(&self, refresh: &Secret) -> Result<TokenAnswer, DeviceError> {
        let desk = Desk::open(&self.issuer, &self.ca).await?;
        let mut form = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose()),
            ("client_id", &self.client_id),
        ];
        form.extend(self.resource.as_deref().map(|resource| ("resource", resource)));
        match desk.token(&form).await? {
            Reply::Given(answer) => Ok(answer),
            Reply::Not(error, _) if error == "invalid_grant" => {
                Err(DeviceError::LoginExpired { issuer: self.issuer.clone() })
            }
            Reply::Not(_, error) => Err(error),
        }
    }

    /// Gives the login back to the provider, so that nobody can renew it; false: the provider has no place for that.
    ///
    /// # Errors
    /// The provider cannot be reached, or refuses.
    pub async fn revoke(&self) -> Result<bool, DeviceError> {
        let desk = Desk::open(&self.issuer, &self.ca).await?;
        // With what renews it goes, as a rule, what was got by it.
        let (token, hint) = match &self.refresh_token {
            Some(refresh) => (refresh, "refresh_token"),
            None => (&self.access_token, "access_token"),
        };
        let form =
            [("token", token.expose()), ("token_type_hint", hint), ("client_id", self.client_id.as_str())];
        desk.revoke(&form).await
    }
}

fn since_1970_s(now: SystemTime) -> u64 {
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
