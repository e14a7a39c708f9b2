//! Waiting for a time of day, in nanoseconds since 1970.

pub(crate) use crate::clock::now_ns;

/// A second in nanoseconds.
pub(crate) const S: i64 = 1_000_000_000;

/// Sleeps until a time of day; a clock that was set while sleeping is looked at again.
pub(crate) async fn sleep_until(at_ns: i64) {
    /// The longest sleep without a look at the clock.
    const LOOK_NS: i64 = 10 * S;
    loop {
        let left = at_ns.saturating_sub(now_ns());
        if left <= 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_nanos(left.min(LOOK_NS) as u64)).await;
    }
}
