//! What is kept: the one crate that speaks SQL.
//!
//! Knows rows, transactions and two engines: SQLite, embedded, and PostgreSQL. It knows no wire message, no
//! geometry and no time of day: what is kept is bytes and integers to it, and every time that is kept is an
//! argument. A method that returned has committed; nothing else counts as an answer.

mod access;
mod answer;
mod attestation;
mod case;
mod committer;
mod comparison;
mod complete;
mod decision;
mod error;
mod evidence;
mod filter;
mod ingest;
mod migrations;
mod paper;
mod placement;
mod purge;
pub mod record;
mod registry;
mod request;
mod rule_book;
mod scan;
mod session;
mod sql;
mod sql_store;
mod standing;
mod store;
mod supervision;
mod terms;
mod value;
mod verdict;

pub use error::StoreError;
pub use filter::{
    AccessFilter, AlertFilter, CaseFilter, DecisionFilter, Filter, LIST_MAX, PageRequest, UsageFilter,
    VerdictFilter,
};
pub use record::*;
pub use request::Request;
pub use sql::{Finished, Observer};
pub use sql_store::SqlStore;
pub use store::{
    ACCESSES_MAX, Accesses, Attestations, CREATE_MANY_MAX, Cases, Comparisons, DECISIONS_MAX, DEVICES_MAX,
    Decisions, Evidence, INGEST_MAX, PAPERS_MAX, PLACED_MAX, Papers, Placements, RULE_FILES_MAX, Registry,
    RuleBooks, SCANNED_MAX, SHARDS_MAX, Scans, Sessions, Standings, Store, Supervision, USAGES_MAX, Verdicts,
};
pub use terms::{
    Arrival, Attested, Closed, Ingested, Judged, MeshPairs, Outcome, Purged, Reach, Retention, ShardDone,
};
pub use value::UnknownWord;
