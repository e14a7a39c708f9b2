//! What a host says of itself: which machine it is, what it is made of, how well it does, and what its agent can show.
//!
//! All of it is the owner's word. [`fields`] sets it beside what devices signed, each marked with where it comes from;
//! [`disagreements`] names where the two differ, and [`works`] tells whether the accelerators can be used.

mod agent;
mod differ;
mod field;
mod health;
mod identity;
mod parse;
mod system;
mod works;
mod xid;

pub use agent::AgentFacts;
pub use differ::{Disagreement, disagreements};
pub use field::{Field, Group, Origin, fields};
pub use health::{Component, GpuHealth, Health, State};
pub use identity::{GpuIdentity, HostIdentity};
pub use parse::{InvalidInventory, Limits};
pub use system::{CcMode, SystemType};
pub use works::{Answer, Expected, Working, works};
pub use xid::{FATAL_XIDS, Xid, is_fatal};

use serde::{Deserialize, Serialize};

/// The format that an inventory names.
pub const FORMAT: &str = "lightcone-inventory/1";

/// What a host says of itself. Whatever a host cannot tell or will not is left out; what a later version adds is read
/// past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// [`FORMAT`].
    pub format: String,
    /// When it was taken, in seconds of Unix time by the host's clock.
    #[serde(default)]
    pub taken_s: i64,
    /// Whether names that tell one machine from others are given in the clear.
    #[serde(default)]
    pub identifiers: Identifiers,
    /// Which machine.
    #[serde(default)]
    pub identity: HostIdentity,
    /// What it is made of.
    #[serde(default)]
    pub system: SystemType,
    /// How well it does.
    #[serde(default)]
    pub health: Health,
    /// What its agent can show.
    #[serde(default)]
    pub agent: AgentFacts,
    /// What could not be told and why, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How serial numbers, hardware addresses, UUIDs and names of hosts are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identifiers {
    /// As `hmac:` and 32 hexadecimal digits of a keyed hash: equal where the name is equal, for one agent.
    #[default]
    Hashed,
    /// As they are.
    Clear,
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            format: FORMAT.to_owned(),
            taken_s: 0,
            identifiers: Identifiers::Hashed,
            identity: HostIdentity::default(),
            system: SystemType::default(),
            health: Health::default(),
            agent: AgentFacts::default(),
            notes: Vec::new(),
        }
    }
}
