//! Who a person is: tokens of identity providers, checked by a service and fetched by a program.
//!
//! A [`Verifier`] knows the providers that a service trusts, fetches their keys and checks tokens: JSON Web Tokens that
//! a provider signed with a key of its own, for this service, not long ago. What the person may do is decided
//! elsewhere: this crate knows no roles, and no wire but the provider's.
//!
//! With the feature `device`, [`device`] fetches a token for a person at a terminal (RFC 8628) and keeps it.

mod cache;
mod claims;
#[cfg(feature = "device")]
pub mod device;
mod discovery;
mod encoded;
mod error;
mod http_client;
mod keys;
mod provider;
mod settings;
mod verifier;

pub use claims::Claims;
pub use error::{OidcError, TokenError};
pub use settings::{InvalidOidc, OidcSettings, Provider};
pub use verifier::Verifier;

/// Parses a token's form and its claims without checking its signature: for fuzzing only, its outcome means nothing.
#[doc(hidden)]
#[must_use]
pub fn parses(token: &str) -> bool {
    encoded::Encoded::parse(token).is_ok_and(|token| claims::of(token.claims).is_ok())
}

/// Parses a provider's keys: likewise.
#[doc(hidden)]
#[must_use]
pub fn parses_keys(text: &[u8]) -> bool {
    keys::KeySet::parse(text).is_ok()
}
