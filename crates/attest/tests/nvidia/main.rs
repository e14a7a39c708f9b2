//! Reports of NVIDIA's devices: the maker's samples, changed ones, and ones under an authority of our own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests may fail loudly")]

mod appraisals;
mod devices;
mod flips;
mod forged;
mod measurements;
mod vectors;
