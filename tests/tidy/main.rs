//! Tidy: the rules of the house that no compiler holds. Which way dependencies point, how large things may
//! grow, what every line of the contract says, and that the documents are true.
//!
//! Each rule is a function from text to complaints, so that a planted violation can show that it bites.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a rule that cannot read the tree has failed")]

mod agent;
mod arrows;
mod budgets;
mod contract;
mod documents;
mod lexer;
mod tree;

/// What a rule found wrong: one line each, beginning with the place.
type Complaints = Vec<String>;

#[track_caller]
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// Asserts that a planted violation is the only complaint, and that it is told by these words.
#[track_caller]
fn assert_one(complaints: &[String], words: &str) {
    assert!(
        complaints.len() == 1 && complaints[0].contains(words),
        "no single complaint of `{words}`: {complaints:?}"
    );
}
