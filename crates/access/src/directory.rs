//! The directory: which identity is whose, and what it is there to do.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Itself, Proof, Role, Subject};

/// A directory that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the directory of subjects cannot be used: {0}")]
pub struct InvalidDirectory(pub String);

/// Which identity is whose. Machines whose SPIFFE ID has the house's own form need no entry:
/// `/tenant/{tenant}/{role}/{name}`, `/landmark/{landmark}` and `/agent/{agent}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Directory {
    /// What is known of a tenant, by its name.
    pub tenants: BTreeMap<String, Tenant>,
    /// Machines with SPIFFE IDs of another form.
    pub machines: Vec<Machine>,
    /// People, by what their tokens say of them.
    pub people: Vec<Person>,
}

/// A firm or an agency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tenant {
    /// Codes of the areas that an agency looks after, `*` for all; empty: no agency.
    pub areas: BTreeSet<String>,
    /// Nobody of it is let in.
    pub frozen: bool,
}

/// A machine with a SPIFFE ID of another form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Its SPIFFE ID; a `*` as the last segment stands for any one segment.
    pub id: String,
    /// Whose it is.
    pub tenant: String,
    /// What it is there to do.
    pub roles: Vec<String>,
}

/// People whose tokens say the same of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The issuer of their tokens.
    pub issuer: String,
    /// The claim that is looked at, such as `groups` or `sub`.
    pub claim: String,
    /// What it must be, or hold if it is a list.
    pub value: String,
    /// Whose people they are.
    pub tenant: String,
    /// What they are there to do.
    pub roles: Vec<String>,
}

impl Directory {
    /// Reads a directory, TOML.
    ///
    /// # Errors
    /// [`InvalidDirectory`], with the place and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, InvalidDirectory> {
        let directory: Self = toml::from_str(text).map_err(|error| InvalidDirectory(error.to_string()))?;
        let roles = directory.machines.iter().map(|machine| &machine.roles);
        for role in roles.chain(directory.people.iter().map(|person| &person.roles)).flatten() {
            let role: Role = role.parse().map_err(|error| InvalidDirectory(format!("{error}")))?;
            if matches!(role, Role::Landmark | Role::Agent) {
                let told = format!("`{role}` is given by certificate only: one landmark or agent, one name");
                return Err(InvalidDirectory(told));
            }
        }
        Ok(directory)
    }

    /// The subject that a machine with this SPIFFE ID is; none: nobody's.
    #[must_use]
    pub fn machine(&self, spiffe_id: &str) -> Option<Subject> {
        let entry = self.machines.iter().find(|machine| matches(&machine.id, spiffe_id));
        let subject = match entry {
            Some(entry) => Subject {
                tenant: entry.tenant.clone(),
                roles: roles(&entry.roles),
                ..identified(spiffe_id, Proof::Certificate)
            },
            None => of_own_form(spiffe_id)?,
        };
        self.placed(subject)
    }

    /// The subject that a person with these verified claims is; none: nobody's. Of several entries that fit, the
    /// first says which tenant, and all of that tenant what roles.
    #[must_use]
    pub fn person(&self, issuer: &str, claims: &Map<String, Value>) -> Option<Subject> {
        let subject = claims.get("sub")?.as_str()?;
        let fitting: Vec<&Person> = self
            .people
            .iter()
            .filter(|person| person.issuer == issuer && holds(claims.get(&person.claim), &person.value))
            .collect();
        let tenant = &fitting.first()?.tenant;
        let roles =
            fitting.iter().filter(|person| person.tenant == *tenant).flat_map(|person| roles(&person.roles));
        let id = format!("{issuer}#{subject}");
        self.placed(Subject {
            tenant: tenant.clone(),
            roles: roles.collect(),
            ..identified(&id, Proof::Token)
        })
    }

    /// The subject with what is known of its tenant.
    fn placed(&self, mut subject: Subject) -> Option<Subject> {
        if let Some(tenant) = self.tenants.get(&subject.tenant) {
            if tenant.frozen {
                return None;
            }
            subject.areas.clone_from(&tenant.areas);
        }
        Some(subject)
    }
}

/// The subject of a SPIFFE ID of the house's own form.
fn of_own_form(spiffe_id: &str) -> Option<Subject> {
    let (_, path) = spiffe_id.strip_prefix("spiffe://")?.split_once('/')?;
    let subject = identified(spiffe_id, Proof::Certificate);
    match path.split('/').collect::<Vec<_>>()[..] {
        ["landmark", id] => Some(Subject {
            itself: Some(Itself::Landmark(id.to_owned())),
            roles: BTreeSet::from([Role::Landmark]),
            ..subject
        }),
        ["agent", id] => Some(Subject {
            itself: Some(Itself::Agent(id.to_owned())),
            roles: BTreeSet::from([Role::Agent]),
            ..subject
        }),
        ["tenant", tenant, role, _] => {
            let role: Role = role.parse().ok()?;
            let is_given = !matches!(role, Role::Landmark | Role::Agent | Role::Public);
            is_given.then(|| Subject { tenant: tenant.to_owned(), roles: BTreeSet::from([role]), ..subject })
        }
        _ => None,
    }
}

fn identified(id: &str, proof: Proof) -> Subject {
    Subject { id: id.to_owned(), roles: BTreeSet::new(), proof, ..Subject::nobody() }
}

fn roles(names: &[String]) -> BTreeSet<Role> {
    // Checked when the directory was read.
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// Whether a SPIFFE ID is the one of an entry.
fn matches(entry: &str, spiffe_id: &str) -> bool {
    match entry.strip_suffix("/*") {
        None => entry == spiffe_id,
        Some(head) => {
            let rest = spiffe_id.strip_prefix(head).and_then(|rest| rest.strip_prefix('/'));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
        }
    }
}

fn holds(claim: Option<&Value>, wanted: &str) -> bool {
    match claim {
        Some(Value::String(text)) => text == wanted,
        Some(Value::Array(items)) => items.iter().any(|item| item.as_str() == Some(wanted)),
        _ => false,
    }
}
