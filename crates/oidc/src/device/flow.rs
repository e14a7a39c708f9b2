//! The flow: ask for a code, show it, ask for the token until the person has confirmed.

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use http::{Method, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;
use url::form_urlencoded::Serializer;

use super::{DeviceError, Login, Secret};
use crate::discovery::{Metadata, discover};
use crate::encoded::TOKEN_BYTES_MAX;
use crate::http_client::{FetchError, HttpClient};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How long to wait between two questions unless the provider says otherwise, and how much longer if it wants less.
const INTERVAL: Duration = Duration::from_secs(5);
/// The longest wait that a provider may ask for.
const INTERVAL_MAX: Duration = Duration::from_secs(60);
/// The longest that a code is waited for, whatever the provider says.
const CODE_TIME_MAX: Duration = Duration::from_secs(3_600);
/// The life of a token whose provider does not tell it.
const LIFE_S: u64 = 300;
/// The longest text of a provider that is shown, in characters.
const SHOWN_CHARS_MAX: usize = 200;

/// Whom to log in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The provider's URL.
    pub issuer: String,
    /// The name that the provider knows this program by.
    pub client_id: String,
    /// What the token is to be good for, words parted by spaces.
    pub scope: String,
    /// The service that the token is for, a URL, for providers that are asked so (RFC 8707).
    pub resource: Option<String>,
    /// The service that the token is for, for providers that are asked so.
    pub audience: Option<String>,
    /// The only server that the token is to be sent to; none: any.
    pub server: Option<String>,
    /// Authorities that vouch for the provider's TLS, PEM; empty: those of this machine.
    pub ca: PathBuf,
}

/// What the person is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The page to open.
    pub page: String,
    /// The same page with the code filled in already, if the provider has one.
    pub page_with_code: Option<String>,
    /// The code to confirm there.
    pub code: String,
    /// How long it is good for.
    pub life: Duration,
}

#[derive(Deserialize)]
struct CodeAnswer {
    device_code: Secret,
    user_code: String,
    verification_uri: Url,
    verification_uri_complete: Option<Url>,
    expires_in: u64,
    interval: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    access_token: Secret,
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<Secret>,
}

#[derive(Deserialize)]
struct RefusedAnswer {
    error: String,
    error_description: Option<String>,
}

/// A provider, asked by a program at a terminal.
pub(super) struct Desk {
    client: HttpClient,
    metadata: Metadata,
    issuer: String,
}

/// What came of a question.
pub(super) enum Reply<T> {
    Given(T),
    /// Not given, for a reason that the standard names.
    Not(String, DeviceError),
}

impl Request {
    /// Goes through the flow. The prompt is shown once; then this waits for the person.
    ///
    /// # Errors
    /// Why there is no token.
    pub async fn login(&self, show: impl FnOnce(&Prompt)) -> Result<Login, DeviceError> {
        let desk = Desk::open(&self.issuer, &self.ca).await?;
        let code = desk.code(self).await?;
        let prompt = code.prompt()?;
        show(&prompt);
        let answer = desk.wait_for_person(self, &code, prompt.life).await?;
        let mut login = Login::new(self);
        login.take(answer, SystemTime::now())?;
        Ok(login)
    }
}

impl Desk {
    pub(super) async fn open(issuer: &str, ca: &std::path::Path) -> Result<Self, DeviceError> {
        let client = HttpClient::new(ca)?;
        let metadata = discover(&client, issuer).await?;
        Ok(Self { client, metadata, issuer: issuer.to_owned() })
    }

    /// Asks for a token.
    pub(super) async fn token(&self, form: &[(&str, &str)]) -> Result<Reply<TokenAnswer>, DeviceError> {
        let url = self.metadata.token_endpoint.as_ref().ok_or_else(|| self.lacks("tokens"))?;
        self.ask(url, form).await
    }

    /// Gives a token back; false: the provider has no place for it.
    pub(super) async fn revoke(&self, form: &[(&str, &str)]) -> Result<bool, DeviceError> {
        let Some(url) = &self.metadata.revocation_endpoint else { return Ok(false) };
        let (status, body) = self.post(url, form).await?;
        if status.is_success() { Ok(true) } else { Err(refusal(url, status, &body).1) }
    }

    async fn code(&self, request: &Request) -> Result<CodeAnswer, DeviceError> {
        let url = self.metadata.device_authorization_endpoint.as_ref();
        let url = url.ok_or_else(|| self.lacks("login by device code (RFC 8628)"))?;
        let mut form = vec![("client_id", request.client_id.as_str()), ("scope", &request.scope)];
        form.extend(request.target());
        match self.ask(url, &form).await? {
            Reply::Given(code) => Ok(code),
            Reply::Not(_, error) => Err(error),
        }
    }

    async fn wait_for_person(
        &self,
        request: &Request,
        code: &CodeAnswer,
        life: Duration,
    ) -> Result<TokenAnswer, DeviceError> {
        let end = Instant::now() + life;
        let mut interval = code.interval.map_or(INTERVAL, Duration::from_secs).min(INTERVAL_MAX);
        let mut form = vec![
            ("grant_type", GRANT),
            ("device_code", code.device_code.expose()),
            ("client_id", &request.client_id),
        ];
        form.extend(request.target());
        loop {
            tokio::time::sleep(interval).await;
            if Instant::now() >= end {
                return Err(DeviceError::CodeExpired);
            }
            match self.token(&form).await {
                Ok(Reply::Given(answer)) => return Ok(answer),
                Ok(Reply::Not(error, told)) => match error.as_str() {
                    "authorization_pending" => {}
                    "slow_down" => interval = (interval + INTERVAL).min(INTERVAL_MAX),
                    "access_denied" => return Err(DeviceError::Denied),
                    "expired_token" => return Err(DeviceError::CodeExpired),
                    _ => return Err(told),
                },
                // A network that fails for a moment must not cost the person a second walk to the browser.
                Err(DeviceError::Provider(_)) => interval = (interval * 2).min(INTERVAL_MAX),
                Err(error) => return Err(error),
            }
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        url: &Url,
        form: &[(&str, &str)],
    ) -> Result<Reply<T>, DeviceError> {
        let (status, body) = self.post(url, form).await?;
        if !status.is_success() {
            let (error, told) = refusal(url, status, &body);
            return match error {
                Some(error) => Ok(Reply::Not(error, told)),
                None => Err(told),
            };
        }
        // The parser's error could quote a token.
        let given = serde_json::from_slice(&body).map_err(|_| {
            DeviceError::Refused(format!(
                "the answer of `{url}` lacks what the standard says, or is not JSON"
            ))
        })?;
        Ok(Reply::Given(given))
    }

    async fn post(&self, url: &Url, form: &[(&str, &str)]) -> Result<(StatusCode, Vec<u8>), DeviceError> {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.into_bytes())
            .map_err(|error| FetchError::Away(url.to_string(), error.to_string()))?;
        let answer = self.client.send(request).await?;
        Ok((answer.status(), answer.into_body()))
    }

    fn lacks(&self, lack: &'static str) -> DeviceError {
        DeviceError::Lacks { issuer: self.issuer.clone(), lack }
    }
}

impl Request {
    /// How the provider is told which service the token is for.
    fn target(&self) -> impl Iterator<Item = (&str, &str)> {
        let resource = self.resource.as_deref().map(|resource| ("resource", resource));
        resource.into_iter().chain(self.audience.as_deref().map(|audience| ("audience", audience)))
    }
}

impl CodeAnswer {
    fn prompt(&self) -> Result<Prompt, DeviceError> {
        let life = Duration::from_secs(self.expires_in).min(CODE_TIME_MAX);
        let is_page = |url: &Url| matches!(url.scheme(), "https" | "http");
        if !is_page(&self.verification_uri) {
            return Err(DeviceError::Refused("its page for codes has no web address".to_owned()));
        }
        let with_code = self.verification_uri_complete.as_ref().filter(|url| is_page(url));
        Ok(Prompt {
            page: self.verification_uri.to_string(),
            page_with_code: with_code.map(Url::to_string),
            code: shown(&self.user_code),
            life,
        })
    }
}

impl TokenAnswer {
    /// The parts: token, end of its life in seconds since 1970, and what renews it.
    pub(super) fn into_parts(self, now_s: u64) -> Result<(Secret, u64, Option<Secret>), DeviceError> {
        if !self.token_type.eq_ignore_ascii_case("bearer") {
            let told = format!(
                "it gave a token of type `{}`, and only bearer tokens are of use",
                shown(&self.token_type)
            );
            return Err(DeviceError::Refused(told));
        }
        let token = self.access_token.expose();
        if token.is_empty()
            || token.len() > TOKEN_BYTES_MAX
            || !token.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(DeviceError::Refused(
                "its token is empty, longer than 16 KiB or no plain text".to_owned(),
            ));
        }
        let expires_s = now_s.saturating_add(self.expires_in.unwrap_or(LIFE_S));
        Ok((self.access_token, expires_s, self.refresh_token))
    }
}

/// What a provider's refusal says: the standard's word, if there is one, and the sentence for people.
fn refusal(url: &Url, status: StatusCode, body: &[u8]) -> (Option<String>, DeviceError) {
    match serde_json::from_slice::<RefusedAnswer>(body) {
        Ok(RefusedAnswer { error, error_description: None }) => {
            let told = DeviceError::Refused(shown(&error));
            (Some(error), told)
        }
        Ok(RefusedAnswer { error, error_description: Some(description) }) => {
            let told = DeviceError::Refused(format!("{} ({})", shown(&description), shown(&error)));
            (Some(error), told)
        }
        Err(_) => (None, DeviceError::Provider(format!("`{url}` answered {status}"))),
    }
}

/// Text of a provider as a terminal may see it: no escapes, not too much.
fn shown(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(SHOWN_CHARS_MAX).collect()
}
