//! Machines that do not exist: evidence with the right form, signed under roots of our own.

pub mod snp;
