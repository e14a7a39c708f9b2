//! The two clocks of the rule, and what they say together.

use nix::time::{ClockId, clock_gettime};

use crate::ids::NtpTime;
use crate::now::Now;
use crate::ntp;

/// `CLOCK_MONOTONIC_RAW` in nanoseconds: the crystal, steered by nobody.
#[must_use]
pub fn raw_ns() -> i64 {
    read(ClockId::CLOCK_MONOTONIC_RAW)
}

/// `CLOCK_REALTIME` in nanoseconds since 1970: steered, and the clock of the kernel's stamps.
#[must_use]
pub fn real_ns() -> i64 {
    read(ClockId::CLOCK_REALTIME)
}

/// Both.
#[must_use]
pub fn now() -> Now {
    Now { mono_ns: raw_ns(), unix_ns: real_ns() }
}

/// `CLOCK_REALTIME` as NTP writes it.
#[must_use]
pub fn ntp() -> NtpTime {
    ntp::from_unix_ns(real_ns())
}

fn read(clock: ClockId) -> i64 {
    let time = clock_gettime(clock).expect("Linux has had both clocks since 2.6.28");
    time.tv_sec() * 1_000_000_000 + time.tv_nsec()
}
