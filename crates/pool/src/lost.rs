//! Why an admitted job has no answer.

use crate::token::StopReason;

/// Why an admitted job has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Lost {
    /// It was cancelled before it finished.
    #[error("the job was cancelled")]
    Cancelled,
    /// Its deadline passed, in the queue or while it ran.
    #[error("the job's deadline passed")]
    DeadlineExceeded,
    /// It panicked; the pool is unharmed.
    #[error("the job panicked")]
    Panicked,
    /// The pool shut down before the job finished.
    #[error("the pool shut down")]
    ShutDown,
}

impl From<StopReason> for Lost {
    fn from(reason: StopReason) -> Self {
        match reason {
            StopReason::Cancelled => Self::Cancelled,
            StopReason::DeadlineExceeded => Self::DeadlineExceeded,
            StopReason::ShutDown => Self::ShutDown,
        }
    }
}
