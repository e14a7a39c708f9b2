//! The directory: which identity is whose, and what it is there to do.

mod file;
mod spiffe;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

pub use self::file::{DIRECTORY_BYTES_MAX, InvalidDirectory};
use crate::{Proof, Role, Subject};

/// The longest `sub` of a token, in bytes, by OpenID Connect Core 1.0, section 2.
const SUB_BYTES_MAX: usize = 255;

/// Which identity is whose. Machines of the house need no entry where their SPIFFE ID has the house's own form:
/// `/tenant/{tenant}/{role}/{name}`, `/landmark/{landmark}` and `/agent/{agent}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    tenants: BTreeMap<String, Tenant>,
    /// Machines with SPIFFE IDs of another form, by their ID.
    machines: BTreeMap<String, Place>,
    /// The same for all whose ID has one segment more than this one.
    families: BTreeMap<String, Place>,
    people: Vec<Person>,
}

/// What is known of a firm or an agency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tenant {
    areas: BTreeSet<String>,
    is_frozen: bool,
}

/// Whose somebody is, and what it is there to do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    tenant: String,
    roles: BTreeSet<Role>,
}

/// People of whom tokens say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Person {
    issuer: String,
    claim: String,
    value: String,
    place: Place,
}

impl Directory {
    /// Reads a directory, TOML.
    ///
    /// # Errors
    /// [`InvalidDirectory`], with the place and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, InvalidDirectory> {
        file::read(text)
    }

    /// The subject that a machine with this SPIFFE ID is; none: nobody's. `trust_domain` is the house's own: only there
    /// does the house's own form count, and there `/landmark/`, `/agent/` and `/service/` are not the directory's to
    /// give to others.
    #[must_use]
    pub fn machine(&self, trust_domain: &str, spiffe_id: &str) -> Option<Subject> {
        let (domain, path) = spiffe::split(spiffe_id)?;
        let is_ours = domain == trust_domain;
        if is_ours && spiffe::is_reserved(path) {
            return spiffe::of_the_house(spiffe_id, path);
        }
        let entry = self.machines.get(spiffe_id).or_else(|| {
            let (head, _) = spiffe_id.rsplit_once('/')?;
            self.families.get(head)
        });
        let of_a_tenant = || if is_ours { spiffe::of_a_tenant(path) } else { None };
        let place = entry.cloned().or_else(of_a_tenant)?;
        Some(self.placed(spiffe_id.to_owned(), Proof::Certificate, place))
    }

    /// The subject that a person with these verified claims is; none: nobody's. Of several entries that fit, the
    /// first says which tenant, and all of that tenant what roles.
    #[must_use]
    pub fn person(&self, issuer: &str, claims: &Map<String, Value>) -> Option<Subject> {
        let subject = claims.get("sub")?.as_str()?;
        if !(1..=SUB_BYTES_MAX).contains(&subject.len()) || subject.contains(char::is_control) {
            return None;
        }
        let fits = |person: &&Person| person.issuer == issuer && person.is_meant_by(claims);
        let fitting: Vec<&Place> = self.people.iter().filter(fits).map(|person| &person.place).collect();
        let tenant = &fitting.first()?.tenant;
        let roles = fitting.iter().filter(|place| place.tenant == *tenant).flat_map(|place| &place.roles);
        let place = Place { tenant: tenant.clone(), roles: roles.copied().collect() };
        Some(self.placed(format!("{issuer}#{subject}"), Proof::Token, place))
    }

    /// Whether nobody of a tenant is let in. Landmarks and agents are of no tenant by themselves: ask this with the
    /// tenant of their record.
    #[must_use]
    pub fn is_frozen(&self, tenant: &str) -> bool {
        self.tenants.get(tenant).is_some_and(|tenant| tenant.is_frozen)
    }

    fn placed(&self, id: String, proof: Proof, place: Place) -> Subject {
        let known = self.tenants.get(&place.tenant);
        Subject {
            id,
            is_frozen: known.is_some_and(|tenant| tenant.is_frozen),
            areas: known.map(|tenant| tenant.areas.clone()).unwrap_or_default(),
            tenant: place.tenant,
            roles: place.roles,
            itself: None,
            proof,
        }
    }
}

impl Person {
    fn is_meant_by(&self, claims: &Map<String, Value>) -> bool {
        // Whoever may write any address into its account would be anybody.
        let is_unverified =
            self.claim == "email" && claims.get("email_verified").and_then(Value::as_bool) != Some(true);
        let holds = match claims.get(&self.claim) {
            Some(Value::String(text)) => *text == self.value,
            Some(Value::Array(items)) => items.iter().any(|item| item.as_str() == Some(&self.value)),
            _ => false,
        };
        holds && !is_unverified
    }
}
