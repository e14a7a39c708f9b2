//! What a program may hook into each job, without this crate knowing its telemetry.

use std::time::Duration;

use crate::lane::Lane;
use crate::lost::Lost;
use crate::refused::Refused;
use crate::ticket::{Cost, Tenant, Ticket};
use crate::token::StopReason;

/// Told of every job; called outside all locks. A panic in it is swallowed.
pub trait Observer: Send + Sync + 'static {
    /// Called on the submitting thread, before admission: whatever the job should find around it on the
    /// worker, such as the caller's tracing span.
    fn capture(&self, _ticket: &Ticket) -> Option<Box<dyn Scope>> {
        None
    }

    /// Called on the submitting thread when a job is refused.
    fn refused(&self, _ticket: &Ticket, _refused: &Refused) {}

    /// Called when an admitted job is over, before its answer is handed on: on the worker, or on the thread
    /// that cancelled it in the queue.
    fn finished(&self, _report: &JobReport) {}
}

/// Something to be around a job while it runs, such as an entered span.
pub trait Scope: Send {
    /// Runs `job` on the worker thread. A job that this does not call runs afterwards, outside the scope.
    fn around(self: Box<Self>, job: &mut dyn FnMut());
}

/// One admitted job, told when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobReport {
    /// The lane it waited in.
    pub lane: Lane,
    /// On whose behalf it ran.
    pub tenant: Tenant,
    /// What it declared.
    pub cost: Cost,
    /// Time in the queue.
    pub wait: Duration,
    /// Time on the worker; `None` when it never ran.
    pub run: Option<Duration>,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an admitted job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It returned, and was never told to stop.
    Finished,
    /// It was cancelled.
    Cancelled,
    /// Its deadline passed.
    DeadlineExceeded,
    /// It panicked.
    Panicked,
    /// The pool shut down.
    ShutDown,
}

impl Outcome {
    /// The outcome's name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::Panicked => "panicked",
            Self::ShutDown => "shut_down",
        }
    }
}

impl From<StopReason> for Outcome {
    fn from(reason: StopReason) -> Self {
        match reason {
            StopReason::Cancelled => Self::Cancelled,
            StopReason::DeadlineExceeded => Self::DeadlineExceeded,
            StopReason::ShutDown => Self::ShutDown,
        }
    }
}

impl From<Lost> for Outcome {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Cancelled => Self::Cancelled,
            Lost::DeadlineExceeded => Self::DeadlineExceeded,
            Lost::Panicked => Self::Panicked,
            Lost::ShutDown => Self::ShutDown,
        }
    }
}
