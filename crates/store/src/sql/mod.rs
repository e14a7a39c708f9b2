//! SQL for both engines: one transaction type, one place where transactions begin, repeat and end.

mod database;
mod postgres;
mod sqlite;
mod statement;
mod tx;

pub(crate) use database::{Database, Work};
pub use database::{Finished, Observer};
pub(crate) use statement::select_from;
pub(crate) use tx::Tx;
