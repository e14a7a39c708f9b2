//! Tokens and their provider: a provider on loopback with keys of its own, honest or not.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod away; // a provider that is away, slow, too large, elsewhere, or someone else
mod corpus; // whatever the bytes are
mod house; // the provider
mod rotation; // keys that come and go
mod signing; // keys and tokens
mod tls; // who may vouch for the provider
mod tokens; // what is taken and what is refused
