//! Subjects: who calls, as far as it showed.

use std::collections::BTreeSet;

use crate::Role;

/// How a subject showed who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// It did not.
    None,
    /// By the certificate of its connection.
    Certificate,
    /// By a token of an identity provider.
    Token,
    /// By a token that is bound to the certificate of its connection.
    BoundToken,
    /// The service runs in development mode on loopback and asks nobody.
    Development,
}

impl Proof {
    /// Every way.
    pub const ALL: [Self; 5] =
        [Self::None, Self::Certificate, Self::Token, Self::BoundToken, Self::Development];

    /// Its name in policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Certificate => "certificate",
            Self::Token => "token",
            Self::BoundToken => "bound-token",
            Self::Development => "development",
        }
    }
}

/// The one record that a machine of the house is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Itself {
    /// A landmark, by its id.
    Landmark(String),
    /// An agent, by its id.
    Agent(String),
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// A SPIFFE ID, or an issuer, `#` and the subject there; empty: nobody.
    pub id: String,
    /// Its tenant; empty: none.
    pub tenant: String,
    /// Whether that tenant is frozen: nobody of it is let in.
    pub is_frozen: bool,
    /// Its roles. [`Role::Public`] is everyone's.
    pub roles: BTreeSet<Role>,
    /// Codes of the areas that its agency looks after, `*` for all; empty: it is no agency's.
    pub areas: BTreeSet<String>,
    /// The record that it is, where it is a landmark or an agent.
    pub itself: Option<Itself>,
    /// How it showed that.
    pub proof: Proof,
}

impl Subject {
    /// Somebody who showed nothing.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            id: String::new(),
            tenant: String::new(),
            is_frozen: false,
            roles: BTreeSet::from([Role::Public]),
            areas: BTreeSet::new(),
            itself: None,
            proof: Proof::None,
        }
    }

    /// Whoever calls a service in development mode: everyone at once, and so never two people.
    #[must_use]
    pub fn developer() -> Self {
        Self {
            id: "development".to_owned(),
            tenant: String::new(),
            is_frozen: false,
            roles: Role::ALL.into(),
            areas: BTreeSet::from(["*".to_owned()]),
            itself: None,
            proof: Proof::Development,
        }
    }

    /// The id of the landmark that it is.
    #[must_use]
    pub fn landmark(&self) -> Option<&str> {
        match &self.itself {
            Some(Itself::Landmark(id)) => Some(id),
            _ => None,
        }
    }

    /// The id of the agent that it is.
    #[must_use]
    pub fn agent(&self) -> Option<&str> {
        match &self.itself {
            Some(Itself::Agent(id)) => Some(id),
            _ => None,
        }
    }
}
