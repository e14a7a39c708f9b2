//! The contract of Lightcone.
