//! A wide area network in a box: real datagrams between real sockets, delayed in user space.
//!
//! Hosts have places and addresses; between each ordered pair of them lies a [`Path`] with a delay, jitter and
//! loss, from a table of round trips, from geography, or fixed. A host that serves is reached at a *front* address;
//! the relay behind it carries every datagram to the real socket, and every answer back, as late as the path says
//! and never earlier. Attacks are switched on and off while it runs.
//!
//! This crate knows places, delays, sockets and one clock. It knows nothing of what the datagrams say: to it a
//! challenge is 168 bytes. It needs no privileges and no support of the kernel's for delays; it does need Linux.

pub mod attack;
pub mod clock;
mod error;
mod flow;
pub mod geography;
pub mod host;
pub mod path;
pub mod paths;
mod queue;
mod relay;
mod rules;
pub mod stats;
pub mod stretch;
pub mod table;
mod wan;
mod world;

pub use attack::{Attack, AttackId, Target};
pub use error::WanError;
pub use geography::Geography;
pub use host::{Host, HostId, Place, Service, Source};
pub use path::{Jitter, Path};
pub use paths::Paths;
pub use stats::{Lateness, PathStats, Totals};
pub use table::RoundTrips;
pub use wan::{SeenAs, Settings, Wan};

/// The most hosts of one WAN: the table of paths grows with their square.
pub const HOSTS_MAX: usize = 512;
/// The longest datagram that is carried, in bytes: what fits a frame of 1,500 bytes under IPv4. A longer one is
/// dropped and counted, as a network without fragments does.
pub const DATAGRAM_MAX: usize = 1_472;
/// The length of a challenge and of its answer, in bytes: all that the relay knows of them.
pub const PROBE_BYTES: usize = 168;
