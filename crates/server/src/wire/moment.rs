//! Moments between the store's nanoseconds since 1970 and the contract's timestamps.

const NS_PER_S: i64 = 1_000_000_000;

/// A moment as the contract has it.
pub(crate) fn timestamp(ns: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: ns.div_euclid(NS_PER_S), nanos: ns.rem_euclid(NS_PER_S) as i32 }
}
