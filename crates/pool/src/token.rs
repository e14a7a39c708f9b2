//! How a running job learns that it should stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::sync::{AtomicU8, Ordering};

/// Tells a job whether to go on; kernels poll it every 0.05 to 1 ms. Clones share one state.
///
/// The token remembers whether the job was told to stop. A job that was told is taken to have stopped short:
/// its value is dropped and its answer is [`Lost`](crate::Lost). A job that never asked is taken to be whole.
#[derive(Debug, Clone)]
pub struct Token(Arc<Signal>);

/// Why a job should stop; the first reason stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// Nobody waits for the answer any more.
    Cancelled,
    /// The answer would come too late.
    DeadlineExceeded,
    /// The pool shuts down and waits no longer.
    ShutDown,
}

#[derive(Debug)]
struct Signal {
    /// A reason's code in the low bits, [`TOLD`] once the job has seen it. Nothing else is published through
    /// it, hence relaxed.
    state: AtomicU8,
    deadline: Option<Instant>,
    clock: Clock,
}

const RUNNING: u8 = 0;
const CANCELLED: u8 = 1;
const DEADLINE_EXCEEDED: u8 = 2;
const SHUT_DOWN: u8 = 3;
const TOLD: u8 = 4;

impl Token {
    /// A token that stops when `clock` reaches `deadline`, if there is one.
    pub fn new(deadline: Option<Instant>, clock: Clock) -> Self {
        Self(Arc::new(Signal { state: AtomicU8::new(RUNNING), deadline, clock }))
    }

    /// Whether the job should stop. Costs a load, and a clock reading where there is a deadline.
    pub fn is_stopped(&self) -> bool {
        self.stop_reason().is_some()
    }

    /// Why the job should stop, or `None` to go on.
    pub fn stop_reason(&self) -> Option<StopReason> {
        let state = self.0.state.load(Ordering::Relaxed);
        if state & TOLD != 0 {
            return reason(state);
        }
        if state == RUNNING {
            if !self.is_expired() {
                return None;
            }
            self.stop(StopReason::DeadlineExceeded);
        }
        reason(self.0.state.fetch_or(TOLD, Ordering::Relaxed))
    }

    /// Asks the job to stop. Dropping the [`Pending`](crate::Pending) does this too and, unlike this, gives
    /// a queued job's place back at once.
    pub fn cancel(&self) {
        self.stop(StopReason::Cancelled);
    }

    /// When the job's answer stops being of use.
    pub fn deadline(&self) -> Option<Instant> {
        self.0.deadline
    }

    /// The time left until the deadline, zero when it has passed; `None` without one.
    pub fn remaining(&self) -> Option<Duration> {
        self.0.deadline.map(|deadline| deadline.saturating_duration_since(self.0.clock.now()))
    }

    /// Asks the job to stop, unless there is a reason already.
    pub(crate) fn stop(&self, why: StopReason) {
        let _ = self.0.state.compare_exchange(RUNNING, code(why), Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Why the job was told to stop, if it asked and was told.
    pub(crate) fn told(&self) -> Option<StopReason> {
        let state = self.0.state.load(Ordering::Relaxed);
        if state & TOLD == 0 { None } else { reason(state) }
    }

    /// Why a job still queued at `now` should not start.
    pub(crate) fn forbids_start(&self, now: Instant) -> Option<StopReason> {
        let asked = reason(self.0.state.load(Ordering::Relaxed));
        asked.or_else(|| match self.0.deadline {
            Some(deadline) if deadline <= now => Some(StopReason::DeadlineExceeded),
            _ => None,
        })
    }

    fn is_expired(&self) -> bool {
        self.0.deadline.is_some_and(|deadline| deadline <= self.0.clock.now())
    }
}

fn code(why: StopReason) -> u8 {
    match why {
        StopReason::Cancelled => CANCELLED,
        StopReason::DeadlineExceeded => DEADLINE_EXCEEDED,
        StopReason::ShutDown => SHUT_DOWN,
    }
}

fn reason(state: u8) -> Option<StopReason> {
    match state & !TOLD {
        CANCELLED => Some(StopReason::Cancelled),
        DEADLINE_EXCEEDED => Some(StopReason::DeadlineExceeded),
        SHUT_DOWN => Some(StopReason::ShutDown),
        _ => None,
    }
}
