//! Evidence that does not show what it must.

use crate::check::Check;

/// The longest reason, in bytes; foreign text in it is cut.
const WHY_BYTES_MAX: usize = 300;

/// Why evidence was refused: the check that failed and what was wrong, without a secret and without a coordinate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{check}: {why}")]
pub struct Rejection {
    /// The check that failed.
    pub check: Check,
    /// What was wrong, and where there is one, the remedy.
    pub why: String,
}

impl Rejection {
    /// A failed check.
    pub fn new(check: Check, why: impl Into<String>) -> Self {
        let mut why = why.into();
        if why.len() > WHY_BYTES_MAX {
            let end = (0..=WHY_BYTES_MAX).rev().find(|end| why.is_char_boundary(*end)).unwrap_or(0);
            why.truncate(end);
        }
        Self { check, why }
    }

    /// Bytes that are not of the format.
    pub fn format(why: impl Into<String>) -> Self {
        Self::new(Check::Format, why)
    }
}
