//! The clock that delays are kept by.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of the kernel's unsteered clock (`CLOCK_MONOTONIC_RAW`) since some moment in the past.
///
/// Those who measure round trips use the same clock. A delay kept by a clock that NTP may speed up could be short
/// by the unsteered one: at 500 ppm, 50 µs in 100 ms, which would be 7 km of false nearness.
#[must_use]
pub fn now_ns() -> u64 {
    let now = clock_gettime(ClockId::MonotonicRaw);
    // Neither is ever negative for this clock.
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}
