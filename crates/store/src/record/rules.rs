//! Rule books, their files, and the decisions that were made by them.

use crate::value::{row, words};

words! {
    /// Where a rule book stands.
    pub enum RuleBookState: "rule book state" {
        /// Entered; judges nothing but what-ifs.
        Draft = "DRAFT",
        /// Somebody asked that it become active.
        Requested = "REQUESTED",
        /// It judges.
        Active = "ACTIVE",
        /// Another became active after it.
        Retired = "RETIRED",
    }
}

row! {
    /// A rule book, without its files.
    pub struct RuleBook: "policyVersion" in "rule_books" {
        /// Goes up by one with every book; the store sets it, from 1.
        pub number: i64,
        /// SHA-256 of its files. No two books have the same.
        pub sha256: [u8; 32],
        /// What it calls itself.
        pub title: String,
        /// The day up to which its author looked for texts.
        pub as_of: String,
        /// Where it stands.
        pub state: RuleBookState,
        /// Why it was entered.
        pub note: String,
        /// Who entered it; empty: it came with a program.
        pub created_by: String,
        /// Who asked last that it become active.
        pub requested_by: String,
        /// Who agreed last.
        pub approved_by: String,
        /// Why that was asked.
        pub reason: String,
        /// When it was entered.
        pub create_time: i64,
        /// When somebody asked last that it become active.
        pub request_time: Option<i64>,
        /// When it became active last.
        pub activate_time: Option<i64>,
        /// When another took its place last.
        pub retire_time: Option<i64>,
        /// The key whose signature it bears; empty: none.
        pub signed_by: Vec<u8>,
        /// The signature; empty: none.
        pub signature: Vec<u8>,
    }
}

row! {
    /// A file of a rule book.
    pub struct RuleFile: "rule file" in "rule_files" {
        /// The number of its book.
        pub book: i64,
        /// Its path in the book.
        pub path: String,
        /// Its text.
        pub text: String,
    }
}

row! {
    /// A decision that was asked to be kept.
    pub struct Decision: "decision" in "decisions" {
        /// The id. Ids that sort by age make lists that do.
        pub id: String,
        /// Goes up by one with every decision, in the order of their commits; the store sets it.
        pub revision: i64,
        /// When it was made.
        pub create_time: i64,
        /// Whose it is.
        pub tenant: String,
        /// What it is about, as a resource name.
        pub subject: String,
        /// What sort of decision it is, such as `EXPORT`.
        pub kind: String,
        /// What it says, such as `LICENCE_REQUIRED`.
        pub outcome: String,
        /// The number of the book that it was made by.
        pub book: i64,
        /// At which moment, with which knowledge and in which sense, JSON.
        pub stand: String,
        /// What made it, such as `lightcone-policy/0.1.0`.
        pub engine: String,
        /// Its canonical bytes.
        pub canonical: Vec<u8>,
        /// The facts that it was made of.
        pub inputs: Vec<u8>,
        /// SHA-256 of them.
        pub inputs_sha256: [u8; 32],
        /// Who asked.
        pub asked_by: String,
    }
}

row! {
    /// What the answer to a request keeps of a decision.
    pub(crate) struct DecisionKey: "decision" in "decisions" {
        /// Its id.
        pub id: String,
    }
}
