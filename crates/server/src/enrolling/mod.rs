//! Enrolling: tokens of the authority are checked, and certificates signed. The records that come of it are the
//! registry's, and their state the store's.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lightcone_identity::SpiffeId;
use lightcone_identity::authority::{Authority, AuthorityError, Issued};
use lightcone_identity::enrolment::{Token, TokenError, TokenVerifier};

use crate::config::AuthoritySettings;

/// How long before the issuer's end that is told.
const ENDS_SOON: Duration = Duration::from_secs(30 * 86_400);

/// An issuer of the authority.
pub(crate) struct Enrolling {
    authority: Authority,
    tokens: TokenVerifier,
    life: Duration,
}

impl Enrolling {
    /// Opens the issuer's folder, if one is set.
    ///
    /// # Errors
    /// [`AuthorityError`]: files are missing or not what they should be, or the issuer has ended.
    pub(crate) fn open(settings: &AuthoritySettings) -> Result<Option<Self>, AuthorityError> {
        if !settings.is_set() {
            return Ok(None);
        }
        let authority = Authority::open(&settings.folder)?;
        let trust_domain = authority.trust_domain();
        tracing::info!(trust_domain, "landmarks and agents are taken in by tokens of this authority");
        if authority.not_after() < SystemTime::now() + ENDS_SOON {
            tracing::warn!("the issuer in `authority.folder` ends within a month: make another and restart");
        }
        let tokens = TokenVerifier::new(authority.trust_domain(), authority.token_key());
        Ok(Some(Self { authority, tokens, life: settings.certificate_life() }))
    }

    /// What a token vouches for, if the authority signed it and it holds at a moment.
    pub(crate) fn token(&self, token: &str, now_ns: i64) -> Result<Token, TokenError> {
        let now = UNIX_EPOCH + Duration::from_nanos(now_ns.max(0).unsigned_abs());
        self.tokens.verify(token, now)
    }

    /// Signs a certificate for the key of a request.
    pub(crate) fn sign(&self, request: &[u8], id: &SpiffeId) -> Result<Issued, AuthorityError> {
        self.authority.sign_request(request, id, self.life)
    }
}
