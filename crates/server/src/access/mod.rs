//! Who may: callers get names before any handler runs, and what each may do is asked of one policy set.
//!
//! `authenticate` says who calls, by certificate and token; `layer` asks whether the call may be made at all and cuts
//! off calls whose caller ceases to be entitled; `gate` is what handlers ask about records; `notes` keeps who of one
//! tenant was shown what of another's. Rules and directory are files that `rules` reads again when they change.

mod areas;
mod authenticate;
mod caller;
mod gate;
mod layer;
mod notes;
mod revocable;
mod rules;

pub(crate) use authenticate::Authenticator;
pub(crate) use caller::{Caller, caller, errand};
pub(crate) use gate::{Gate, Goal, Scope};
pub(crate) use layer::AccessLayer;
pub use rules::UnusableRules;
pub(crate) use rules::{RuleFiles, Rules, version_of};
