//! Alerts: what somebody should look at.

use crate::value::row;

row! {
    /// One alert.
    pub struct Alert: "alert" in "alerts" {
        /// The id.
        pub id: String,
        /// Goes up by one with every alert, in the order of their commits; the store sets it.
        pub revision: i64,
        /// When it was raised.
        pub create_time: i64,
        /// What it is, in capitals.
        pub kind: String,
        /// What it is about, as a resource name.
        pub subject: String,
        /// A sentence.
        pub detail: String,
        /// Whose it is: its subject's, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
    }
}
