//! The method held against nodes whose true place is known: who is judged, by whom, and how it came out.

mod judged;
mod subjects;
mod summary;

pub(crate) use judged::{Judge, write_rows};
pub(crate) use subjects::Subjects;
pub(crate) use summary::write as write_summary;
