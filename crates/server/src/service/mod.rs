//! The services.

mod batch;
mod flight;
mod location;
mod slice;

pub(crate) use location::Location;
