//! The services.

mod access;
mod alert;
mod attestation;
mod batch;
mod case;
mod comparison;
mod enrolment;
mod events;
mod export;
mod flight;
mod location;
mod measurement;
mod operation;
mod placement;
mod policy;
mod registry;
mod session;
mod slice;
mod standing;
mod verdict;

pub(crate) use access::Accesses;
pub(crate) use alert::Alerts;
pub(crate) use attestation::Attestations;
pub(crate) use case::Cases;
pub(crate) use comparison::Comparing;
pub(crate) use enrolment::Enrolments;
pub(crate) use export::Exports;
pub(crate) use location::Location;
pub(crate) use measurement::Measurements;
pub(crate) use operation::LongWork;
pub(crate) use placement::PlacementsOf;
pub(crate) use policy::Policies;
pub(crate) use registry::{Landmarks, Registrar};
pub(crate) use session::Sessions;
pub(crate) use standing::Standings;
pub(crate) use verdict::Verdicts;
