//! The time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use lightcone_policy::Date;
use tonic::Status;

use crate::status;

/// Nanoseconds since 1970.
pub(crate) fn now_ns() -> i64 {
    // Before 1970 and after 2262 there is nothing to keep.
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// The day in UTC.
///
/// # Errors
/// A clock outside the calendar.
pub(crate) fn today() -> Result<Date, Status> {
    let day = Date::of_unix_s(now_ns().div_euclid(1_000_000_000));
    day.ok_or_else(|| status::internal("the clock is outside the calendar"))
}
