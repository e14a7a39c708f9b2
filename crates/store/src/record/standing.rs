//! Standings: what outsiders were told.

use crate::value::row;

row! {
    /// What was told of a subject in an epoch.
    pub struct Standing: "standing" in "standings" {
        /// What it is about, as a resource name.
        pub subject: String,
        /// Which epoch, by the caller's count.
        pub epoch: i64,
        /// The answer in the caller's encoding.
        pub body: Vec<u8>,
        /// When it was made.
        pub create_time: i64,
    }
}
