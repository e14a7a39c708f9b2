//! Chips, and which agent each was tied to.

use std::collections::BTreeSet;

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
        /// Who entered it, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
        /// Tenants that may ask how it stands beside that one and its holder.
        pub parties: Vec<String>,
        /// The tenant of the agent that it is tied to; the store sets it. Empty: of none.
        pub holder: String,
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

row! {
    /// A tenant that has to do with a chip: so that lists find it by an index.
    pub(crate) struct ChipTenant: "chip tenant" in "chip_tenants" {
        /// The tenant.
        pub tenant: String,
        /// The chip's id.
        pub chip: String,
    }
}

impl Chip {
    /// Every tenant that has to do with it, once.
    pub(crate) fn tenants(&self) -> Vec<ChipTenant> {
        let held = Some(&self.holder).filter(|holder| !holder.is_empty());
        let tenants: BTreeSet<&String> = self.parties.iter().chain(held).chain([&self.tenant]).collect();
        let of = |tenant: &String| ChipTenant { tenant: tenant.clone(), chip: self.id.clone() };
        tenants.into_iter().map(of).collect()
    }
}
