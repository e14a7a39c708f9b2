//! Identities over real TLS on loopback.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod files;
mod handshake;
mod rotation;
mod workload;
mod world;
