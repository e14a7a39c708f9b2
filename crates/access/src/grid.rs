//! What a policy set says, as grids that people can read: call by role, and record by role.
//!
//! A grid tries one subject a role. That shows what the set is meant to say; that nobody else gets through, only a proof
//! over all subjects can show.

use std::collections::BTreeSet;
use std::fmt;

use crate::{Act, Itself, Kind, Policy, Proof, Record, Role, Subject};

/// The tenant that asks in grids.
const OURS: &str = "ours";
/// Another one.
const OTHER: &str = "other";
/// The area that the asking tenant looks after.
const HOME: &str = "SG";
/// Another one.
const ABROAD: &str = "FR";
/// What machines of the house are called in grids.
const ITSELF: &str = "itself";

/// How a subject stands to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// It is the subject's tenant's.
    Own,
    /// It is another's, and the subject's tenant has it.
    Held,
    /// It is another's, nobody has it, and the subject's tenant is party to it.
    Party,
    /// It is another's, a third has it, and the subject's tenant is party to it.
    PartyHeld,
    /// It is another's and elsewhere.
    Foreign,
    /// It is another's, in an area that the subject's tenant looks after.
    InArea,
    /// The same, and a case on it is open for the subject.
    Case,
    /// It is another's and elsewhere, and a case on it is open for the subject.
    CaseAbroad,
    /// It is the subject.
    Itself,
}

/// One row of a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A call, or a record and how the subject stands to it.
    pub name: String,
    /// What is allowed, in the order of [`Role::ALL`]; `.` is nothing.
    pub cells: Vec<String>,
}

/// A grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    title: &'static str,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A cell that two grids do not have alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The row's name.
    pub row: String,
    /// The column.
    pub role: Role,
    /// What the first grid has there.
    pub before: String,
    /// What the second has.
    pub after: String,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Self; 9] = [
        Self::Own,
        Self::Held,
        Self::Party,
        Self::PartyHeld,
        Self::Foreign,
        Self::InArea,
        Self::Case,
        Self::CaseAbroad,
        Self::Itself,
    ];

    /// Its name in grids.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Held => "held",
            Self::Party => "party",
            Self::PartyHeld => "party, held",
            Self::Foreign => "foreign",
            Self::InArea => "in area",
            Self::Case => "case",
            Self::CaseAbroad => "case, abroad",
            Self::Itself => "itself",
        }
    }

    /// A record that stands so to the subjects of grids.
    #[must_use]
    pub fn record(self, kind: Kind) -> Record {
        let one = |text: &str| BTreeSet::from([text.to_owned()]);
        let tenant = if self == Self::Own { OURS } else { OTHER };
        let id = if self == Self::Itself { ITSELF } else { "some" };
        let mut record = Record { areas: one(ABROAD), ..Record::of(kind, id, tenant) };
        match self {
            Self::Own | Self::Foreign | Self::Itself => {}
            Self::Held => OURS.clone_into(&mut record.holder),
            Self::Party => record.parties = one(OURS),
            Self::PartyHeld => (record.parties, record.holder) = (one(OURS), "third".to_owned()),
            Self::InArea => record.areas = one(HOME),
            Self::Case => (record.areas, record.has_open_case) = (one(HOME), true),
            Self::CaseAbroad => record.has_open_case = true,
        }
        record
    }
}

impl Grid {
    /// Which role may make which call: `x`.
    #[must_use]
    pub fn calls(policy: &Policy) -> Self {
        let cell = |role, call: &str| if policy.call(&subject(role), call).allowed { "x" } else { "." };
        let row = |call: &str| Row {
            name: call.to_owned(),
            cells: Role::ALL.map(|role| cell(role, call).to_owned()).into(),
        };
        Self { title: "call", rows: policy.calls().map(row).collect() }
    }

    /// What a role may do with which record: `s` see, `t` tell, `c` change, `u` use.
    #[must_use]
    pub fn records(policy: &Policy) -> Self {
        let kinds = Kind::ALL.into_iter();
        let pairs = kinds.flat_map(|kind| Relation::ALL.map(|relation| (kind, relation)));
        let row = |(kind, relation): (Kind, Relation)| {
            let record = relation.record(kind);
            Row {
                name: format!("{}: {}", kind.as_str(), relation.as_str()),
                cells: Role::ALL.map(|role| acts(policy, &subject(role), &record)).into(),
            }
        };
        Self { title: "record", rows: pairs.map(row).collect() }
    }

    /// Which cells are not alike in another grid, row by row.
    #[must_use]
    pub fn changes(&self, after: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        for row in &self.rows {
            let Some(other) = after.rows.iter().find(|other| other.name == row.name) else { continue };
            let pairs = row.cells.iter().zip(&other.cells);
            for (role, (before, after)) in Role::ALL.into_iter().zip(pairs).filter(|(_, (a, b))| a != b) {
                let row = row.name.clone();
                changes.push(Change { row, role, before: before.clone(), after: after.clone() });
            }
        }
        changes
    }
}

fn acts(policy: &Policy, subject: &Subject, record: &Record) -> String {
    let letters = [(Act::See, 's'), (Act::Tell, 't'), (Act::Change, 'c'), (Act::Vouch, 'v'), (Act::Use, 'u')];
    let allowed = letters.iter().filter(|(act, _)| policy.reach(subject, *act, record).allowed);
    let letters: String = allowed.map(|(_, letter)| letter).collect();
    if letters.is_empty() { ".".to_owned() } else { letters }
}

/// The subject that stands for a role: of a tenant that looks after an area, and with no role beside.
#[must_use]
pub fn subject(role: Role) -> Subject {
    let itself = match role {
        Role::Landmark => Some(Itself::Landmark(ITSELF.to_owned())),
        Role::Agent => Some(Itself::Agent(ITSELF.to_owned())),
        Role::Public => return Subject::nobody(),
        _ => None,
    };
    let is_tenants = itself.is_none();
    Subject {
        id: role.as_str().to_owned(),
        tenant: if is_tenants { OURS.to_owned() } else { String::new() },
        roles: BTreeSet::from([role]),
        areas: if is_tenants { BTreeSet::from([HOME.to_owned()]) } else { BTreeSet::new() },
        itself,
        proof: Proof::Certificate,
        ..Subject::nobody()
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.rows.iter().map(|row| row.name.len());
        let width = names.chain([self.title.len()]).max().unwrap_or_default();
        write!(f, "{:width$}", self.title)?;
        for role in Role::ALL {
            write!(f, "  {}", head(role))?;
        }
        writeln!(f)?;
        let mut group = "";
        for row in &self.rows {
            let own = row.name.split(['/', ':']).next().unwrap_or_default();
            if own != std::mem::replace(&mut group, own) {
                writeln!(f)?;
            }
            write!(f, "{:width$}", row.name)?;
            let mut line = String::new();
            for (role, cell) in Role::ALL.into_iter().zip(&row.cells) {
                line.push_str(&format!("  {cell:width$}", width = head(role).len()));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A role over a column.
const fn head(role: Role) -> &'static str {
    match role {
        Role::SiteOwner => "owner",
        Role::OrderDesk => "desk",
        Role::BuyersCounsel => "counsel",
        Role::Landmark => "landmark",
        Role::LandmarkOperator => "operator",
        Role::Agent => "agent",
        Role::Scheduler => "scheduler",
        Role::Inspector => "inspector",
        Role::Analyst => "analyst",
        Role::Supervisor => "supervisor",
        Role::Auditor => "auditor",
        Role::Public => "public",
    }
}
