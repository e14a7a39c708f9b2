//! Systems of several kinds, made of files: what they say of themselves, and what they could prove.

mod doctor;
mod inventory;
mod tree;
