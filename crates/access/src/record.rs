//! Records: what a call is about.

use std::collections::BTreeSet;

/// What kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A site.
    Site,
    /// An agent, its sessions and its verdicts.
    Agent,
    /// A chip.
    Chip,
    /// A landmark.
    Landmark,
    /// A case.
    Case,
    /// An access that was noted.
    Access,
    /// A tenant's papers: parties, transfers, figures of chips, decisions, comparisons and operations.
    Paper,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Site, Self::Agent, Self::Chip, Self::Landmark, Self::Case, Self::Access, Self::Paper];

    /// Its name in policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Agent => "agent",
            Self::Chip => "chip",
            Self::Landmark => "landmark",
            Self::Case => "case",
            Self::Access => "access",
            Self::Paper => "paper",
        }
    }
}

/// What is to be done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Show it, whole.
    See,
    /// Tell how it stands: the coarse answer for outsiders.
    Tell,
    /// Change it, or enter it.
    Change,
    /// Say that it is to be trusted: a landmark that is new, or was suspended.
    Vouch,
    /// Have it do what it is there for: summon an agent, take a landmark's report.
    Use,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 5] = [Self::See, Self::Tell, Self::Change, Self::Vouch, Self::Use];

    /// Its name in policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Tell => "tell",
            Self::Change => "change",
            Self::Vouch => "vouch",
            Self::Use => "use",
        }
    }
}

/// A record, as far as access to it turns on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What kind it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub tenant: String,
    /// The tenant that has it, where that is another's record: a chip at its buyer's. Empty: none.
    pub holder: String,
    /// Tenants that are party to it: a chip's; an access's, whose subject it was.
    pub parties: BTreeSet<String>,
    /// Codes of the areas in which it may be: what its owner states, and what is still possible. An agency reaches
    /// nothing of which this is empty, unless it looks after all areas.
    pub areas: BTreeSet<String>,
    /// Whether a case on it is open for whoever asks.
    pub has_open_case: bool,
}

impl Record {
    /// A record of a tenant to which nobody else is party.
    #[must_use]
    pub fn of(kind: Kind, id: impl Into<String>, tenant: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            tenant: tenant.into(),
            holder: String::new(),
            parties: BTreeSet::new(),
            areas: BTreeSet::new(),
            has_open_case: false,
        }
    }
}
