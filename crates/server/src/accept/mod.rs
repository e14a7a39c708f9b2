//! Accepting connections: how many, from where, and how long each may do what.
//!
//! tonic's own loop keeps a socket that never says a word open for ever, closes old connections without a word
//! where calls are given a time to end, and leaves its connections running when it is dropped. This one counts
//! connections, gives each a time to its first request, asks those to go that are idle or old, and closes all with
//! its door.

mod activity;
mod caps;
mod connection;
mod door;
mod entrance;
mod handshake;
mod peering;
mod speech;
mod trouble;
mod vigil;

pub(crate) use caps::Caps;
pub(crate) use door::Door;
pub(crate) use peering::{Peering, Vouched};
pub(crate) use speech::Speech;
pub(crate) use vigil::Times;
