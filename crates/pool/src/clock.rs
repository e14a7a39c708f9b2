//! Where the pool reads the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The clock a pool and its tokens read: the system's, or one that a test moves by hand.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Manual(ManualClock),
}

impl Clock {
    /// The system's monotonic clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until `clock` is advanced.
    pub fn manual(clock: &ManualClock) -> Self {
        Self(Source::Manual(clock.clone()))
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::System => Instant::now(),
            Source::Manual(clock) => clock.now(),
        }
    }
}

/// A clock for tests; clones share one time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    start: Instant,
    elapsed_ns: Arc<AtomicU64>,
}

impl ManualClock {
    /// Starts at the real time and stays there.
    pub fn start() -> Self {
        Self { start: Instant::now(), elapsed_ns: Arc::new(AtomicU64::new(0)) }
    }

    /// The time on this clock.
    pub fn now(&self) -> Instant {
        self.start + Duration::from_nanos(self.elapsed_ns.load(Ordering::SeqCst))
    }

    /// Moves the clock forward; nanoseconds beyond `u64` are dropped.
    pub fn advance(&self, by: Duration) {
        self.elapsed_ns.fetch_add(nanos(by), Ordering::SeqCst);
    }
}

/// Whole nanoseconds of a duration, at most `u64::MAX` (584 years).
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
