//! The entry points of fuzzing without a fuzzer: the committed corpus, and changes of it that are the same each time.
//! `LIGHTCONE_LONG` multiplies.

#![allow(dead_code, unreachable_pub, reason = "the fuzzer's library, which also has callers elsewhere")]
#![allow(clippy::expect_used, reason = "what does not hold is to be loud")]

#[path = "../../../fuzz/src/corpus.rs"]
mod corpus;
#[path = "../../../fuzz/src/probe/mod.rs"]
mod entries;

#[test]
fn the_corpus_and_changes_of_it_break_nothing() {
    corpus::run(&entries::TARGETS);
}
