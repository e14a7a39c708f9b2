//! What was found, as the wire has it and as the core has it: the door of this crate.

mod replay;
mod sight;

pub use replay::Replay;
pub use sight::{Asked, Sight, Told};
pub(crate) use sight::{point, site};
