//! SKUs: chips by their figures, as a tenant entered them.

use crate::value::{row, words};

words! {
    /// Where a sku stands.
    pub enum SkuState: "sku state" {
        /// In use.
        Active = "ACTIVE",
        /// Out of use.
        Retired = "RETIRED",
    }
}

row! {
    /// A chip by its figures, as a tenant entered it.
    pub struct Sku: "sku" in "skus" {
        /// The id.
        pub id: String,
        /// Changes with every write; the store sets it.
        pub etag: String,
        /// When it was made.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Where it stands.
        pub state: SkuState,
        /// Why it ended; empty otherwise.
        pub state_reason: String,
        /// Whose it is, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
        /// Its name as it is looked for, in the caller's folding; unique for a tenant among those in use.
        pub name_key: String,
        /// All the rest, in the caller's encoding.
        pub body: Vec<u8>,
    }
}
