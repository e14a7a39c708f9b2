//! A rate that waits: TCP holds back who sends faster.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

const BURST: Duration = Duration::from_secs(1);

/// So many a second, with a burst of one second's worth.
pub(crate) struct Pace {
    interval: Duration,
    /// When the burst would be whole again.
    full_at: Instant,
}

impl Pace {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { interval: BURST / per_second.max(1), full_at: Instant::now() }
    }

    /// Returns when one more may pass.
    pub(crate) async fn take(&mut self) {
        let now = Instant::now();
        self.full_at = self.full_at.max(now) + self.interval;
        if self.full_at > now + BURST {
            sleep_until(self.full_at - BURST).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_at_once_and_the_rest_in_time() {
        let (start, mut pace) = (Instant::now(), Pace::new(200));
        for _ in 0..200 {
            pace.take().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..600 {
            pace.take().await;
        }
        // The timer counts in milliseconds.
        assert!((3_000..3_010).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    }
}
