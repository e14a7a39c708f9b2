//! Why a job was not admitted, and when to come back.

use std::fmt;
use std::time::Duration;

use crate::lane::Lane;

/// The shortest time a refused caller is told to stay away.
pub const RETRY_AFTER_MIN: Duration = Duration::from_millis(5);
/// The longest time a refused caller is told to stay away.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);
const _: () = assert!(RETRY_AFTER_MIN.as_nanos() < RETRY_AFTER_MAX.as_nanos());

/// A job was not admitted; nothing of it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {lane} lane refused the job: {reason}; retry after {retry_after:?}")]
pub struct Refused {
    /// The lane that refused.
    pub lane: Lane,
    /// Why.
    pub reason: Reason,
    /// The estimated wait, between [`RETRY_AFTER_MIN`] and [`RETRY_AFTER_MAX`]; add jitter before telling
    /// many callers the same.
    pub retry_after: Duration,
}

/// Why a job was not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The lane's queue has no place left.
    QueueFull,
    /// The tenant holds its share of the lane's queue.
    TenantShare,
    /// The estimated wait is longer than the lane allows.
    WaitTooLong,
    /// It would not finish before its deadline.
    DeadlineTooSoon,
    /// The pool admits no more work.
    ShuttingDown,
}

impl Reason {
    /// All reasons, in the order of their [`Reason::index`].
    pub const ALL: [Self; 5] =
        [Self::QueueFull, Self::TenantShare, Self::WaitTooLong, Self::DeadlineTooSoon, Self::ShuttingDown];

    /// The reason's name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::TenantShare => "tenant_share",
            Self::WaitTooLong => "wait_too_long",
            Self::DeadlineTooSoon => "deadline_too_soon",
            Self::ShuttingDown => "shutting_down",
        }
    }

    /// The reason's place in arrays indexed by reason.
    pub const fn index(self) -> usize {
        match self {
            Self::QueueFull => 0,
            Self::TenantShare => 1,
            Self::WaitTooLong => 2,
            Self::DeadlineTooSoon => 3,
            Self::ShuttingDown => 4,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::QueueFull => "its queue is full",
            Self::TenantShare => "the tenant holds its share of the queue",
            Self::WaitTooLong => "the wait would be too long",
            Self::DeadlineTooSoon => "it would not finish before its deadline",
            Self::ShuttingDown => "the pool is shutting down",
        })
    }
}
