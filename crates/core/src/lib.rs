//! What is true: round trips to known places go in; the proven region, the jurisdictions still possible
//! and a finding come out.
//!
//! This crate knows physics, the shape of the Earth and its borders. It knows no clock, file, socket,
//! thread, database or wire format: the same evidence gives the same bits on every host.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod cap;
pub mod direction;
pub mod ellipsoid;
pub mod landmark;
pub mod light;
pub mod point;
pub mod region;
pub mod units;

pub use cap::Cap;
pub use direction::Direction;
pub use landmark::{Landmark, LandmarkId, Mesh, Observation};
pub use light::LightMode;
pub use point::Point;
pub use region::{Evidence, Region};
pub use units::{Age, ClockError, Metres, RoundTrip};
