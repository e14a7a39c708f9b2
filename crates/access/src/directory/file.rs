//! The directory's file: TOML, every entry checked when it is read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::spiffe::{self, ID_BYTES_MAX, is_id};
use super::{Directory, Person, Place, Tenant};
use crate::Role;

/// The most that a directory's file may be long, in bytes.
pub const DIRECTORY_BYTES_MAX: usize = 1 << 20;
/// The most areas of one agency.
const AREAS_MAX: usize = 320;
/// The longest SPIFFE ID, in bytes, by the standard.
const SPIFFE_ID_BYTES_MAX: usize = 2048;
/// The longest issuer, claim and value, in bytes.
const TEXT_BYTES_MAX: usize = 512;
/// What is shown of a refused value, in letters.
const SHOWN_MAX: usize = 80;

/// A directory that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the directory of subjects cannot be used: {told}")]
pub struct InvalidDirectory {
    told: String,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct File {
    tenants: BTreeMap<String, TenantEntry>,
    machines: Vec<MachineEntry>,
    people: Vec<PersonEntry>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TenantEntry {
    /// Codes of the areas that an agency looks after, `*` for all; empty: no agency.
    areas: Vec<String>,
    /// Nobody of it is let in.
    frozen: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MachineEntry {
    /// Its SPIFFE ID; a `*` as the last segment stands for any one segment.
    id: String,
    tenant: String,
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonEntry {
    /// The issuer of their tokens.
    issuer: String,
    /// The claim that is looked at, such as `groups` or `sub`.
    claim: String,
    /// What it must be, or hold if it is a list.
    value: String,
    tenant: String,
    roles: Vec<String>,
}

pub(super) fn read(text: &str) -> Result<Directory, InvalidDirectory> {
    if text.len() > DIRECTORY_BYTES_MAX {
        let told = format!("it is {} bytes long; at most {DIRECTORY_BYTES_MAX} are read", text.len());
        return Err(InvalidDirectory { told });
    }
    let file: File = toml::from_str(text).map_err(|error| unreadable(text, &error))?;
    let mut directory = Directory::default();
    for (name, entry) in file.tenants {
        let tenant = tenant(&name, entry)?;
        directory.tenants.insert(name, tenant);
    }
    for (number, entry) in file.machines.into_iter().enumerate() {
        machine(&mut directory, &format!("machines[{number}]"), entry)?;
    }
    for (number, entry) in file.people.into_iter().enumerate() {
        directory.people.push(person(&format!("people[{number}]"), entry)?);
    }
    Ok(directory)
}

fn unreadable(text: &str, error: &toml::de::Error) -> InvalidDirectory {
    let line =
        error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    InvalidDirectory { told: format!("{place}{}", error.message()) }
}

fn tenant(name: &str, entry: TenantEntry) -> Result<Tenant, InvalidDirectory> {
    let field = format!("tenants.{}", shown(name));
    if !is_id(name) {
        return Err(refused(&field, name, ID_RULE));
    }
    if entry.areas.len() > AREAS_MAX {
        let told = format!("{field}.areas has {} areas; list at most {AREAS_MAX}, or `*`", entry.areas.len());
        return Err(InvalidDirectory { told });
    }
    for area in &entry.areas {
        let is_code = (2..=8).contains(&area.len())
            && area.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
        if !is_code && area != "*" {
            return Err(refused(
                &format!("{field}.areas"),
                area,
                "an area's code, such as `SG`, or `*` for all",
            ));
        }
    }
    Ok(Tenant { areas: entry.areas.into_iter().collect(), is_frozen: entry.frozen })
}

fn machine(directory: &mut Directory, field: &str, entry: MachineEntry) -> Result<(), InvalidDirectory> {
    let place = place(field, entry.tenant, &entry.roles)?;
    let (map, id) = match entry.id.strip_suffix("/*") {
        Some(head) => (&mut directory.families, head.to_owned()),
        None => (&mut directory.machines, entry.id.clone()),
    };
    // A family's head may be a trust domain alone.
    let known = if entry.id.ends_with("/*") { format!("{id}/x") } else { id.clone() };
    if spiffe::split(&known).is_none() || known.len() > SPIFFE_ID_BYTES_MAX {
        let allowed =
            "a SPIFFE ID, such as `spiffe://example.org/billing`, with `*` as its last segment for any one";
        return Err(refused(&format!("{field}.id"), &entry.id, allowed));
    }
    if map.insert(id, place).is_some() {
        return Err(refused(&format!("{field}.id"), &entry.id, "an ID that no other entry has"));
    }
    Ok(())
}

fn person(field: &str, entry: PersonEntry) -> Result<Person, InvalidDirectory> {
    let is_url = entry.issuer.starts_with("https://") || entry.issuer.starts_with("http://");
    if !is_url || entry.issuer.len() > TEXT_BYTES_MAX {
        let allowed = "the issuer's URL, as its tokens have it in `iss`";
        return Err(refused(&format!("{field}.issuer"), &entry.issuer, allowed));
    }
    for (name, text) in [("claim", &entry.claim), ("value", &entry.value)] {
        if text.is_empty() || text.len() > TEXT_BYTES_MAX {
            return Err(refused(&format!("{field}.{name}"), text, &format!("1 to {TEXT_BYTES_MAX} bytes")));
        }
    }
    let place = place(field, entry.tenant, &entry.roles)?;
    Ok(Person { issuer: entry.issuer, claim: entry.claim, value: entry.value, place })
}

fn place(field: &str, tenant: String, roles: &[String]) -> Result<Place, InvalidDirectory> {
    if !is_id(&tenant) {
        return Err(refused(&format!("{field}.tenant"), &tenant, ID_RULE));
    }
    let field = format!("{field}.roles");
    if roles.is_empty() {
        return Err(InvalidDirectory {
            told: format!("{field} is empty; name a role, or leave the entry out"),
        });
    }
    let role = |name: &String| match name.parse() {
        Ok(Role::Landmark | Role::Agent) => {
            Err(refused(&field, name, "another role: one landmark or agent has one name, in its certificate"))
        }
        Ok(Role::Public) => Err(refused(&field, name, "another role: that one everybody has")),
        Ok(role) => Ok(role),
        Err(error) => Err(InvalidDirectory { told: format!("{field}: {error}") }),
    };
    Ok(Place { tenant, roles: roles.iter().map(role).collect::<Result<_, _>>()? })
}

const ID_RULE: &str = "1 to 63 of a-z, 0-9 and -, a letter or digit first and last";
const _: () = assert!(ID_BYTES_MAX == 63, "the rule says another length");

fn refused(field: &str, value: &str, allowed: &str) -> InvalidDirectory {
    InvalidDirectory { told: format!("{field} is `{}`; allowed is {allowed}", shown(value)) }
}

fn shown(value: &str) -> String {
    value.chars().filter(|letter| !letter.is_control()).take(SHOWN_MAX).collect()
}
