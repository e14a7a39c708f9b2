//! Roles: what a subject is there to do.

use std::fmt;
use std::str::FromStr;

/// What a subject is there to do. A subject may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs data centres: declares sites, enters agents, sees their verdicts.
    SiteOwner,
    /// Sells chips: enters them, sees how they stand, decides on orders.
    OrderDesk,
    /// Looks after a buyer's rights.
    BuyersCounsel,
    /// A landmark's daemon.
    Landmark,
    /// Runs landmarks.
    LandmarkOperator,
    /// An agent beside chips.
    Agent,
    /// Places work.
    Scheduler,
    /// Visits sites.
    Inspector,
    /// Works on cases of an agency.
    Analyst,
    /// Answers for an agency's analysts: the second person.
    Supervisor,
    /// Looks at what was done, not at places.
    Auditor,
    /// Anyone.
    Public,
}

/// A word that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no role; roles are {}", Role::ALL.map(Role::as_str).join(", "))]
pub struct UnknownRole {
    /// The word.
    pub name: String,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 12] = [
        Self::SiteOwner,
        Self::OrderDesk,
        Self::BuyersCounsel,
        Self::Landmark,
        Self::LandmarkOperator,
        Self::Agent,
        Self::Scheduler,
        Self::Inspector,
        Self::Analyst,
        Self::Supervisor,
        Self::Auditor,
        Self::Public,
    ];

    /// Its name in policies, certificates and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SiteOwner => "site-owner",
            Self::OrderDesk => "order-desk",
            Self::BuyersCounsel => "buyers-counsel",
            Self::Landmark => "landmark",
            Self::LandmarkOperator => "landmark-operator",
            Self::Agent => "agent",
            Self::Scheduler => "scheduler",
            Self::Inspector => "inspector",
            Self::Analyst => "analyst",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
            Self::Public => "public",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == name);
        found.ok_or_else(|| UnknownRole { name: name.chars().take(80).collect() })
    }
}
