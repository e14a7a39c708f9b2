//! Real bridges between real sockets: what they carry, what strangers achieve, and whole sessions through a real proxy.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod broken_open;
mod ends;
mod proxied;
mod round_trips;
mod session;
mod strangers;
