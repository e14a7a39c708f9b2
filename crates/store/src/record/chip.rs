//! Chips, and which agent each was tied to.

use crate::value::{row, words};

words! {
    /// Where a chip is in its life here.
    pub enum ChipState: "chip state" {
        /// Known, tied to no agent.
        Registered = "REGISTERED",
        /// Tied to an agent, whose verdicts it inherits.
        Paired = "PAIRED",
        /// Gone.
        Retired = "RETIRED",
    }
}

row! {
    /// What is sold.
    pub struct Chip: "chip" in "chips" {
        /// The id.
        pub id: String,
        /// Changes with every write; the store sets it.
        pub etag: String,
        /// When it was made.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Where it is in its life.
        pub state: ChipState,
        /// Why it is retired; empty otherwise.
        pub state_reason: String,
        /// The maker's serial number; unique.
        pub serial: String,
        /// The maker's part number.
        pub sku: String,
        /// The agent's id that it is tied to.
        pub agent: Option<String>,
    }
}

row! {
    /// A time that a chip was tied to an agent, or to none after it was.
    pub struct ChipTie: "chip tie" in "chip_ties" {
        /// The chip's id.
        pub chip: String,
        /// The agent's id; none: the chip was untied.
        pub agent: Option<String>,
        /// Since when.
        pub from_time: i64,
        /// Until when; none while it lasts.
        pub until_time: Option<i64>,
        /// Why it began.
        pub reason: String,
        /// Whether a return to the maker explains the change.
        pub rma: bool,
    }
}
