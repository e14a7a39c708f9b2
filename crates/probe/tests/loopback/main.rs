//! Real threads on real sockets: landmark and agent over loopback, the report held against the transcript.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod clocks;
mod pair;
mod relay;
mod sockets;
mod threads;
