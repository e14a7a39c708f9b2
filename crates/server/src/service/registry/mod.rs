//! The registry: landmarks, sites, agents and chips, alike where they can be.

mod agent;
mod chip;
mod landmark;
mod registrar;
mod site;

pub(crate) use landmark::Landmarks;
pub(crate) use registrar::Registrar;
