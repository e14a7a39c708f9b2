//! What is true: round trips to known places go in; the proven region, the jurisdictions still possible
//! and a finding come out.
//!
//! This crate knows physics, the shape of the Earth and its borders. It knows no clock, file, socket,
//! thread, database or wire format: the same evidence gives the same bits on every host.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod affiliation;
pub mod area;
pub mod audit;
pub mod borders;
pub mod canonical;
pub mod cap;
pub mod direction;
pub mod ellipsoid;
mod judge;
pub mod landmark;
pub mod light;
pub mod locate;
pub mod point;
pub mod question;
pub mod region;
pub mod residency;
mod settle;
pub mod stop;
mod suspect;
pub mod units;
pub mod verdict;
pub mod worldview;

pub use affiliation::Affiliation;
pub use area::{Area, AreaId, AreaSet};
pub use borders::Borders;
pub use cap::Cap;
pub use direction::Direction;
pub use landmark::{Landmark, LandmarkId, Mesh, Observation};
pub use light::LightMode;
pub use locate::{Inquiry, Located, Settings, locate};
pub use point::Point;
pub use question::{Finding, Question};
pub use region::{Evidence, Region};
pub use residency::Residency;
pub use stop::Stopped;
pub use units::{Age, ClockError, Metres, RoundTrip};
pub use verdict::Verdict;
pub use worldview::WorldviewId;
