//! SPIFFE IDs of the house's own form.

use std::collections::BTreeSet;

use super::Place;
use crate::{Itself, Proof, Role, Subject};

/// The longest name and tenant, in bytes.
pub(super) const ID_BYTES_MAX: usize = 63;
/// First segments of the house's own machines.
const RESERVED: [&str; 3] = ["landmark", "agent", "service"];

/// Whether a text may be the name of a tenant, landmark or agent.
pub(super) fn is_id(text: &str) -> bool {
    let allowed = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=ID_BYTES_MAX).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Trust domain and path; none: no SPIFFE ID with a path.
pub(super) fn split(spiffe_id: &str) -> Option<(&str, &str)> {
    let (domain, path) = spiffe_id.strip_prefix("spiffe://")?.split_once('/')?;
    let is_domain = !domain.is_empty()
        && domain.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'));
    (is_domain && path.split('/').all(is_segment)).then_some((domain, path))
}

fn is_segment(segment: &str) -> bool {
    let allowed = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'-' | b'_');
    !matches!(segment, "" | "." | "..") && segment.bytes().all(allowed)
}

/// Whether a path is of the kind that only the house's own authority gives.
pub(super) fn is_reserved(path: &str) -> bool {
    path.split('/').next().is_some_and(|first| RESERVED.contains(&first))
}

/// The landmark or agent with this path; none: it is neither.
pub(super) fn of_the_house(spiffe_id: &str, path: &str) -> Option<Subject> {
    let (kind, id) = path.split_once('/')?;
    let (itself, role) = match kind {
        "landmark" => (Itself::Landmark(id.to_owned()), Role::Landmark),
        "agent" => (Itself::Agent(id.to_owned()), Role::Agent),
        _ => return None,
    };
    is_id(id).then(|| Subject {
        id: spiffe_id.to_owned(),
        roles: BTreeSet::from([role]),
        itself: Some(itself),
        proof: Proof::Certificate,
        ..Subject::nobody()
    })
}

/// What a path says that names tenant, role and machine.
pub(super) fn of_a_tenant(path: &str) -> Option<Place> {
    let ["tenant", tenant, role, _] = path.split('/').collect::<Vec<_>>()[..] else { return None };
    let role: Role = role.parse().ok()?;
    let is_given = is_id(tenant) && !matches!(role, Role::Landmark | Role::Agent | Role::Public);
    is_given.then(|| Place { tenant: tenant.to_owned(), roles: BTreeSet::from([role]) })
}
