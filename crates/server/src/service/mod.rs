//! The services.

mod alert;
mod attestation;
mod batch;
pub(crate) mod caller;
mod events;
mod flight;
mod location;
mod measurement;
mod registry;
mod session;
mod slice;
mod verdict;

pub(crate) use alert::Alerts;
pub(crate) use attestation::Attestations;
pub(crate) use location::Location;
pub(crate) use measurement::Measurements;
pub(crate) use registry::{Landmarks, Registrar};
pub(crate) use session::Sessions;
pub(crate) use verdict::Verdicts;
