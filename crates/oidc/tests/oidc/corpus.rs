#![allow(unreachable_pub, reason = "the fuzzer's library, which also has callers elsewhere")]
#![allow(clippy::expect_used, reason = "what does not hold is to be loud")]

#[path = "../../../../fuzz/src/oidc.rs"]
mod entries;
#[path = "../../../../fuzz/src/corpus.rs"]
mod runner;

#[test]
fn the_corpus_and_changes_of_it_break_nothing() {
    runner::run(&entries::TARGETS);
}
