//! Entry points for fuzzing: each takes any bytes, and holds what must be true whatever they are. Tags and signatures
//! are made here where that lets the bytes reach what is behind them.
//!
//! The fuzzer calls them, and so does a plain test, with the corpus and changes of it.

mod agent;
mod documents;
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
