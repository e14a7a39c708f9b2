//! The landmark daemon: at a known place, it challenges, holds the stopwatch, signs and uploads.
//!
//! The service tells it whom to challenge; it challenges nobody else and knows nothing more of them than their key
//! in one session. What it saw is signed, kept on disk until the service has it for good, and sent. It must not know
//! what a region is or what was found of anybody.

mod carrier;
mod config;
mod desk;
mod error;
#[cfg(feature = "attack")]
mod lie;
mod measure;
mod mesh;
mod orders;
mod outbox;
mod run;
mod upload;
mod watch;

pub use config::{Config, InvalidSetting, PORT};
pub use error::LandmarkError;
#[cfg(feature = "attack")]
pub use lie::Lie;
pub use outbox::{Outbox, OutboxError};
pub use run::{Keys, Landmark, run};
