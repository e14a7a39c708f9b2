//! The same questions asked of a server. The answer is made back into the core's words, so that every form
//! of output is the same as offline.

mod client;
mod from_wire;
mod to_wire;

pub(crate) use client::{Ask, Remote};
