//! Streams of events to those who wait for them, with a sign of life in between.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, unfold};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tonic::Status;

use crate::clock::now_ns;
use crate::measuring::Listener;
use crate::status;

/// Time between two signs of life. The first comes at once: it says that the line is open.
pub(super) const ALIVE: Duration = Duration::from_secs(15);

/// Clock ticks for signs of life, the first one a while from now: the first sign needs no clock.
pub(super) fn ticks() -> Interval {
    let mut ticks = interval_at(Instant::now() + ALIVE, ALIVE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

struct Line<E> {
    listener: Listener<E>,
    draining: watch::Receiver<bool>,
    ticks: Interval,
    is_new: bool,
    is_over: bool,
}

/// What a listener hears, as a stream for the wire. It ends with STATE_FORBIDS when a newer line takes its place, and
/// with SHUTTING_DOWN when the server drains.
pub(super) fn events<E, M>(
    listener: Listener<E>,
    draining: watch::Receiver<bool>,
    say: fn(&E) -> M,
    alive: fn(i64) -> M,
) -> BoxStream<'static, Result<M, Status>>
where
    E: Send + 'static,
    M: Send + 'static,
{
    let line = Line { listener, draining, ticks: ticks(), is_new: true, is_over: false };
    unfold(line, move |mut line| async move {
        if line.is_over {
            return None;
        }
        if std::mem::take(&mut line.is_new) {
            return Some((Ok(alive(now_ns())), line));
        }
        let event = tokio::select! {
            biased;
            _ = line.draining.wait_for(|draining| *draining) => {
                line.is_over = true;
                Err(status::shutting_down())
            }
            _ = line.ticks.tick() => Ok(alive(now_ns())),
            event = line.listener.next() => match event {
                Some(event) => Ok(say(&event)),
                None => {
                    line.is_over = true;
                    Err(status::replaced())
                }
            },
        };
        Some((event, line))
    })
    .boxed()
}
