//! Cases: why an agency looks at a site, and who agreed.

use crate::value::{row, words};

words! {
    /// Where a case stands. One past its time is ended whatever its word is.
    pub enum CaseState: "case state" {
        /// Asked for.
        Requested = "REQUESTED",
        /// Agreed on by a second subject.
        Open = "OPEN",
        /// Ended by somebody.
        Closed = "CLOSED",
    }
}

row! {
    /// One case.
    pub struct Case: "case" in "cases" {
        /// The id. Ids that sort by age make lists that do.
        pub id: String,
        /// Changes with every write; the store sets it.
        pub etag: String,
        /// When it was asked for.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Where it stands.
        pub state: CaseState,
        /// The id of the site that it is about; there need not be one.
        pub site: String,
        /// Why.
        pub reason: String,
        /// The agency, by its tenant.
        pub tenant: String,
        /// Who asked.
        pub requested_by: String,
        /// Who agreed; empty: nobody yet.
        pub approved_by: String,
        /// Who ended it; empty: nobody, or its time did.
        pub closed_by: String,
        /// How long it is to be open.
        pub duration_ns: i64,
        /// When it was agreed on.
        pub open_time: Option<i64>,
        /// When it ends by itself.
        pub expire_time: i64,
        /// When somebody ended it.
        pub close_time: Option<i64>,
    }
}

impl Case {
    /// Whether it is over at a time.
    #[must_use]
    pub fn is_over(&self, now: i64) -> bool {
        self.state == CaseState::Closed || self.expire_time <= now
    }
}
