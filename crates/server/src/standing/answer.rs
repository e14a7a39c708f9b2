//! Answers to outsiders, and what of verdicts they are made of.

use lightcone_store::{Agent, Chip, Site};
use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::epoch::{Epoch, is_fresh};
use super::told::{Declared, Jurisdictions, Mark, Told};

/// What outsiders are told of a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The chip's id.
    pub(crate) chip: String,
    /// Whether it answers.
    pub(crate) contact: Contact,
    /// The jurisdictions still possible; empty: nothing is proven.
    pub(crate) jurisdictions: Jurisdictions,
    /// How well the answering key is tied to a chip, as the contract counts.
    pub(crate) residency: i32,
    /// The cell that its owner claims; empty: none.
    pub(crate) cell: String,
    /// How long this stands.
    pub(crate) epoch: Epoch,
}

/// Whether a chip answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Contact {
    /// Its agent kept its last session.
    Answering,
    /// Its agent missed its last session.
    Silent,
    /// It never answered.
    Never,
}

/// What of an agent's latest verdict an answer is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    /// The destinations that its region touches; empty: it proves nothing.
    pub(crate) found: Jurisdictions,
    /// How well its key is tied to a chip, as the contract counts.
    pub(crate) residency: i32,
    /// Whether it cannot be where its site is declared to be.
    pub(crate) is_elsewhere: bool,
    /// The moment that it speaks of, in verdict time.
    pub(crate) seen_ns: i64,
}

impl Answer {
    /// What is told of a chip whose agent was as `mark` says when its place was looked at.
    pub(crate) fn new(chip: &Chip, mark: Option<Mark>, told: &Told, epoch: Epoch) -> Self {
        let is_placed = mark.is_some_and(|mark| mark.is_placed);
        Self {
            chip: chip.id.clone(),
            contact: mark.map_or(Contact::Never, |mark| mark.contact),
            jurisdictions: if is_placed { told.jurisdictions.clone() } else { Jurisdictions::new() },
            residency: mark.map_or(0, |mark| mark.residency),
            cell: told.cell.clone(),
            epoch,
        }
    }
}

impl Mark {
    /// How an agent is by its latest verdict.
    pub(crate) fn of(agent: &Agent, sight: &Sight, now_ns: i64) -> Self {
        Self {
            contact: if agent.missed_sessions > 0 { Contact::Silent } else { Contact::Answering },
            residency: sight.residency,
            is_placed: !sight.found.is_empty() && is_fresh(sight.seen_ns, now_ns),
        }
    }
}

impl Declared {
    /// What an owner declares of a site.
    pub(crate) fn of(site: &Site) -> Self {
        let point = site.latitude_nd.zip(site.longitude_nd);
        let point =
            point.and_then(|(latitude, longitude)| lightcone_core::Point::from_ndeg(latitude, longitude));
        let cell = point.map(|point| Cell::of(point).to_string()).unwrap_or_default();
        Self { record: site.etag.clone(), cell }
    }
}
