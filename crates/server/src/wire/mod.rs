//! The door: the only place where wire types and the core's meet.

mod batch;
mod from_wire;
pub(crate) mod moment;
mod numbers;
pub(crate) mod registry;
mod to_wire;
mod violation;

pub(crate) use batch::{Brief, Detail, Sheet};
pub(crate) use from_wire::{audit, locate, questions};
pub(crate) use to_wire::{audited, located};
pub(crate) use violation::Violation;
