//! Checks tokens.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::task::JoinSet;

use crate::cache::{Cache, Entry};
use crate::encoded::{Encoded, TOKEN_BYTES_MAX};
use crate::provider::Trusted;
use crate::{Claims, OidcError, OidcSettings, TokenError, claims};

/// How long the start waits for providers' keys, so that the first callers find them.
const START_TIME_MAX: Duration = Duration::from_secs(3);
const NS_PER_S: i64 = 1_000_000_000;

/// Checks tokens of the providers that are trusted. Keeps their keys fresh for as long as it is there.
pub struct Verifier {
    providers: HashMap<String, Arc<Trusted>>,
    cache: Cache,
    leeway_ns: i64,
    /// One task a provider; they end with the verifier.
    _tasks: JoinSet<()>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Verifier").field("issuers", &self.issuers()).finish_non_exhaustive()
    }
}

impl Verifier {
    /// Begins to fetch keys. A provider that is away is no error: it is asked again, and its tokens are refused until
    /// it answers.
    ///
    /// # Errors
    /// A setting that cannot hold, or a file of authorities that cannot be used.
    pub async fn start(settings: &OidcSettings) -> Result<Self, OidcError> {
        settings.check()?;
        let mut providers = HashMap::new();
        for provider in &settings.providers {
            providers.insert(provider.issuer.clone(), Arc::new(Trusted::new(settings, provider)?));
        }
        let mut tasks = JoinSet::new();
        for provider in providers.values() {
            tasks.spawn(Arc::clone(provider).keep());
        }
        let all_tried = async {
            for provider in providers.values() {
                provider.tried().await;
            }
        };
        let _ = tokio::time::timeout(START_TIME_MAX, all_tried).await;
        let leeway_ns = i64::from(settings.leeway_s) * NS_PER_S;
        Ok(Self { providers, cache: Cache::new(), leeway_ns, _tasks: tasks })
    }

    /// What a token says, if it holds at a time: one of the providers signed it with a key that it has today, for this
    /// service, and its dates are right. Whether the caller may present it at all, see [`Claims::bound_to`].
    ///
    /// # Errors
    /// Why it does not hold.
    pub async fn verify(&self, token: &str, now: SystemTime) -> Result<Claims, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Malformed("it is longer than 16 KiB"));
        }
        let now_ns = since_1970_ns(now);
        let digest = Cache::digest(token);
        if let Some(known) = self.cache.get(&digest) {
            if known.is_signed_still() {
                known.dated.at(now_ns, self.leeway_ns)?;
                return Ok(known.dated.claims.clone());
            }
            self.cache.remove(&digest);
        }
        let entry = self.check(token, now_ns).await?;
        let claims = entry.dated.claims.clone();
        self.cache.put(digest, entry);
        Ok(claims)
    }

    /// The providers that are trusted.
    #[must_use]
    pub fn issuers(&self) -> Vec<String> {
        let mut issuers: Vec<String> = self.providers.keys().cloned().collect();
        issuers.sort();
        issuers
    }

    /// The whole check. What costs nothing comes first; what is not signed yet only chooses whose keys are asked.
    async fn check(&self, token: &str, now_ns: i64) -> Result<Entry, TokenError> {
        let mut token = Encoded::parse(token)?;
        let provider = self.providers.get(claims::issuer(&token.claims)?).ok_or(TokenError::Issuer)?;
        let dated = claims::of(std::mem::take(&mut token.claims))?;
        dated.meant_for(&provider.settings)?;
        dated.at(now_ns, self.leeway_ns)?;
        let keys = provider.check(&token).await?;
        Ok(Entry { dated, provider: Arc::clone(provider), keys })
    }
}

fn since_1970_ns(now: SystemTime) -> i64 {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
