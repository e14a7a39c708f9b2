//! What is known of one chip of a tranche.

use alloc::string::String;

use lightcone_core::{Age, Finding, Residency};

/// The latest that is known of one chip of a tranche, with respect to the question of the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Which chip.
    pub chip: String,
    /// What was found last; none: it was never seen.
    pub seen: Option<Seen>,
    /// Whether its answers stopped: announced sessions were missed beyond the grace that was agreed.
    pub silent: bool,
}

/// The latest finding on a chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The finding on the gate's question.
    pub finding: Finding,
    /// How long ago the moment is that it speaks of, in verdict time.
    pub age: Age,
    /// How well the key that answered is tied to a chip.
    pub residency: Residency,
    /// How many lying trust groups the finding survives; none: not for certain.
    pub holds_up_to_liars: Option<u32>,
    /// Whether verdict time ran at another pace than clocks.
    pub simulated: bool,
}
