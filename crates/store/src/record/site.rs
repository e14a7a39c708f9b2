//! Sites: where an owner says that chips are.

use crate::value::{row, words};

words! {
    /// Whether a site is in use.
    pub enum SiteState: "site state" {
        /// In use.
        Active = "ACTIVE",
        /// Given up.
        Retired = "RETIRED",
    }
}

row! {
    /// A data centre as its owner declares it. Its place is a claim, and confidential.
    pub struct Site: "site" in "sites" {
        /// The id.
        pub id: String,
        /// Changes with every write; the store sets it.
        pub etag: String,
        /// When it was made.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Whether it is in use.
        pub state: SiteState,
        /// Why it is retired; empty otherwise.
        pub state_reason: String,
        /// What people call it.
        pub display_name: String,
        /// Claimed geodetic latitude in nanodegrees, north positive; none without a claim.
        pub latitude_nd: Option<i64>,
        /// Claimed longitude in nanodegrees, east positive; none without a claim.
        pub longitude_nd: Option<i64>,
        /// How far the true place may be from the claim, in millimetres; 0 without a claim.
        pub position_error_mm: i64,
        /// What is asked of every session here, in the caller's encoding.
        pub questions: Vec<u8>,
        /// Whose it is, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
    }
}
