//! One provider: its keys, kept fresh by a task of its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::sync::{Notify, watch};
use tracing::{info, warn};

use crate::discovery::discover;
use crate::http_client::{FetchError, HttpClient};
use crate::keys::{KeySet, NoKey, Signing};
use crate::{OidcError, OidcSettings, Provider, TokenError, encoded::Encoded};

/// The shortest time between two fetches that tokens with unknown keys cause, so that garbage does not make this
/// service hammer a provider.
const ASK_INTERVAL: Duration = Duration::from_secs(10);
/// The longest that a token with an unknown key waits for the provider's answer.
const ASK_TIME_MAX: Duration = Duration::from_secs(5);
/// How soon a provider that is away is asked again, at first and at last.
const RETRY: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];

/// A provider whose tokens are taken.
#[derive(Debug)]
pub(crate) struct Trusted {
    pub(crate) settings: Provider,
    signing: Vec<Signing>,
    client: HttpClient,
    refresh: Duration,
    keep: Duration,
    state: watch::Sender<State>,
    wanted: Notify,
    asked: Mutex<Option<Asked>>,
}

/// What is known of a provider.
#[derive(Clone, Debug, Default)]
struct State {
    keys: Option<Arc<KeySet>>,
    fetched: Option<Instant>,
    /// How often it was asked, with or without success.
    tries: u64,
}

/// When a token last caused a fetch.
#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Instant,
    tries: u64,
}

impl Trusted {
    pub(crate) fn new(settings: &OidcSettings, provider: &Provider) -> Result<Self, OidcError> {
        Ok(Self {
            settings: provider.clone(),
            signing: provider.signing()?,
            client: HttpClient::new(&provider.ca)?,
            refresh: Duration::from_secs(settings.refresh_s.into()),
            keep: Duration::from_secs(settings.keep_s.into()),
            state: watch::Sender::new(State::default()),
            wanted: Notify::new(),
            asked: Mutex::new(None),
        })
    }

    /// The keys, if they were fetched not too long ago.
    pub(crate) fn keys(&self) -> Result<Arc<KeySet>, TokenError> {
        let state = self.state.borrow();
        let is_fresh = state.fetched.is_some_and(|fetched| fetched.elapsed() <= self.keep);
        state.keys.clone().filter(|_| is_fresh).ok_or(TokenError::NoKeys)
    }

    /// Whether the provider signed a token; tells with which set of keys it was found out.
    pub(crate) async fn check(&self, token: &Encoded<'_>) -> Result<Arc<KeySet>, TokenError> {
        if !self.signing.contains(&token.signing) {
            return Err(TokenError::Signature("its algorithm is not taken from this issuer"));
        }
        let keys = self.keys()?;
        match keys.check(token) {
            Ok(()) => return Ok(keys),
            Err(NoKey::Unknown) if self.ask().await => {}
            Err(cause) => return Err(cause.into()),
        }
        let keys = self.keys()?;
        keys.check(token)?;
        Ok(keys)
    }

    /// Has the keys fetched and waits for it; false: they were a moment ago.
    async fn ask(&self) -> bool {
        let mut state = self.state.subscribe();
        let tries = state.borrow_and_update().tries;
        if !self.may_ask(tries) {
            return false;
        }
        let answered = state.wait_for(|state| state.tries > tries);
        tokio::time::timeout(ASK_TIME_MAX, answered).await.is_ok_and(|answered| answered.is_ok())
    }

    fn may_ask(&self, tries: u64) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match *asked {
            // Under way already: wait along.
            Some(last) if last.tries == tries => true,
            Some(last) if last.at.elapsed() < ASK_INTERVAL => false,
            _ => {
                *asked = Some(Asked { at: Instant::now(), tries });
                self.wanted.notify_one();
                true
            }
        }
    }

    /// Keeps the keys fresh, for ever.
    pub(crate) async fn keep(self: Arc<Self>) {
        let backoff =
            ExponentialBuilder::new().with_min_delay(RETRY[0]).with_max_delay(RETRY[1]).with_jitter();
        let backoff = backoff.without_max_times();
        let mut delays = backoff.build();
        loop {
            let wait = match self.fetch().await {
                Ok(keys) => {
                    delays = backoff.build();
                    self.put(keys);
                    self.refresh
                }
                Err(error) => {
                    let wait = delays.next().unwrap_or(RETRY[1]).min(self.refresh.max(RETRY[0]));
                    self.miss(&error, wait);
                    wait
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.wanted.notified() => {}
            }
        }
    }

    /// Waits until the provider was asked once.
    pub(crate) async fn tried(&self) {
        let _ = self.state.subscribe().wait_for(|state| state.tries > 0).await;
    }

    async fn fetch(&self) -> Result<KeySet, FetchError> {
        let metadata = discover(&self.client, &self.settings.issuer).await?;
        let text = self.client.get(&metadata.jwks_uri).await?;
        KeySet::parse(&text).map_err(|cause| FetchError::Content(metadata.jwks_uri.to_string(), cause))
    }

    fn put(&self, keys: KeySet) {
        let issuer = &self.settings.issuer;
        self.state.send_modify(|state| {
            let is_same = state.keys.as_ref().is_some_and(|known| known.digest == keys.digest);
            if !is_same {
                info!(issuer, keys = keys.len(), "keys of an identity provider");
                for cause in &keys.left_out {
                    warn!(issuer, "a key of an identity provider is left out: it {cause}");
                }
                state.keys = Some(Arc::new(keys));
            }
            state.fetched = Some(Instant::now());
            state.tries += 1;
        });
    }

    fn miss(&self, error: &FetchError, wait: Duration) {
        let issuer = &self.settings.issuer;
        let keys = if self.keys().is_ok() { "those known are used" } else { "its tokens are refused" };
        let retry_s = wait.as_secs_f64();
        warn!(issuer, retry_s, "cannot fetch the keys of an identity provider, {keys} meanwhile: {error}");
        self.state.send_modify(|state| state.tries += 1);
    }
}
