//! What the tests over the wire share: worlds made from a seed, and a server in this process.

pub mod fleet;
mod ground;
mod house;
pub mod paper;
pub mod players;
mod seed;
pub mod trust;
mod world;

pub use ground::Ground;
pub use house::House;
pub use seed::Seed;
pub use trust::Trust;
pub use world::{Chip, World};
