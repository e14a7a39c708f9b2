//! The chip's half of the timed protocol: a fresh challenge comes in, a proof that only the holder of the
//! session's keys can make goes out, of the same length. What a chip's firmware would carry, and what the agent
//! is built on.
//!
//! This crate knows the bytes of challenge and reply, the key schedule and what was answered. It knows no clock,
//! socket, thread, heap or handshake: time and keys are handed in, and every byte sequence gets an answer or a
//! refusal, never a panic.

#![no_std]

mod answered;
mod bytes;
pub mod challenge;
pub mod flags;
mod frame;
mod hex;
mod ids;
pub mod keys;
mod proof;
pub mod reflector;
mod refused;
pub mod reply;
mod responder;

pub use answered::{Answered, Sequences};
pub use challenge::Challenge;
pub use frame::session_of;
pub use ids::{Nonce, NtpTime, Proof, SessionId};
pub use keys::{ProofKey, SessionKeys, StampKey};
pub use proof::{prove, proves};
pub use refused::Refused;
pub use reply::Reply;
pub use responder::{RESPONDER_ERROR_ESTIMATE, Responder, Seen};

/// Bytes of a challenge, and of a reply: a reply is never longer than what it answers.
pub const PACKET_BYTES: usize = 168;
/// Challenges that one session may ask at one landmark; their sequences and indices are below it.
pub const CHALLENGES_MAX: u32 = 256;
/// A challenge or a reply as it is on the wire.
pub type Packet = [u8; PACKET_BYTES];
