//! One warning for one trouble.

use std::time::SystemTime;

use crate::IdentityError;
use crate::identity::Held;

/// How much of a certificate's life may be left before somebody is told: a part in so many.
const LAST_PART: i64 = 5;

/// What was warned of last.
#[derive(Default)]
pub(super) struct Warning {
    refused: Option<String>,
    ending: Option<i64>,
}

impl Warning {
    /// Says what became of a new identity: nothing where all is well, a refusal once.
    pub(super) fn note(&mut self, taken: Result<(), IdentityError>) {
        let Err(error) = taken else {
            self.refused = None;
            return;
        };
        let why = error.to_string();
        if self.refused.as_ref() != Some(&why) {
            tracing::warn!(error = %why, "the new identity is not taken; the one before stays in use");
            self.refused = Some(why);
        }
    }

    /// Says once that a certificate ends soon and no other came.
    pub(super) fn look_at_the_clock(&mut self, held: &Held) {
        let newest = held.newest();
        let (begin, end) = (newest.svid.not_before, newest.svid.not_after);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let left = end.saturating_sub(i64::try_from(now).unwrap_or(i64::MAX));
        if left < end.saturating_sub(begin) / LAST_PART && self.ending != Some(end) {
            tracing::warn!(seconds_left = left, "the certificate ends soon and no new one came: renew it");
            self.ending = Some(end);
        }
    }
}
