//! The timed protocol: handshake, challenges, the clock rule, reports and transcripts, and the check of all that.
//!
//! A landmark challenges the holder of a session key and holds the stopwatch; the landmark signs what it saw
//! ([`report`]), the agent what it answered ([`transcript`]), and [`verify`] recomputes everything from both. The
//! state machines ([`landmark`], [`agent`]) take bytes, addresses, time and entropy and return what is to be done.
//! This crate must not know where a landmark stands, what a region is or who stores what; it has no runtime, no
//! database and no source of chance. Only [`udp`] owns sockets and reads clocks. The bytes are in
//! `docs/protocol.md`.

pub mod agent;
pub mod assignment;
pub mod binding;
mod bytes;
pub mod chance;
pub mod clock;
pub mod control;
pub mod cookie;
pub mod datagram;
mod guard;
pub mod handshake;
pub mod ids;
pub mod landmark;
pub mod limits;
pub mod now;
pub mod ntp;
pub mod plan;
pub mod report;
pub mod schedule;
pub mod tai64n;
pub mod transcript;
#[cfg(target_os = "linux")]
pub mod udp;
pub mod verify;

pub use bytes::Malformed;
pub use ed25519_dalek::{SigningKey, VerifyingKey};
pub use ids::{Binding, LandmarkId, Nonce, NtpTime, Proof, SessionId, Signature};
pub use lightcone_responder::flags;
