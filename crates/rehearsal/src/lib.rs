//! Whole systems on one machine: a service, landmarks and agents with real sockets, in a WAN in a box.
//!
//! Knows every program and wires them together, for the demo, for attacks that are to be tried out, and for tests
//! of the whole. It knows what a rehearsal hides: everything here runs on loopback, keys are software, and time
//! between sessions may run faster than clocks. Everything that comes of it is marked so by the service itself.

mod attack;
mod cast;
mod demo_cast;
mod error;
mod seen;
mod stage;
mod tranche;

pub use attack::{ATTACKS, Scene, Tried, attack};
pub use cast::{AgentPart, Cast, LandmarkPart, SitePart, Spot};
pub use error::RehearsalError;
pub use seen::{Asked, Replay, Sight, Told};
pub use stage::{Outcome, Stage, StageSettings};
pub use tranche::{judge, sightings};
