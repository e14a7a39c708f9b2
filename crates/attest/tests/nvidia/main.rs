//! Reports of NVIDIA's devices: the maker's samples, changed ones, and ones under an authority of our own.

mod appraisals;
mod devices;
mod flips;
mod forged;
mod measurements;
mod vectors;
