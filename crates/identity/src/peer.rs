//! Who is at the other end: the rules by which a chain of certificates is somebody.

use std::io;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, UnixTime};
use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::crypto::WebPkiSupportedAlgorithms;
use tokio_rustls::rustls::{self, CertificateError, OtherError};

use crate::SpiffeId;
use crate::bundle::{Bundle, Role};
use crate::facts::facts;

/// The most certificates of a chain: a leaf, and authorities between it and the root.
pub const CERTIFICATES_MAX: usize = 4;

/// Who is at the other end of a connection.
#[derive(Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name.
    pub spiffe_id: SpiffeId,
    /// Until when its certificate holds, nanoseconds since 1970.
    pub not_after_ns: i64,
    /// SHA-256 of its certificate.
    pub thumbprint: [u8; 32],
    /// What it showed, to be looked at again when the bundle changes.
    pub chain: Arc<[CertificateDer<'static>]>,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { spiffe_id, not_after_ns, .. } = self;
        f.debug_struct("Peer")
            .field("spiffe_id", &spiffe_id.to_string())
            .field("not_after_ns", not_after_ns)
            .finish_non_exhaustive()
    }
}

/// Why a chain of certificates is nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerError {
    /// There is none.
    #[error("no certificate was shown")]
    NoCertificate,
    /// It is longer than any.
    #[error("the chain has {found} certificates; at most {CERTIFICATES_MAX} are read")]
    TooLong {
        /// How many.
        found: usize,
    },
    /// It is no certificate.
    #[error("it is no X.509 certificate that can be read")]
    Malformed,
    /// It signs others.
    #[error("the certificate is an authority's, which speaks for nobody")]
    Authority,
    /// No SPIFFE ID.
    #[error("the certificate has no SPIFFE ID with a path among its names")]
    NoName,
    /// Two URIs.
    #[error("the certificate has several URIs among its names; one is wanted, the SPIFFE ID")]
    SeveralNames,
    /// Another trust domain.
    #[error("the certificate is of trust domain `{found}`; only `{wanted}` is trusted here")]
    TrustDomain {
        /// Its own.
        found: String,
        /// Ours.
        wanted: String,
    },
    /// Another server than was asked for.
    #[error("the server is `{found}`; server_id asks for `{wanted}`")]
    OtherServer {
        /// Its name.
        found: String,
        /// Whom was asked for.
        wanted: String,
    },
    /// Another name than in the address.
    #[error(
        "the server's certificate does not name `{wanted}`; call it by a name that it has, or by server_id"
    )]
    OtherName {
        /// The name in the address.
        wanted: String,
    },
    /// Over.
    #[error("a certificate of the chain has expired; renew it")]
    Expired,
    /// Not begun.
    #[error("a certificate of the chain does not hold yet; compare the clocks")]
    NotYetValid,
    /// No root.
    #[error("no root of the trust bundle vouches for the certificate")]
    UnknownAuthority,
    /// Any other rule of X.509.
    #[error("the chain breaks a rule of X.509: {0}")]
    Refused(String),
}

impl PeerError {
    /// The rule that a handshake failed by on this side, where that is why it failed.
    pub fn of(handshake: &io::Error) -> Option<Self> {
        match handshake.get_ref()?.downcast_ref::<rustls::Error>()? {
            rustls::Error::InvalidCertificate(error) => match error {
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => Some(Self::Expired),
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    Some(Self::NotYetValid)
                }
                CertificateError::UnknownIssuer => Some(Self::UnknownAuthority),
                CertificateError::BadEncoding => Some(Self::Malformed),
                CertificateError::Other(OtherError(error)) => error.downcast_ref().cloned(),
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<webpki::Error> for PeerError {
    fn from(error: webpki::Error) -> Self {
        match error {
            webpki::Error::CertExpired { .. } => Self::Expired,
            webpki::Error::CertNotValidYet { .. } => Self::NotYetValid,
            // The second: a root of the same name has another key.
            webpki::Error::UnknownIssuer | webpki::Error::InvalidSignatureForPublicKey => {
                Self::UnknownAuthority
            }
            webpki::Error::CaUsedAsEndEntity => Self::Authority,
            webpki::Error::BadDer | webpki::Error::TrailingData(_) => Self::Malformed,
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<PeerError> for rustls::Error {
    fn from(error: PeerError) -> Self {
        Self::InvalidCertificate(match error {
            PeerError::Expired => CertificateError::Expired,
            PeerError::NotYetValid => CertificateError::NotValidYet,
            PeerError::UnknownAuthority => CertificateError::UnknownIssuer,
            PeerError::Malformed => CertificateError::BadEncoding,
            other => CertificateError::Other(OtherError(Arc::new(other))),
        })
    }
}

/// Who a chain is, the leaf first.
pub(crate) fn peer(
    chain: &[CertificateDer<'_>],
    bundle: &Bundle,
    trust_domain: &str,
    role: Role,
    now: UnixTime,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<Peer, PeerError> {
    bundle.verify(chain, role, now, algorithms)?;
    let leaf = chain.first().ok_or(PeerError::NoCertificate)?;
    let facts = facts(leaf)?;
    if facts.spiffe_id.trust_domain() != trust_domain {
        let found = facts.spiffe_id.trust_domain().to_owned();
        return Err(PeerError::TrustDomain { found, wanted: trust_domain.to_owned() });
    }
    Ok(Peer {
        spiffe_id: facts.spiffe_id,
        not_after_ns: facts.not_after.saturating_mul(1_000_000_000),
        thumbprint: Sha256::digest(leaf).into(),
        chain: chain.iter().map(|certificate| certificate.clone().into_owned()).collect(),
    })
}
