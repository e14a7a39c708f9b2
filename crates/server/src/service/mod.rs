//! The services.

mod batch;
mod location;
mod slice;

pub(crate) use location::Location;
