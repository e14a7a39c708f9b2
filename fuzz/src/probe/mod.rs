//! The timed path: datagrams, signed documents, and both ends of a session.

mod agent;
mod documents;
#[expect(dead_code, reason = "the other entry points use the rest of it")]
#[path = "../input.rs"]
mod input;
mod landmark;
mod packets;

pub use agent::agent;
pub use documents::{orders, report, transcript};
pub use landmark::landmark;
pub use packets::{challenge, control, reflector, reply};

/// An entry point.
pub type Target = fn(&[u8]);

/// Every entry point with its name, which is also that of its corpus.
pub const TARGETS: [(&str, Target); 9] = [
    ("agent", agent),
    ("challenge", challenge),
    ("control", control),
    ("landmark", landmark),
    ("orders", orders),
    ("reflector", reflector),
    ("reply", reply),
    ("report", report),
    ("transcript", transcript),
];
