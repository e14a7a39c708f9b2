//! The registry: landmarks, sites, agents and chips, alike where they can be.

mod agent;
mod chip;
mod landmark;
mod mesh;
mod registrar;
mod site;

pub(crate) use registrar::Registrar;
