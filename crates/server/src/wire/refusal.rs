//! What is wrong with a session, evidence or a report: refusals that name a session and a check.

use std::fmt;

use lightcone::v1::ErrorReason;

use super::Violation;

impl Violation {
    /// Nothing has this name.
    pub(crate) fn nothing_named(field: &str, name: &str) -> Self {
        let facts = vec![("name", name.to_owned())];
        refusal(ErrorReason::NotFound, field, format!("names `{name}`, which does not exist"), facts)
    }

    /// The state of a record forbids it.
    pub(crate) fn state_forbids(name: &str, state: &str, remedy: &str) -> Self {
        let facts = vec![("name", name.to_owned()), ("state", state.to_owned())];
        refusal(ErrorReason::StateForbids, "", format!("`{name}` is {state}: {remedy}"), facts)
    }

    /// The session's time is over, or its nonce is used up.
    pub(crate) fn session_over(session: &str, state: &str, remedy: &str) -> Self {
        let facts = vec![("session", session.to_owned()), ("state", state.to_owned())];
        refusal(ErrorReason::SessionOver, "", format!("`{session}` is {state}: {remedy}"), facts)
    }

    /// Evidence does not show what it must.
    pub(crate) fn evidence_refused(session: &str, check: &'static str, why: impl fmt::Display) -> Self {
        let facts = vec![("session", session.to_owned()), ("check", check.to_owned())];
        refusal(ErrorReason::EvidenceRefused, "", format!("`{session}`: {why}"), facts)
    }

    /// A token lets nobody in, or not who comes with it.
    pub(crate) fn enrolment_refused(field: &str, check: &'static str, why: &str) -> Self {
        refusal(ErrorReason::EnrolmentRefused, field, why.to_owned(), vec![("check", check.to_owned())])
    }

    /// Evidence by itself does not show what it must.
    pub(crate) fn evidence_unconvincing(field: &str, check: &'static str, why: &str) -> Self {
        refusal(ErrorReason::EvidenceRefused, field, why.to_owned(), vec![("check", check.to_owned())])
    }

    /// A report or transcript does not check.
    pub(crate) fn measurement_refused(session: &str, check: &'static str, why: impl fmt::Display) -> Self {
        let facts = vec![("session", session.to_owned()), ("check", check.to_owned())];
        refusal(ErrorReason::MeasurementRefused, "", format!("`{session}`: {why}"), facts)
    }
}

fn refusal(
    reason: ErrorReason,
    field: &str,
    description: String,
    facts: Vec<(&'static str, String)>,
) -> Violation {
    Violation { reason, field: field.to_owned(), description, facts }
}
