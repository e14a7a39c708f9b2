//! Which rows a list shows.

use crate::record::CaseState;

/// The most rows of one page.
pub const LIST_MAX: u32 = 1_000;

/// Which rows of a registry are listed. What is `None` does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The word of a state, such as `ACTIVE`.
    pub state: Option<String>,
    /// The parent's id: a landmark's trust group, an agent's site, a chip's agent, a session's subject.
    pub parent: Option<String>,
    /// The tenant whose they are, and for a chip one that holds it or is party to it.
    pub tenant: Option<String>,
}

/// A page: rows in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// The last id of the page before; `None` for the first page.
    pub after: Option<String>,
    /// The most rows, from 1; above [`LIST_MAX`] it is [`LIST_MAX`], and 0 is [`LIST_MAX`] too.
    pub size: u32,
}

impl PageRequest {
    pub(crate) fn limit(&self) -> i64 {
        clamp(self.size)
    }
}

/// Which verdicts are listed. What is `None` does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerdictFilter {
    /// The agent's id.
    pub agent: Option<String>,
    /// Only the newest of each agent that is not superseded.
    pub latest_only: bool,
    /// The tenant whose they are.
    pub tenant: Option<String>,
    /// Only revisions below this one: the last revision of the page before, as newest come first.
    pub before_revision: Option<i64>,
    /// The most rows, as in [`PageRequest::size`].
    pub size: u32,
}

impl VerdictFilter {
    pub(crate) fn limit(&self) -> i64 {
        clamp(self.size)
    }
}

/// Which alerts are listed. What is `None` does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// The name of whom they are about.
    pub subject: Option<String>,
    /// The tenant whose they are.
    pub tenant: Option<String>,
    /// Only revisions below this one: the last revision of the page before, as newest come first.
    pub before_revision: Option<i64>,
    /// The most rows, as in [`PageRequest::size`].
    pub size: u32,
}

impl AlertFilter {
    pub(crate) fn limit(&self) -> i64 {
        clamp(self.size)
    }
}

/// Which accesses are listed. What is `None` does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessFilter {
    /// The tenant whose records were shown.
    pub tenant: Option<String>,
    /// The name of the record that was shown.
    pub resource: Option<String>,
    /// Only revisions below this one: the last revision of the page before, as newest come first.
    pub before_revision: Option<i64>,
    /// The most rows, as in [`PageRequest::size`].
    pub size: u32,
}

impl AccessFilter {
    pub(crate) fn limit(&self) -> i64 {
        clamp(self.size)
    }
}

/// Which cases are listed. What is `None` does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// The agency, by its tenant.
    pub tenant: Option<String>,
    /// Where they stand at `now`.
    pub state: Option<CaseState>,
    /// The time of asking: a case past its time is closed.
    pub now: i64,
    /// Only ids below this one: the last id of the page before, as the highest come first.
    pub before_id: Option<String>,
    /// The most rows, as in [`PageRequest::size`].
    pub size: u32,
}

impl CaseFilter {
    pub(crate) fn limit(&self) -> i64 {
        clamp(self.size)
    }
}

/// Which usages are listed: those of a time, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageFilter {
    /// The tenant that reported them.
    pub tenant: String,
    /// The party whose work it was; `None`: anybody's.
    pub party: Option<String>,
    /// Ends after this time.
    pub begin_time: i64,
    /// Begins before this time.
    pub end_time: i64,
    /// The last id of the page before.
    pub after: Option<String>,
    /// The most rows, as in [`PageRequest::size`].
    pub size: u32,
}

/// Which decisions are listed. What is `None` does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// The tenant whose they are.
    pub tenant: Option<String>,
    /// The name of what they are about.
    pub subject: Option<String>,
    /// Only revisions below this one: the last revision of the page before, as newest come first.
    pub before_revision: Option<i64>,
    /// The most rows, as in [`PageRequest::size`].
    pub size: u32,
}

impl DecisionFilter {
    pub(crate) fn limit(&self) -> i64 {
        clamp(self.size)
    }
}

/// A page's size within its limits.
pub(crate) fn clamp(size: u32) -> i64 {
    i64::from(if size == 0 { LIST_MAX } else { size.min(LIST_MAX) })
}
