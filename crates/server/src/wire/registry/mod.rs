//! The registry's door: landmarks, sites, agents, chips and papers, one set of requests.

mod agent;
mod alert;
mod chip;
pub(crate) mod enrolment;
mod entry;
mod key;
mod kind;
mod landmark;
mod mask;
mod name;
mod once;
mod page;
mod place;
mod requests;
mod site;
mod text;
mod tie;

pub(crate) use alert::{alert, alerts, shown_alerts};
pub(crate) use entry::{Amendment, Entry, Retirement, Start, amend, batch, create, retire};
pub(crate) use kind::{By, Garbled, Kind, Origin};
pub(crate) use once::once;
pub(crate) use page::{Listing, Page};
pub(crate) use requests::{Create, Many, Named, Retire, Update, Written};
pub(crate) use site::asked;
pub(crate) use text::{optional, required};
pub(crate) use tie::{Pairing, pairing, ties, ties_of};
