//! Sockets that cannot be accepted: the loop waits before it tries again, and says so now and then.

use std::io;
use std::time::{Duration, Instant};

/// The first wait; each next one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// How often it is told, at most.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// Failures in a row.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    in_a_row: u32,
    untold: u64,
    told: Option<Instant>,
}

impl Trouble {
    /// Notes that a socket was accepted.
    pub(super) fn over(&mut self) {
        self.in_a_row = 0;
    }

    /// Notes that none was, tells it if it is time to, and says how long to wait.
    pub(super) fn meet(&mut self, door: &'static str, error: &io::Error, now: Instant) -> Duration {
        if is_of_the_socket(error) {
            return Duration::ZERO;
        }
        let pause = PAUSE_MIN.saturating_mul(1 << self.in_a_row.min(16)).min(PAUSE_MAX);
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.untold += 1;
        if self.told.is_none_or(|told| now.duration_since(told) >= TOLD_EVERY) {
            tracing::error!(door, %error, failed = self.untold, "connections cannot be accepted");
            (self.told, self.untold) = (Some(now), 0);
        }
        pause
    }
}

/// Whether it is only the one socket that failed, and so nothing to wait for.
fn is_of_the_socket(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_second_and_begin_anew() {
        let (mut trouble, now) = (Trouble::default(), Instant::now());
        // EMFILE: no file descriptors are left.
        let full = || io::Error::from_raw_os_error(24);
        let waits: Vec<u128> = (0..9).map(|_| trouble.meet("grpc", &full(), now).as_millis()).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
        assert_eq!(trouble.untold, 8, "the first is told, the rest waits for its time");
        trouble.over();
        assert_eq!(trouble.meet("grpc", &full(), now + TOLD_EVERY).as_millis(), 10);
        assert_eq!(trouble.untold, 0);
        let gone = io::Error::from(io::ErrorKind::ConnectionAborted);
        assert_eq!(trouble.meet("grpc", &gone, now), Duration::ZERO);
    }
}
