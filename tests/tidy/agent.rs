//! The agent acts on nothing that it is sent: it makes three calls, runs nothing, loads nothing, writes no file.

use crate::lexer;
use crate::tree::{self, Source};
use crate::{Complaints, assert_none, assert_one};

const AGENT: &str = "crates/agent/src/";
/// The calls that it makes. What their answers may hold is the frozen list of `tests/e2e/golden`.
const CALLS: [&str; 3] = ["attend", "attest", "close_session"];
/// The one service that it speaks to, as its client's module is named.
const CLIENT: &str = "session_service_client";
/// Words by which a program runs, loads, writes or is trusted blindly.
const ACTS: [&str; 19] = [
    "Command",
    "File",
    "OpenOptions",
    "create_dir",
    "create_dir_all",
    "dlopen",
    "exec",
    "fs",
    "libc",
    "libloading",
    "mmap",
    "process",
    "remove_file",
    "rename",
    "set_permissions",
    "store",
    "transmute",
    "unsafe",
    "write_all",
];

#[test]
fn the_agent_runs_nothing_loads_nothing_and_writes_no_file() {
    let sources = agent();
    assert_none(&sources.iter().flat_map(|source| named(source, &ACTS)).collect::<Vec<_>>());
}

#[test]
fn the_agent_makes_three_calls_of_one_service() {
    let sources = agent();
    assert_none(&sources.iter().flat_map(other_clients).collect::<Vec<_>>());
    let calls = lightcone_calls();
    let others: Vec<&str> = calls.iter().map(String::as_str).filter(|call| !CALLS.contains(call)).collect();
    assert!(others.len() > 10, "too few calls known to hold the agent against: {others:?}");
    let called = |source: &Source| {
        let code = lexer::blank(&source.text);
        let made = others.iter().filter(|call| code.contains(&format!(".{call}(")));
        made.map(|call| format!("{}: calls `{call}`", source.path)).collect::<Complaints>()
    };
    assert_none(&sources.iter().flat_map(called).collect::<Vec<_>>());
    for call in CALLS {
        let is_made = sources.iter().any(|source| source.text.contains(&format!(".{call}(")));
        assert!(is_made, "`{call}` is not called: the list is out of date");
    }
}

fn agent() -> Vec<Source> {
    let sources: Vec<Source> =
        tree::sources(".rs").into_iter().filter(|source| source.path.starts_with(AGENT)).collect();
    assert!(sources.len() > 5, "only {} files of the agent found", sources.len());
    sources
}

/// Every call of the contract, as clients have it.
fn lightcone_calls() -> Vec<String> {
    let protos = tree::sources(".proto");
    let lines = protos.iter().flat_map(|proto| proto.text.lines());
    let names = lines.filter_map(|line| line.trim().strip_prefix("rpc ")?.split('(').next());
    names.map(snake).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// Words of product code that are among those forbidden.
fn named(source: &Source, forbidden: &[&str]) -> Complaints {
    let code = lexer::blank(&source.text);
    let tests = lexer::tests(&code);
    let mut complaints = Vec::new();
    for (number, line) in code.lines().enumerate() {
        if tests.iter().any(|range| range.contains(&number)) {
            continue;
        }
        if let Some(word) = lexer::words(line).find(|word| forbidden.contains(word)) {
            complaints.push(format!("{}:{}: names `{word}`", source.path, number + 1));
        }
    }
    complaints
}

fn other_clients(source: &Source) -> Complaints {
    let code = lexer::blank(&source.text);
    let words = code.lines().flat_map(|line| lexer::words(line).collect::<Vec<_>>());
    let clients = words.filter(|word| word.ends_with("_client") && *word != CLIENT);
    clients.map(|client| format!("{}: has a `{client}`", source.path)).collect()
}

#[test]
fn a_planted_act_is_found() {
    let planted = |text: &str| Source { path: format!("{AGENT}x.rs"), text: text.to_owned() };
    assert_one(&named(&planted("fn f() { std::process::Command::new(\"sh\"); }"), &ACTS), "process");
    assert_none(&named(&planted("/// std::process\nfn f() { g(\"unsafe\"); }"), &ACTS));
    assert_none(&named(&planted("#[cfg(test)]\nmod tests {\n    use std::fs;\n}"), &ACTS));
    let other = planted("use lightcone::v1::verdict_service_client::VerdictServiceClient;");
    assert_one(&other_clients(&other), "verdict_service_client");
}
