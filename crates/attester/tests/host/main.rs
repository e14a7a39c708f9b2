//! Systems of several kinds, made of files: what they say of themselves, and what they could prove.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod doctor;
mod inventory;
mod tree;
