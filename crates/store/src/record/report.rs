//! Reports: what a landmark signed, as it came.

use crate::value::{row, words};

words! {
    /// What became of a report.
    pub enum ReportState: "report state" {
        /// Kept until the transcript comes.
        Pending = "PENDING",
        /// Checked; its measurement is kept.
        Verified = "VERIFIED",
        /// Checked and wrong.
        Refused = "REFUSED",
    }
}

row! {
    /// One landmark's report of one session. Landmark and sequence name it.
    pub struct Report: "report" in "reports" {
        /// The landmark's id.
        pub landmark: String,
        /// The landmark's own count of reports, from 1 without gaps.
        pub sequence: i64,
        /// The session's id.
        pub session: String,
        /// Where it is.
        pub state: ReportState,
        /// SHA-256 of the body, kept after the body is gone.
        pub digest: [u8; 32],
        /// The samples as they came; empty once dropped.
        pub body: Vec<u8>,
        /// The landmark's signature of the body.
        pub signature: [u8; 64],
        /// When it came.
        pub received_time: i64,
        /// Until when the body is kept after verification; none drops it then and there.
        pub keep_until: Option<i64>,
        /// Why it was refused; empty otherwise.
        pub refusal: String,
    }
}
