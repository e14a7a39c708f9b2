//! Names of records and what is left of them for the store: ids.

use lightcone::names::{AgentName, ID_BYTES_MAX, InvalidName, SiteName, is_id};

use super::kind::Kind;
use crate::wire::Violation;

/// The id in a name that must be there.
pub(super) fn of_kind<K: Kind>(field: &str, name: &str) -> Result<String, Violation> {
    if name.is_empty() {
        return Err(Violation::missing(field, &format!("give its name, `{}`", K::PATTERN)));
    }
    K::id_of(name).map_err(|invalid| refused(field, &invalid))
}

/// The id of a new record: the caller's, or one that is drawn.
pub(super) fn new_id(field: &str, wire: String) -> Result<String, Violation> {
    match wire.as_str() {
        // By the time of their making, so that new rows go to the end of the index.
        "" => Ok(uuid::Uuid::now_v7().to_string()),
        id if is_id(id) => Ok(wire),
        id => {
            let allowed = format!(
                "1 to {ID_BYTES_MAX} of `a-z`, `0-9` and `-`, a letter or digit first and last; or empty"
            );
            Err(Violation::invalid(field, id, &allowed))
        }
    }
}

/// The id in a site's name.
pub(super) fn site(field: &str, name: &str) -> Result<String, Violation> {
    SiteName::parse(name).map(|name| name.site).map_err(|invalid| refused(field, &invalid))
}

/// The id in an agent's name.
pub(super) fn agent(field: &str, name: &str) -> Result<String, Violation> {
    AgentName::parse(name).map(|name| name.agent).map_err(|invalid| refused(field, &invalid))
}

/// An agent's name that may be left out.
pub(super) fn agent_or_none(field: &str, name: &str) -> Result<Option<String>, Violation> {
    if name.is_empty() { Ok(None) } else { agent(field, name).map(Some) }
}

fn refused(field: &str, invalid: &InvalidName) -> Violation {
    Violation::invalid(field, &invalid.name, &format!("a name of the form `{}`", invalid.pattern))
}
