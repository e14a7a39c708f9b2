//! Comparisons of rules over what is kept: what was asked, how far it is, what flips.

use crate::value::{row, words};

words! {
    /// Where a comparison stands.
    pub enum ComparisonState: "comparison state" {
        /// Shards are left.
        Running = "RUNNING",
        /// All shards are done.
        Done = "DONE",
        /// Somebody ended it.
        Cancelled = "CANCELLED",
        /// It cannot go on.
        Failed = "FAILED",
        /// Nobody wants it any more: it is shown to nobody, and its rows go bit by bit.
        Deleted = "DELETED",
    }
}

words! {
    /// What a shard holds.
    pub enum ShardKind: "shard kind" {
        /// Chips, by id.
        Chips = "CHIPS",
        /// Transfers, by id.
        Transfers = "TRANSFERS",
    }
}

row! {
    /// Rules that are compared over what is kept.
    pub struct Comparison: "comparison" in "comparisons" {
        /// The id. Ids that sort by age make lists that do.
        pub id: String,
        /// When it was asked for: the moment as of which it judges.
        pub create_time: i64,
        /// When it last went on.
        pub update_time: i64,
        /// When it ended; none while it runs.
        pub end_time: Option<i64>,
        /// Where it stands.
        pub state: ComparisonState,
        /// Who asked, by tenant.
        pub tenant: String,
        /// Whose chips and transfers are judged, by tenant; empty: all.
        pub scope: String,
        /// Rules compared with, in the caller's encoding.
        pub base: Vec<u8>,
        /// Rules looked at, in the caller's encoding.
        pub draft: Vec<u8>,
        /// Whether chips are judged by their latest verdict.
        pub verdicts: bool,
        /// Whether open transfers are judged.
        pub transfers: bool,
        /// The revision up to which verdicts are looked at; the store sets it.
        pub verdict_revision: i64,
        /// Who asked.
        pub asked_by: String,
        /// Why.
        pub reason: String,
        /// Whether its shards are listed.
        pub listed: bool,
        /// How many shards there are.
        pub shards: i64,
        /// How many of them are done.
        pub shards_done: i64,
        /// Subjects judged.
        pub judged: i64,
        /// Of these, such as flip.
        pub flipped: i64,
        /// What was found, in the caller's encoding; empty while it runs.
        pub result: Vec<u8>,
        /// Lower-case SHA-256 over all flips; empty while it runs.
        pub flips_sha256: String,
        /// Why it failed; empty otherwise.
        pub error: String,
    }
}

row! {
    /// A part of what a comparison judges.
    pub struct ComparisonShard: "comparison shard" in "comparison_shards" {
        /// The comparison's id.
        pub comparison: String,
        /// Its number, from 0.
        pub shard: i64,
        /// What it holds.
        pub kind: ShardKind,
        /// Ids come after this one,
        pub after: String,
        /// and up to this one.
        pub until: String,
        /// Whether it is done.
        pub done: bool,
        /// Subjects judged.
        pub judged: i64,
        /// Of these, such as flip.
        pub flipped: i64,
        /// What was counted, in the caller's encoding; empty: not done.
        pub counts: Vec<u8>,
    }
}

row! {
    /// A subject that flips.
    pub struct Flip: "flip" in "flips" {
        /// The comparison's id.
        pub comparison: String,
        /// The subject's name, such as `chips/c1`.
        pub subject: String,
        /// What flips and why, in the caller's encoding.
        pub body: Vec<u8>,
    }
}
