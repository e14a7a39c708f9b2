//! Placements: which chip is where, as far as is known, and what ran.

use crate::value::row;

/// A chip with what was found last of the agent that answers for it. Not a row of its own: joined when it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedChip {
    /// The chip's id.
    pub chip: String,
    /// The maker's stock-keeping unit.
    pub sku: String,
    /// Whose record it is.
    pub tenant: String,
    /// The tenant that has it; empty: none.
    pub holder: String,
    /// Tenants that are party to it.
    pub parties: Vec<String>,
    /// Whether it is out of use for good.
    pub retired: bool,
    /// The agent that answers for it; none: nobody does.
    pub agent: Option<String>,
    /// The agent's latest verdict; none: it was never judged.
    pub verdict: Option<PlacedVerdict>,
}

/// What of a verdict a placement is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedVerdict {
    /// The id.
    pub id: String,
    /// Its place in the order of commits.
    pub revision: i64,
    /// The time that it speaks of.
    pub as_of: i64,
    /// That time in a simulated story, when there is one.
    pub story_time: Option<i64>,
    /// Where it can be, short, as it is kept beside the verdict.
    pub places: Vec<u8>,
    /// The answer in the caller's encoding; none where `places` says it.
    pub wire: Option<Vec<u8>>,
}

row! {
    /// What ran on chips, from when to when. It is never changed.
    pub struct Usage: "usage" in "usages" {
        /// The tenant that reported it.
        pub tenant: String,
        /// An id that is unique in the tenant.
        pub id: String,
        /// Whose work, a party's id.
        pub party: String,
        /// The chip's id; empty: only what kind is known.
        pub chip: String,
        /// What kind.
        pub sku: String,
        /// How many.
        pub units: i64,
        /// From when.
        pub begin_time: i64,
        /// Until when.
        pub end_time: i64,
        /// What for, in the caller's words.
        pub uses: Vec<String>,
        /// When it was reported.
        pub create_time: i64,
    }
}
