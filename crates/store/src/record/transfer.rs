//! Transfers: goods that go from one party to another.

use crate::value::{row, words};

words! {
    /// Where a transfer stands.
    pub enum TransferState: "transfer state" {
        /// To be made.
        Open = "OPEN",
        /// Made.
        Made = "MADE",
        /// It will not be made.
        Abandoned = "ABANDONED",
    }
}

row! {
    /// Goods that are to go from one party to another, as papers say.
    pub struct Transfer: "transfer" in "transfers" {
        /// The id.
        pub id: String,
        /// Changes with every write; the store sets it.
        pub etag: String,
        /// When it was made.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Where it stands.
        pub state: TransferState,
        /// Why it ended; empty otherwise.
        pub state_reason: String,
        /// Whose it is, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
        /// The id of who receives it; empty: not known.
        pub consignee: String,
        /// By what it is found and what it leans on, each once: [`crate::KeyKind::key`].
        pub keys: Vec<String>,
        /// All the rest, in the caller's encoding.
        pub body: Vec<u8>,
    }
}
