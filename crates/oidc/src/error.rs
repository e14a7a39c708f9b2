//! Why there is no verifier, and why a token is refused. Neither ever holds a token or a part of one.

use crate::settings::InvalidOidc;

/// Why there is no verifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// A setting cannot hold.
    #[error(transparent)]
    Invalid(#[from] InvalidOidc),
    /// Authorities for a provider's TLS cannot be used.
    #[error(
        "cannot use `{path}`, the authorities for an identity provider's TLS: {cause}; write certificates in PEM"
    )]
    Authorities {
        /// The file.
        path: String,
        /// What is wrong with it.
        cause: String,
    },
    /// TLS cannot be had.
    #[error("TLS cannot be had: {0}")]
    Tls(String),
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token of the form that is taken.
    #[error("the token cannot be read: {0}")]
    Malformed(&'static str),
    /// Its time is over.
    #[error("the token has expired; log in again")]
    Expired,
    /// Its time has not begun.
    #[error("the token is not valid yet; compare the clocks of this service and the identity provider")]
    NotYet,
    /// Nobody here trusts its issuer.
    #[error("the token's issuer is none of this service's identity providers")]
    Issuer,
    /// Its issuer's keys are not known, since the issuer cannot be reached.
    #[error("the keys of the token's issuer cannot be had now; try again later")]
    NoKeys,
    /// It is for another service, or from another client.
    #[error("the token is for another service; ask the identity provider for one for this service")]
    Audience,
    /// It is from a client that this service does not take tokens from.
    #[error("the token was given to a client whose tokens are not taken here")]
    Client,
    /// No key of its issuer made its signature.
    #[error("the token's signature does not hold: {0}")]
    Signature(&'static str),
}

impl TokenError {
    /// The cause as one word: `token_malformed`, `token_expired`, `token_issuer`, `token_audience` or `token_signature`.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        match self {
            Self::Malformed(_) => "token_malformed",
            Self::Expired | Self::NotYet => "token_expired",
            Self::Issuer | Self::NoKeys => "token_issuer",
            Self::Audience | Self::Client => "token_audience",
            Self::Signature(_) => "token_signature",
        }
    }
}
