//! This program's own certificate and key.

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::crypto::aws_lc_rs::sign::any_supported_type;
use tokio_rustls::rustls::sign::CertifiedKey;
use zeroize::Zeroize as _;

use crate::facts::facts;
use crate::{CERTIFICATES_MAX, IdentityError, PeerError, SpiffeId};

/// A certificate that says who this program is, with its key.
pub(crate) struct Svid {
    pub(crate) spiffe_id: SpiffeId,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    pub(crate) certified: Arc<CertifiedKey>,
}

impl Svid {
    /// A certificate and its key, checked as far as one can without the bundle. The key is zeroed; what TLS signs with
    /// is inside aws-lc, which zeroes its own.
    pub(crate) fn new(
        origin: &str,
        chain: Vec<CertificateDer<'static>>,
        mut key: PrivateKeyDer<'static>,
        now: UnixTime,
    ) -> Result<Self, IdentityError> {
        let signing = any_supported_type(&key);
        key.zeroize();
        let malformed =
            |why: &str| IdentityError::Malformed { origin: origin.to_owned(), why: why.to_owned() };
        let signing = signing.map_err(|_| malformed("the private key is of no kind that TLS signs with"))?;
        let refused = |cause| IdentityError::Certificate { origin: origin.to_owned(), cause };
        if chain.len() > CERTIFICATES_MAX {
            return Err(refused(PeerError::TooLong { found: chain.len() }));
        }
        let facts =
            facts(chain.first().ok_or_else(|| refused(PeerError::NoCertificate))?).map_err(refused)?;
        if i64::try_from(now.as_secs()).unwrap_or(i64::MAX) > facts.not_after {
            return Err(refused(PeerError::Expired));
        }
        let certified = CertifiedKey::new(chain, signing);
        certified.keys_match().map_err(|_| malformed("the private key is not the certificate's"))?;
        Ok(Self {
            spiffe_id: facts.spiffe_id,
            not_before: facts.not_before,
            not_after: facts.not_after,
            certified: Arc::new(certified),
        })
    }
}

impl fmt::Debug for Svid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Svid").field("spiffe_id", &self.spiffe_id.to_string()).finish_non_exhaustive()
    }
}
