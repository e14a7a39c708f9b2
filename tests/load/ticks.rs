//! A clock for open loops.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Moments at a fixed rate, each told when it comes. From a thread of its own, since timers of the runtime
/// are a millisecond apart.
pub(crate) fn ticks(rate: f64, lasts: Duration) -> UnboundedReceiver<Instant> {
    let (send, receive) = unbounded_channel();
    std::thread::spawn(move || {
        let started = Instant::now();
        for index in 0.. {
            let due = started + Duration::from_secs_f64(f64::from(index) / rate);
            if due > started + lasts {
                break;
            }
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if send.send(due).is_err() {
                break;
            }
        }
    });
    receive
}
