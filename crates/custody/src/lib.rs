//! What becomes of chip and order: whether the next tranche goes out.
//!
//! Knows the words of `lightcone-core`. It knows no clock, database or wire: facts and the time come in, a decision
//! with its reasons comes out, the same for the same facts. It acts on nothing: a decision is paper.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod gate;
pub mod sighting;
pub mod terms;

pub use gate::{Decision, Gate, Unmet, decide};
pub use sighting::Sighting;
pub use terms::{InvalidTerms, Terms};
