//! How long a challenge takes over loopback, beside `irtt` with HMAC and `sockperf` without, in one interleaved run;
//! and how many challenges an agent answers in a second of one core.
//!
//! `cargo bench -p lightcone-probe --bench timing`; peers that are not installed are left out, aloud.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

#[cfg(target_os = "linux")]
mod driver;
#[cfg(target_os = "linux")]
mod peers;
#[cfg(target_os = "linux")]
mod run;

#[cfg(target_os = "linux")]
fn main() {
    run::all();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
