//! Error reasons: how they travel in a status, and how a client reads them back.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::v1::ErrorReason;

/// The domain of every `google.rpc.ErrorInfo` that Lightcone sends.
pub const DOMAIN: &str = "lightcone";

const PREFIX: &str = "ERROR_REASON_";

impl ErrorReason {
    /// All reasons, in the order of their numbers.
    pub const ALL: [Self; 26] = [
        Self::FieldMissing,
        Self::FieldInvalid,
        Self::LandmarkUnknown,
        Self::LandmarkDuplicate,
        Self::AreaUnknown,
        Self::LimitExceeded,
        Self::LengthsDiffer,
        Self::FrameUnexpected,
        Self::Overloaded,
        Self::DeadlineExceeded,
        Self::ShuttingDown,
        Self::Internal,
        Self::NotFound,
        Self::AlreadyExists,
        Self::EtagMismatch,
        Self::RequestIdReused,
        Self::StateForbids,
        Self::EvidenceRefused,
        Self::SessionOver,
        Self::MeasurementRefused,
        Self::TokenInvalid,
        Self::StoreUnavailable,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::SecondPersonNeeded,
        Self::EnrolmentRefused,
    ];

    /// The reason as an `ErrorInfo` bears it: the enum's name without its prefix.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        self.as_str_name().trim_start_matches(PREFIX)
    }

    /// The reason of that short name.
    #[must_use]
    pub fn from_short_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.short_name() == name)
    }

    /// The status code that goes with the reason.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Unspecified => Code::Unknown,
            Self::FieldMissing
            | Self::FieldInvalid
            | Self::LandmarkUnknown
            | Self::LandmarkDuplicate
            | Self::AreaUnknown
            | Self::LimitExceeded
            | Self::LengthsDiffer
            | Self::FrameUnexpected
            | Self::RequestIdReused
            | Self::MeasurementRefused
            | Self::TokenInvalid => Code::InvalidArgument,
            Self::Overloaded => Code::ResourceExhausted,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::ShuttingDown | Self::StoreUnavailable => Code::Unavailable,
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::EtagMismatch => Code::Aborted,
            Self::StateForbids | Self::SessionOver | Self::SecondPersonNeeded => Code::FailedPrecondition,
            Self::EvidenceRefused | Self::Forbidden | Self::EnrolmentRefused => Code::PermissionDenied,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::Internal => Code::Internal,
        }
    }

    /// The reason that a status bears, if Lightcone gave it one.
    #[must_use]
    pub fn of(status: &Status) -> Option<Self> {
        let info = status.get_details_error_info()?;
        if info.domain == DOMAIN { Self::from_short_name(&info.reason) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_but_zero_is_listed_and_found_by_its_short_name() {
        for number in 1..=ErrorReason::ALL.len() as i32 {
            let reason = ErrorReason::try_from(number).unwrap();
            assert_eq!(ErrorReason::ALL[number as usize - 1], reason);
            assert_eq!(ErrorReason::from_short_name(reason.short_name()), Some(reason));
        }
        assert!(ErrorReason::try_from(ErrorReason::ALL.len() as i32 + 1).is_err());
    }
}
