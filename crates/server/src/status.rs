//! Everything that can go wrong, as a status with details: the only place where errors get their codes.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lightcone::reason::DOMAIN;
use lightcone::v1::ErrorReason;
use lightcone_access::Decision;
use lightcone_policy::Fault;
use lightcone_pool::{Lane, Lost, Reason, Refused};
use lightcone_store::StoreError;
use prost::Message as _;
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::measuring::Trouble;
use crate::wire::Violation;
use crate::wire::registry::Garbled;

/// How long a caller is told to stay away from a server that shuts down.
const SHUTDOWN_RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long a caller is told to wait for another batch to end.
const TABLES_RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long a caller is told to wait for one of its own long works to end.
const RUNNING_RETRY_AFTER: Duration = Duration::from_secs(5);
/// How long a caller is told to wait for the store.
const STORE_RETRY_AFTER: Duration = Duration::from_secs(1);
/// Up to this part of the wait is added to what a refused caller is told, so that not all come back at once.
const JITTER_PART: u64 = 4;
/// The most faults of a rule book that a refusal tells: it travels in headers.
const FAULTS_TOLD_MAX: usize = 16;
/// The longest that it tells of one, in characters.
const FAULT_CHARS_MAX: usize = 240;

impl From<Violation> for Status {
    fn from(violation: Violation) -> Self {
        let Violation { reason, field, description, mut facts } = violation;
        if !field.is_empty() {
            facts.push(("field", field.clone()));
        }
        let mut details = info(reason, facts);
        if !field.is_empty() {
            details.add_bad_request_violation(field.as_str(), description.as_str());
        }
        let message = if field.is_empty() { description } else { format!("`{field}` {description}") };
        Status::with_error_details(reason.code(), message, details)
    }
}

/// The store did not do it.
pub(crate) fn store(error: StoreError) -> Status {
    let message = error.to_string();
    match error {
        StoreError::NotFound { kind, id } => not_found(&name_of(kind, &id)),
        StoreError::AlreadyExists { kind, id, field } => already_exists(kind, &id, field),
        StoreError::Dangling { kind, .. } => {
            let message = format!("the {kind} names something that does not exist");
            plain(ErrorReason::NotFound, message, vec![("name", kind.to_owned())])
        }
        StoreError::EtagMismatch { kind, id, found, .. } => {
            let name = name_of(kind, &id);
            let message = format!("`{name}` changed, its etag is now `{found}`; read it again and repeat");
            plain(ErrorReason::EtagMismatch, message, vec![("name", name), ("etag", found)])
        }
        StoreError::WrongState { kind, id, found, allowed } => {
            state_forbids(&name_of(kind, &id), &found, allowed)
        }
        StoreError::RequestReused { id } => {
            plain(ErrorReason::RequestIdReused, message, vec![("request_id", id)])
        }
        StoreError::TooMany { count, limit, .. } => {
            let facts = vec![("count", count.to_string()), ("limit", limit.to_string())];
            plain(ErrorReason::LimitExceeded, message, facts)
        }
        StoreError::Busy { what, limit, .. } => busy(what, limit, &message),
        StoreError::Contended { .. } | StoreError::Closed | StoreError::Database(_) => {
            store_unavailable(&message)
        }
        _ => internal(&message),
    }
}

impl From<Garbled> for Status {
    fn from(garbled: Garbled) -> Self {
        internal(&garbled.to_string())
    }
}

/// Nothing is there that this caller may see.
pub(crate) fn not_found(name: &str) -> Status {
    let message = format!("nothing is named `{name}`");
    plain(ErrorReason::NotFound, message, vec![("name", name.to_owned())])
}

/// The state of a record does not allow it.
pub(crate) fn state_forbids(name: &str, state: &str, allowed: &str) -> Status {
    let message = format!("`{name}` is {state}; this needs {allowed}");
    plain(ErrorReason::StateForbids, message, vec![("name", name.to_owned()), ("state", state.to_owned())])
}

/// Another record has what must be unique.
fn already_exists(kind: &str, id: &str, field: &str) -> Status {
    let name = name_of(kind, id);
    let (message, mut facts) = match field {
        "id" => (format!("`{name}` exists already; choose another id, or read what is there"), Vec::new()),
        field => {
            let field = format!("{kind}.{field}");
            let message =
                format!("`{field}` of `{name}` is taken: another record has the same, or had it once");
            (message, vec![("field", field)])
        }
    };
    facts.push(("name", name));
    plain(ErrorReason::AlreadyExists, message, facts)
}

/// As many of a kind run already as may.
fn busy(what: &str, limit: u32, message: &str) -> Status {
    let retry_after = jittered(RUNNING_RETRY_AFTER);
    let facts = vec![
        ("cause", format!("running_{what}")),
        ("limit", limit.to_string()),
        ("retry_after_ms", retry_after.as_millis().to_string()),
    ];
    let mut details = info(ErrorReason::Overloaded, facts);
    details.set_retry_info(Some(retry_after));
    Status::with_error_details(ErrorReason::Overloaded.code(), message.to_owned(), details)
}

/// The store does not answer. What it said goes to the log: it may name tables and hosts.
fn store_unavailable(cause: &str) -> Status {
    tracing::error!(cause, "the store does not answer");
    let retry_after = jittered(STORE_RETRY_AFTER);
    let facts = vec![("retry_after_ms", retry_after.as_millis().to_string())];
    let mut details = info(ErrorReason::StoreUnavailable, facts);
    details.set_retry_info(Some(retry_after));
    let message = format!(
        "the store does not answer, nothing was kept; retry after {} ms with the same request id",
        retry_after.as_millis()
    );
    Status::with_error_details(ErrorReason::StoreUnavailable.code(), message, details)
}

/// The name of what the store calls by kind and id. A session or verdict is named by its parent too, which the store
/// does not say: who asks for one by name says so before.
fn name_of(kind: &str, id: &str) -> String {
    match kind {
        "party" => format!("parties/{id}"),
        _ => format!("{kind}s/{id}"),
    }
}

fn plain(reason: ErrorReason, message: String, facts: Vec<(&'static str, String)>) -> Status {
    Status::with_error_details(reason.code(), message, info(reason, facts))
}

impl From<Trouble> for Status {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(violation) => (*violation).into(),
            Trouble::Store(error) => store(error),
            Trouble::Pool(status) => *status,
            Trouble::Chance(error) => internal(&error.to_string()),
            Trouble::Own(fault) => internal(&fault),
        }
    }
}

/// A rule book has mistakes. Each is told as far as headers carry them; the call that only checks tells all.
pub(crate) fn book_faults(faults: &[Fault]) -> Status {
    let place = |fault: &Fault| format!("files/{}:{}:{}", fault.file, fault.line, fault.column);
    let told = |fault: &Fault| -> String { fault.to_string().chars().take(FAULT_CHARS_MAX).collect() };
    let first = faults.first().map(told).unwrap_or_default();
    let facts = vec![
        ("field", "files".to_owned()),
        ("value", faults.first().map(place).unwrap_or_default()),
        ("allowed", "a book without faults".to_owned()),
        ("count", faults.len().to_string()),
    ];
    let mut details = info(ErrorReason::FieldInvalid, facts);
    for fault in faults.iter().take(FAULTS_TOLD_MAX) {
        details.add_bad_request_violation(place(fault), told(fault));
    }
    let message =
        format!("`files` have {} faults, `ValidatePolicy` shows all; the first: {first}", faults.len());
    Status::with_error_details(ErrorReason::FieldInvalid.code(), message, details)
}

/// What the caller showed is not accepted, or it showed nothing.
pub(crate) fn unauthenticated(cause: &'static str) -> Status {
    let told = match cause {
        "nobody" => "this call is not for everyone: show a certificate or a token",
        "certificate_unknown" => "the certificate is not, or no longer, one of this service's trust domain",
        "subject_unknown" => "who you are is shown well, and is nobody whom this service's directory knows",
        "subject_changed" => "who you are was changed while the call lasted; make it again",
        "token_expired" => "the token's time is over; get another",
        "token_unbound" => "the token is not bound to the certificate of this connection (RFC 8705)",
        _ => "the token is not accepted",
    };
    plain(ErrorReason::Unauthenticated, told.to_owned(), vec![("cause", cause.to_owned())])
}

/// No rule allows it, or one forbids it.
pub(crate) fn forbidden(call: &str, policy: &str, decision: &Decision) -> Status {
    let rules = decision.rules.join(" ");
    let message = match rules.as_str() {
        "" => format!("no rule allows you `{call}`; `lightcone can-i` explains"),
        rules => format!("`{call}` is forbidden to you by {rules}; `lightcone can-i` explains"),
    };
    let facts = vec![("call", call.to_owned()), ("policy", policy.to_owned()), ("rules", rules)];
    plain(ErrorReason::Forbidden, message, facts)
}

/// It takes two people, and there is one.
pub(crate) fn second_person_needed(name: &str, message: &str) -> Status {
    plain(ErrorReason::SecondPersonNeeded, message.to_owned(), vec![("name", name.to_owned())])
}

/// The pool did not take the work.
pub(crate) fn refused(refused: &Refused) -> Status {
    if refused.reason == Reason::ShuttingDown {
        return shutting_down();
    }
    let retry_after = jittered(refused.retry_after);
    let facts = vec![
        ("lane", refused.lane.to_string()),
        ("cause", refused.reason.as_str().to_owned()),
        ("retry_after_ms", retry_after.as_millis().to_string()),
    ];
    let mut details = info(ErrorReason::Overloaded, facts);
    details.set_retry_info(Some(retry_after));
    let message = format!(
        "the {} lane is busy: {}; retry after {} ms",
        refused.lane,
        refused.reason,
        retry_after.as_millis()
    );
    Status::with_error_details(ErrorReason::Overloaded.code(), message, details)
}

/// The pool took the work and has no answer.
pub(crate) fn lost(lost: Lost) -> Status {
    match lost {
        Lost::Cancelled => Status::cancelled("the caller went away"),
        Lost::DeadlineExceeded => deadline_exceeded(None),
        Lost::ShutDown => shutting_down(),
        Lost::Panicked => internal("a job of the pool panicked"),
    }
}

/// The deadline passed.
pub(crate) fn deadline_exceeded(limit: Option<Duration>) -> Status {
    let facts = limit.map(|limit| ("limit_ms", limit.as_millis().to_string())).into_iter().collect();
    let details = info(ErrorReason::DeadlineExceeded, facts);
    let message = "the deadline passed before the work was done; allow more time or ask for less";
    Status::with_error_details(ErrorReason::DeadlineExceeded.code(), message, details)
}

/// A batch had nothing to do for so long.
pub(crate) fn idle(limit: Duration) -> Status {
    let limit_ms = limit.as_millis();
    let details = info(ErrorReason::DeadlineExceeded, vec![("idle_ms", limit_ms.to_string())]);
    let message = format!(
        "the stream was idle for {limit_ms} ms: no frame came and nothing was in progress; all items that \
         came are answered, open another stream for more"
    );
    Status::with_error_details(ErrorReason::DeadlineExceeded.code(), message, details)
}

/// The tables of open batches fill the room that there is for them.
pub(crate) fn tables_full() -> Status {
    let retry_after = jittered(TABLES_RETRY_AFTER);
    let facts = vec![
        ("cause", "open_tables".to_owned()),
        ("lane", Lane::Bulk.to_string()),
        ("retry_after_ms", retry_after.as_millis().to_string()),
    ];
    let mut details = info(ErrorReason::Overloaded, facts);
    details.set_retry_info(Some(retry_after));
    let message = format!(
        "the landmark tables of open batches fill the room for them; retry after {} ms, or use a smaller table",
        retry_after.as_millis()
    );
    Status::with_error_details(ErrorReason::Overloaded.code(), message, details)
}

/// The server stops.
pub(crate) fn shutting_down() -> Status {
    let facts = vec![("retry_after_ms", SHUTDOWN_RETRY_AFTER.as_millis().to_string())];
    let mut details = info(ErrorReason::ShuttingDown, facts);
    details.set_retry_info(Some(SHUTDOWN_RETRY_AFTER));
    let message = "the server is shutting down; send what has no answer yet again, to another one or later";
    Status::with_error_details(ErrorReason::ShuttingDown.code(), message, details)
}

/// Another stream of the same name took a stream's place.
pub(crate) fn replaced() -> Status {
    let details = info(ErrorReason::StateForbids, vec![("state", "REPLACED".to_owned())]);
    let message = "a newer stream of the same name took this one's place: is its program running twice, or its name \
                   used by somebody else?";
    Status::with_error_details(ErrorReason::StateForbids.code(), message, details)
}

/// A fault of our own: logged in full, told as a number.
pub(crate) fn internal(fault: &str) -> Status {
    let incident = format!("{:016x}", random());
    tracing::error!(incident, fault, "internal error");
    let details = info(ErrorReason::Internal, vec![("incident", incident.clone())]);
    let message = format!("internal error; the server's log has it as incident `{incident}`");
    Status::with_error_details(ErrorReason::Internal.code(), message, details)
}

/// The status as one item's outcome bears it.
pub(crate) fn to_message(status: &Status) -> tonic_types::Status {
    tonic_types::Status::decode(status.details()).unwrap_or_else(|_| tonic_types::Status {
        code: status.code() as i32,
        message: status.message().to_owned(),
        details: Vec::new(),
    })
}

fn info(reason: ErrorReason, facts: Vec<(&'static str, String)>) -> ErrorDetails {
    let metadata: HashMap<String, String> =
        facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    ErrorDetails::with_error_info(reason.short_name(), DOMAIN, metadata)
}

fn jittered(wait: Duration) -> Duration {
    let nanos = wait.as_nanos() as u64;
    Duration::from_nanos(nanos + random() % (nanos / JITTER_PART).max(1))
}

/// A number that no caller can foresee.
fn random() -> u64 {
    static SECRET: OnceLock<RandomState> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    SECRET.get_or_init(RandomState::new).hash_one(NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let retry_after = Duration::from_millis(120);
        let status = refused(&Refused { lane: Lane::Interactive, reason: Reason::WaitTooLong, retry_after });
        let told = status.get_details_retry_info().unwrap().retry_delay.unwrap();
        assert!(told >= retry_after && told <= retry_after * 5 / 4, "{told:?}");
        assert_eq!(ErrorReason::of(&status), Some(ErrorReason::Overloaded));
    }

    #[test]
    fn a_fault_of_our_own_is_told_as_a_number() {
        let status = lost(Lost::Panicked);
        assert_eq!(ErrorReason::of(&status), Some(ErrorReason::Internal));
        let incident = &status.get_details_error_info().unwrap().metadata["incident"];
        assert!(incident.len() == 16 && status.message().contains(incident.as_str()), "{status:?}");
        assert_ne!(
            Some(incident),
            lost(Lost::Panicked).get_details_error_info().unwrap().metadata.get("incident")
        );
        assert!(!status.message().contains("panicked"));
    }

    #[test]
    fn an_items_status_keeps_its_details() {
        let message = to_message(&shutting_down());
        assert_eq!(message.details.len(), 2);
    }
}
