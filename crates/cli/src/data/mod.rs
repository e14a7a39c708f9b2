//! Input files: who stands where, and what was measured.

#[cfg(feature = "policy")]
pub(crate) mod book;
mod decimal;
mod nodes;
mod table;
mod trips;

pub(crate) use nodes::{Node, Nodes, Role};
pub(crate) use trips::Trips;
