//! Who may do what: subjects, their roles, and the policy set that decides.
//!
//! Knows no wire, database or clock. A program says who calls ([`Subject`]), which call it is and what record it is
//! about ([`Record`]); a [`Decision`] comes out, with the names of the rules that made it. Nothing is allowed that no
//! rule allows, and one rule that forbids outweighs all that allow.
//!
//! Two questions are asked of the one set: whether a role may make a call at all ([`Policy::call`]), and whether this
//! subject may reach this record ([`Policy::reach`]). A call needs both where it is about a record.

mod decision;
mod directory;
pub mod grid;
mod policy;
mod record;
mod role;
mod subject;

pub use decision::Decision;
pub use directory::{DIRECTORY_BYTES_MAX, Directory, InvalidDirectory};
pub use policy::{Fault, InvalidPolicy, POLICIES_BYTES_MAX, Policy};
pub use record::{Act, Kind, Record};
pub use role::{Role, UnknownRole};
pub use subject::{Itself, Proof, Subject};
