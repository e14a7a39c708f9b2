//! Moments between the store's nanoseconds since 1970 and the contract's timestamps.

use super::Violation;

const NS_PER_S: i64 = 1_000_000_000;

/// A moment as the contract has it.
pub(crate) fn timestamp(ns: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: ns.div_euclid(NS_PER_S), nanos: ns.rem_euclid(NS_PER_S) as i32 }
}

/// A moment that came over the wire, in nanoseconds since 1970.
pub(crate) fn nanoseconds(field: &str, time: prost_types::Timestamp) -> Result<i64, Violation> {
    let ns = u32::try_from(time.nanos).ok().filter(|nanos| i64::from(*nanos) < NS_PER_S);
    let whole = ns.and_then(|ns| time.seconds.checked_mul(NS_PER_S)?.checked_add(i64::from(ns)));
    whole.ok_or_else(|| Violation::invalid(field, time.seconds, "a moment between the years 1678 and 2262"))
}
