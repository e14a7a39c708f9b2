//! What devices signed and what their host says, side by side, each marked with where it comes from.

use std::fmt;

use serde_json::Value;

use super::Inventory;
use crate::appraisal::{Appraisal, Claim};
use crate::claim;

/// The name that a host's own fields are told by.
const HOST: &str = "host";

/// One thing that is known of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is about.
    pub group: Group,
    /// Of what: an appraised device's instance, or `host`.
    pub of: String,
    /// Its name.
    pub name: String,
    /// Its value, as people read it.
    pub value: String,
    /// Who says so.
    pub origin: Origin,
}

/// What a field is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Which device or machine.
    Identity,
    /// What state a device signed.
    State,
    /// What the machine is made of.
    System,
    /// How well it does.
    Health,
    /// What its agent can show.
    Agent,
}

/// Who says something. Nothing that a host sends can name it: it follows from where a field was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A device signed it, in evidence that was appraised.
    Signed,
    /// The host says so: the owner's word.
    Host,
}

impl Group {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::State => "state",
            Self::System => "system",
            Self::Health => "health",
            Self::Agent => "agent",
        }
    }
}

impl Origin {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Host => "host",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All that is known: first what devices signed, device by device, then the host's word, each in a fixed order.
#[must_use]
pub fn fields(inventory: &Inventory, appraisals: &[Appraisal]) -> Vec<Field> {
    let mut fields: Vec<Field> = appraisals.iter().flat_map(signed).collect();
    let groups = [
        (Group::Identity, serde_json::to_value(&inventory.identity)),
        (Group::System, serde_json::to_value(&inventory.system)),
        (Group::Health, serde_json::to_value(&inventory.health)),
        (Group::Agent, serde_json::to_value(&inventory.agent)),
    ];
    for (group, value) in groups {
        flatten(group, String::new(), &value.unwrap_or_default(), &mut fields);
    }
    fields
}

/// What one device signed.
fn signed(appraisal: &Appraisal) -> Vec<Field> {
    let field = |group, name: &str, value| Field {
        group,
        of: appraisal.instance.clone(),
        name: name.to_owned(),
        value,
        origin: Origin::Signed,
    };
    let own = [("kind", appraisal.kind.name().to_owned()), ("model", appraisal.model.clone())];
    let own = own.into_iter().filter(|(_, value)| !value.is_empty());
    let own = own.map(|(name, value)| field(Group::Identity, name, value));
    let claims = appraisal.claims.iter().map(|(name, claim)| {
        let group = if claim::IDENTITY.contains(name) { Group::Identity } else { Group::State };
        field(group, name, shown(claim))
    });
    own.chain(claims).collect()
}

/// A claim as people read it.
pub(super) fn shown(claim: &Claim) -> String {
    match claim {
        Claim::Text(text) => text.clone(),
        Claim::Bytes(bytes) => hex::encode(bytes),
        Claim::Number(number) => number.to_string(),
        Claim::Flag(true) => "yes".to_owned(),
        Claim::Flag(false) => "no".to_owned(),
        Claim::List(list) => list.join(", "),
    }
}

/// The leaves below a value, by their path; lists of plain values are one leaf.
fn flatten(group: Group, path: String, value: &Value, fields: &mut Vec<Field>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(map) => {
            map.iter().for_each(|(name, value)| flatten(group, below(name), value, fields));
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (index, value) in list.iter().enumerate() {
                flatten(group, format!("{path}[{index}]"), value, fields);
            }
        }
        Value::Array(list) => {
            let value = list.iter().map(leaf).collect::<Vec<_>>().join(", ");
            fields.push(host(group, path, value));
        }
        _ => fields.push(host(group, path, leaf(value))),
    }
}

fn leaf(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

fn host(group: Group, name: String, value: String) -> Field {
    Field { group, of: HOST.to_owned(), name, value, origin: Origin::Host }
}
