//! The services of Lightcone over gRPC.
//!
//! Knows the wire, the pool and the clock. It knows no geometry: what is asked goes through a door
//! (`wire`), is computed by `lightcone-core` on the pool's threads, and comes back through the door. No
//! thread that serves sockets computes.

mod accept;
mod access;
mod admin;
mod attesting;
mod beacon;
mod changes;
mod clock;
mod compute;
pub mod config;
mod context;
mod deadline;
mod decisions;
mod doors;
mod drain;
mod enrolling;
mod folder;
pub mod limits;
mod measuring;
mod observe;
mod pace;
mod papers;
mod placing;
mod rules;
mod run;
mod server;
mod service;
mod sizes;
mod standing;
mod status;
mod tables;
pub mod telemetry;
mod usage;
mod web;
mod whatif;
mod wire;

pub use access::UnusableRules;
pub use config::Config;
pub use rules::UnusableBook;
pub use run::{ServeError, run, run_until};
pub use server::Server;
pub use wire::places::to_keep as places_to_keep;
