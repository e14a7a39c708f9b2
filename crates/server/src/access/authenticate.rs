//! Who calls: the certificate of the connection, the token of the call, and whose they are.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use lightcone_access::{Directory, Proof, Subject};
use lightcone_identity::{Identity, Peer};
use lightcone_oidc::{Claims, Verifier};

use crate::accept::{Peering, Vouched};

/// How a token is introduced, as RFC 6750 has it.
const BEARER: &str = "bearer";

/// Why what was shown is not accepted, in the words of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unauthenticated(pub(crate) &'static str);

/// What a caller showed, checked once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    peer: Option<Arc<Peer>>,
    vouched: Vouched,
    claims: Option<Arc<Claims>>,
}

/// Who a caller is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) subject: Arc<Subject>,
    /// Until when, in nanoseconds since 1970; none: without end.
    pub(crate) expires_ns: Option<i64>,
}

/// What callers are held against.
#[derive(Clone, Debug)]
pub(crate) enum Authenticator {
    /// Nobody is asked: development, on loopback.
    Development,
    /// Certificates of this house's trust domain, and tokens of these providers.
    Enforced {
        /// Whom the service trusts, and who it is itself.
        identity: Identity,
        /// Checks tokens; none: no provider is set, and no token is accepted.
        tokens: Option<Arc<Verifier>>,
    },
}

impl Authenticator {
    /// Reads what a call shows. The signature of a token is checked here and not again.
    pub(crate) async fn read(
        &self,
        peering: &Peering,
        headers: &HeaderMap,
    ) -> Result<Shown, Unauthenticated> {
        let Self::Enforced { tokens, .. } = self else { return Ok(Shown::default()) };
        let claims = match bearer(headers)? {
            None => None,
            Some(token) => {
                let tokens = tokens.as_ref().ok_or(Unauthenticated("token_issuer"))?;
                let claims = tokens.verify(token, SystemTime::now()).await;
                Some(Arc::new(claims.map_err(|error| Unauthenticated(error.cause()))?))
            }
        };
        Ok(Shown { peer: peering.peer.clone(), vouched: peering.vouched.clone(), claims })
    }

    /// Who shows that, now: asked at the beginning of a call, and again while it lasts.
    pub(crate) fn known(
        &self,
        directory: &Directory,
        shown: &Shown,
        now: SystemTime,
    ) -> Result<Known, Unauthenticated> {
        let Self::Enforced { identity, .. } = self else {
            return Ok(Known { subject: Arc::new(Subject::developer()), expires_ns: None });
        };
        let peer = match &shown.peer {
            None => None,
            // Against the roots of now: one that was taken away ends what rests on it.
            Some(peer) => Some(vouched(identity, &shown.vouched, peer, now)?),
        };
        let unknown = Unauthenticated("subject_unknown");
        match (&shown.claims, peer) {
            (Some(claims), peer) => {
                let proof = bound(claims, peer)?;
                if claims.expires_ns <= nanoseconds(now) {
                    return Err(Unauthenticated("token_expired"));
                }
                let subject = directory.person(&claims.issuer, &claims.all).ok_or(unknown)?;
                let until = peer.map_or(i64::MAX, |peer| peer.not_after_ns).min(claims.expires_ns);
                Ok(Known { subject: Arc::new(Subject { proof, ..subject }), expires_ns: Some(until) })
            }
            (None, Some(peer)) => {
                let subject = directory
                    .machine(&identity.trust_domain(), &peer.spiffe_id.to_string())
                    .ok_or(unknown)?;
                Ok(Known { subject: Arc::new(subject), expires_ns: Some(peer.not_after_ns) })
            }
            (None, None) => Ok(Known { subject: Arc::new(Subject::nobody()), expires_ns: None }),
        }
    }

    /// The trust domain of the house; empty in development.
    pub(crate) fn trust_domain(&self) -> String {
        match self {
            Self::Development => String::new(),
            Self::Enforced { identity, .. } => identity.trust_domain(),
        }
    }

    /// The issuers whose tokens are taken.
    pub(crate) fn issuers(&self) -> Vec<String> {
        match self {
            Self::Enforced { tokens: Some(tokens), .. } => tokens.issuers(),
            _ => Vec::new(),
        }
    }
}

/// The peer, if the roots of now vouch for it. A chain is followed once for each change of the roots, not once a call:
/// that takes longer than all else that a call needs.
fn vouched<'p>(
    identity: &Identity,
    vouched: &Vouched,
    peer: &'p Peer,
    now: SystemTime,
) -> Result<&'p Peer, Unauthenticated> {
    let unknown = Unauthenticated("certificate_unknown");
    // Read before the chain is followed: a change in between is seen by the next call.
    let change = *identity.changes().borrow();
    if !vouched.holds(change) {
        identity.peer(&peer.chain, now).map_err(|_| unknown)?;
        vouched.set(change);
    }
    if peer.not_after_ns <= nanoseconds(now) { Err(unknown) } else { Ok(peer) }
}

/// Whether a token may be used on this connection (RFC 8705): where a certificate is shown, only one that is bound to
/// it, so that a token that was stolen is of no use to another machine; and a bound one nowhere else.
fn bound(claims: &Claims, peer: Option<&Peer>) -> Result<Proof, Unauthenticated> {
    match (claims.bound_to, peer) {
        (None, None) => Ok(Proof::Token),
        (Some(bound_to), Some(peer)) if bound_to == peer.thumbprint => Ok(Proof::BoundToken),
        _ => Err(Unauthenticated("token_unbound")),
    }
}

/// The token of a call, if it bears one.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Unauthenticated> {
    let malformed = Unauthenticated("token_malformed");
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed);
    }
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(malformed)?;
    if scheme.eq_ignore_ascii_case(BEARER) { Ok(Some(token.trim())) } else { Err(malformed) }
}

/// A moment in nanoseconds since 1970.
pub(crate) fn nanoseconds(now: SystemTime) -> i64 {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
