//! Whether a connection is of use: calls that are open on it, and how long there has been none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The calls of one connection. Pings are none.
#[derive(Debug)]
pub(super) struct Activity {
    since: Instant,
    open: AtomicUsize,
    had_call: AtomicBool,
    /// When the last call ended, in milliseconds since the connection came.
    quiet_from_ms: AtomicU64,
}

impl Activity {
    pub(super) fn new(since: Instant) -> Self {
        Self {
            since,
            open: AtomicUsize::new(0),
            had_call: AtomicBool::new(false),
            quiet_from_ms: AtomicU64::new(0),
        }
    }

    /// Counts a call until what is returned is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> OpenCall {
        self.had_call.store(true, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::AcqRel);
        OpenCall(Arc::clone(self))
    }

    /// Whether the head of any request ever came.
    pub(super) fn had_call(&self) -> bool {
        self.had_call.load(Ordering::Relaxed)
    }

    /// Since when no call is open; none while one is.
    pub(super) fn quiet_from(&self) -> Option<Instant> {
        let from = Duration::from_millis(self.quiet_from_ms.load(Ordering::Acquire));
        (self.open.load(Ordering::Acquire) == 0).then(|| self.since + from)
    }
}

/// A call that is open.
#[derive(Debug)]
pub(super) struct OpenCall(Arc<Activity>);

impl Drop for OpenCall {
    fn drop(&mut self) {
        let now_ms = self.0.since.elapsed().as_millis() as u64;
        self.0.quiet_from_ms.fetch_max(now_ms, Ordering::AcqRel);
        self.0.open.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_quiet_between_calls() {
        let since = Instant::now();
        let activity = Arc::new(Activity::new(since));
        assert_eq!((activity.had_call(), activity.quiet_from()), (false, Some(since)));
        let (first, second) = (activity.begin(), activity.begin());
        drop(first);
        assert_eq!((activity.had_call(), activity.quiet_from()), (true, None));
        std::thread::sleep(Duration::from_millis(3));
        drop(second);
        assert!(activity.quiet_from().unwrap() > since);
    }
}
