//! Parties: with whom a tenant does business.

use crate::value::{row, words};

words! {
    /// Where a party stands.
    pub enum PartyState: "party state" {
        /// In use.
        Active = "ACTIVE",
        /// Out of use.
        Retired = "RETIRED",
    }
}

row! {
    /// Somebody with whom a tenant does business, as its papers say.
    pub struct Party: "party" in "parties" {
        /// The id.
        pub id: String,
        /// Changes with every write; the store sets it.
        pub etag: String,
        /// When it was made.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Where it stands.
        pub state: PartyState,
        /// Why it ended; empty otherwise.
        pub state_reason: String,
        /// Whose it is, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
        /// By what it is found and what it leans on, each once: [`crate::KeyKind::key`].
        pub keys: Vec<String>,
        /// All the rest, in the caller's encoding.
        pub body: Vec<u8>,
    }
}
