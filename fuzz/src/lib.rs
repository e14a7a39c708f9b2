//! Entry points for fuzzing: each takes any bytes, and holds what must be true whatever they are. Tags and signatures
//! are made here where that lets the bytes reach what is behind them.
//!
//! The fuzzer calls them, and so do plain tests, one of each crate, with the corpus and changes of it.

pub mod attest;
pub mod oidc;
pub mod probe;
