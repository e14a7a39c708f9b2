//! The registry: landmarks, sites, agents, chips and papers, alike where they can be.

mod agent;
mod chip;
mod landmark;
mod party;
mod registrar;
mod site;
mod sku;
mod transfer;

pub(crate) use landmark::Landmarks;
pub(crate) use registrar::Registrar;
