//! Why something of measuring has no answer.

use lightcone::v1::ErrorReason;
use lightcone_store::StoreError;
use tonic::{Code, Status};

use super::chance::NoChance;
use crate::wire::Violation;

/// Why something of measuring has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The caller asks for what cannot be.
    #[error("{} {}", .0.field, .0.description)]
    Refused(Box<Violation>),
    /// The store has no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pool has no answer.
    #[error("{}", .0.message())]
    Pool(Box<Status>),
    /// The system gives no chance.
    #[error(transparent)]
    Chance(#[from] NoChance),
    /// A fault of our own.
    #[error("{0}")]
    Own(String),
}

impl Trouble {
    /// Why what a caller showed does not show what it must, if that is the trouble.
    pub(super) fn refusal(&self) -> Option<String> {
        match self {
            Self::Refused(violation) if violation.reason == ErrorReason::EvidenceRefused => {
                Some(violation.description.clone())
            }
            Self::Pool(status) if status.code() == Code::PermissionDenied => {
                Some(status.message().to_owned())
            }
            _ => None,
        }
    }
}

impl From<Violation> for Trouble {
    fn from(violation: Violation) -> Self {
        Self::Refused(Box::new(violation))
    }
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        Self::Pool(Box::new(status))
    }
}
