//! What is kept: the one crate that speaks SQL.
