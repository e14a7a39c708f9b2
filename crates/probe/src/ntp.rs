//! Times as NTP writes them.

use crate::ids::NtpTime;

/// Seconds from 1900 to 1970.
const UNIX_EPOCH: u64 = 2_208_988_800;
const SECOND_NS: i64 = 1_000_000_000;

/// The 32.32 NTP time of a Unix time in nanoseconds, rounded down. Wraps in 2036, as NTP does.
#[must_use]
pub fn from_unix_ns(unix_ns: i64) -> NtpTime {
    let seconds = UNIX_EPOCH.wrapping_add_signed(unix_ns.div_euclid(SECOND_NS));
    let fraction = ((unix_ns.rem_euclid(SECOND_NS) as u64) << 32) / SECOND_NS as u64;
    NtpTime((seconds << 32) | fraction)
}
