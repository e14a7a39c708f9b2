//! The services.

mod alert;
mod batch;
pub(crate) mod caller;
mod flight;
mod location;
mod registry;
mod slice;

pub(crate) use alert::Alerts;
pub(crate) use location::Location;
pub(crate) use registry::Registrar;
