//! What is kept: the one crate that speaks SQL.
//!
//! Knows rows, transactions and two engines: SQLite, embedded, and PostgreSQL. It knows no wire message, no
//! geometry and no clock: what is kept is bytes and integers to it, and every time is an argument. A method
//! that returned has committed; nothing else counts as an answer.

mod error;
mod filter;
pub mod record;
mod request;
mod store;
mod value;

pub use error::StoreError;
pub use filter::{AlertFilter, Filter, LIST_MAX, PageRequest, VerdictFilter};
pub use record::*;
pub use request::Request;
pub use store::{
    Arrival, Attested, CREATE_MANY_MAX, Closed, Evidence, INGEST_MAX, Ingested, Judged, MeshPairs, Outcome,
    Purged, Registry, Retention, Sessions, Store, Supervision, Verdicts,
};
pub use value::UnknownWord;
