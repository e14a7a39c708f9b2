//! What the rules say of a chip, a place, a party and a date.
//!
//! A [`Book`] holds instruments, groups of countries, chips and red flags as dated, sourced data, read from files that a
//! lawyer can read. A [`Law`] is a book at a [`Stand`]: a day, what was known on a day, and whether the text counts or
//! what is enforced. From a law and facts come classes of goods and a [`Decision`] with every reason. What is not known
//! stays not known: a decision says the best and the worst that it leaves possible.
//!
//! Pure: no clock, no chance, no I/O but the files that are built in. Nothing here is legal advice.

pub mod address;
pub mod book;
pub mod built_in;
pub mod classify;
pub mod compare;
pub mod country;
pub mod cut;
pub mod date;
pub mod decide;
pub mod decision;
pub mod digest;
mod exact;
pub mod example;
pub mod fault;
mod feasible;
mod figures;
pub mod flag;
pub mod flags;
pub mod fold;
pub mod force;
mod formula;
pub mod groups_check;
pub mod groups_csv;
pub mod groups_known;
pub mod history;
pub mod iso;
mod judge;
pub mod law;
pub mod limits;
pub mod links;
mod margin;
pub mod measure;
mod missing;
pub mod name;
pub mod ownership;
pub mod party;
pub mod placement;
pub mod read;
pub mod record;
pub mod region;
pub mod replay;
pub mod rule;
pub mod signature;
pub mod sku;
pub mod source;
pub mod spot;
pub mod stand;
pub mod transfer;
pub mod tri;
pub mod usage;
pub mod value;

pub use book::{Book, Files};
pub use classify::Classification;
pub use country::{Countries, Country};
pub use date::Date;
pub use decide::{Case, decide};
pub use decision::{Decision, Outcome, Ruling};
pub use example::Example;
pub use fault::Fault;
pub use law::Law;
pub use measure::{Measure, Span};
pub use sku::Sku;
pub use stand::{Sense, Stand};
pub use tri::Tri;
