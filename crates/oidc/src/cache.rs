//! Tokens that were checked already.
//!
//! Found by the SHA-256 of the whole token, so that an entry answers for the very bytes that were checked and for no
//! others. What changes with time is checked again each time: dates, and that the provider still has the keys of then.
//! Only tokens that held are put in, so that garbage pushes nothing out.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};

use crate::claims::Dated;
use crate::keys::KeySet;
use crate::provider::Trusted;

/// The most tokens. One is at most 16 KiB, as a rule 1.
const TOKENS_MAX: NonZeroUsize = NonZeroUsize::new(4096).expect("more than none");

/// A token that held.
pub(crate) struct Entry {
    pub(crate) dated: Dated,
    pub(crate) provider: Arc<Trusted>,
    pub(crate) keys: Arc<KeySet>,
}

impl Entry {
    /// Whether the provider has the keys that it had when the token was checked, and they are fresh.
    pub(crate) fn is_signed_still(&self) -> bool {
        self.provider.keys().is_ok_and(|keys| Arc::ptr_eq(&keys, &self.keys))
    }
}

/// Tokens that were checked already.
pub(crate) struct Cache(Mutex<LruCache<[u8; 32], Arc<Entry>>>);

impl Cache {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(LruCache::new(TOKENS_MAX)))
    }

    pub(crate) fn digest(token: &str) -> [u8; 32] {
        Sha256::digest(token).into()
    }

    pub(crate) fn get(&self, digest: &[u8; 32]) -> Option<Arc<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    pub(crate) fn put(&self, digest: [u8; 32], entry: Entry) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(digest, Arc::new(entry));
    }

    pub(crate) fn remove(&self, digest: &[u8; 32]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(digest);
    }
}
