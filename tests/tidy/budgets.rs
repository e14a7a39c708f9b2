//! Budgets: how large files and functions may grow, and what no file may hold.

use crate::lexer;
use crate::tree::{self, Source};
use crate::{Complaints, assert_none, assert_one};

/// The longest file, its tests left out, in lines.
const FILE_LINES_MAX: usize = 500;
const FILE_LINES_P95: usize = 400;
const FILE_LINES_MEDIAN: usize = 150;
/// The longest function, comments included, in lines.
const FUNCTION_LINES_MAX: usize = 70;
const FUNCTION_LINES_P95: usize = 35;
const FUNCTION_LINES_MEDIAN: usize = 8;
/// Signs of unfinished work, as they stand in code.
const UNFINISHED: [&str; 5] = ["todo!", "unimplemented!", "dbg!", "#[ignore]", "#[ignore ="];

#[test]
fn files_and_functions_keep_to_their_budgets() {
    let sources = tree::sources(".rs");
    let product: Vec<&Source> = sources.iter().filter(|source| source.is_product()).collect();
    assert!(product.len() > 50, "only {} files found", product.len());
    let mut complaints: Complaints = product.iter().flat_map(|source| too_long(source)).collect();
    complaints.extend(spread(
        "files",
        product.iter().map(|source| lines(source)).collect(),
        FILE_LINES_MEDIAN,
        FILE_LINES_P95,
    ));
    let functions = product.iter().flat_map(|source| functions(source)).map(|function| function.lines);
    complaints.extend(spread("functions", functions.collect(), FUNCTION_LINES_MEDIAN, FUNCTION_LINES_P95));
    assert_none(&complaints);
}

#[test]
fn nothing_is_left_unfinished() {
    assert_none(&tree::sources(".rs").iter().flat_map(unfinished).collect::<Vec<_>>());
}

#[test]
fn every_crate_says_first_what_it_knows() {
    let sources = tree::sources(".rs");
    let heads = sources.iter().filter(|source| is_head(&source.path));
    assert_none(&heads.flat_map(headless).collect::<Vec<_>>());
}

/// Whether a file is the first of a crate.
fn is_head(path: &str) -> bool {
    ["src/lib.rs", "src/main.rs", "build.rs"]
        .iter()
        .any(|head| path == *head || path.ends_with(&format!("/{head}")))
}

/// Lines without the items that are compiled for tests only.
fn lines(source: &Source) -> usize {
    let tests = lexer::tests(&lexer::blank(&source.text));
    source.text.lines().count() - tests.iter().map(ExactSizeIterator::len).sum::<usize>()
}

/// Functions outside the items that are compiled for tests only.
fn functions(source: &Source) -> Vec<lexer::Function> {
    let code = lexer::blank(&source.text);
    let tests = lexer::tests(&code);
    let mut functions = lexer::functions(&code);
    functions.retain(|function| !tests.iter().any(|range| range.contains(&function.line)));
    functions
}

fn too_long(source: &Source) -> Complaints {
    let lines = lines(source);
    let file = (lines > FILE_LINES_MAX)
        .then(|| format!("{}: {lines} lines, more than {FILE_LINES_MAX}", source.path));
    let long = functions(source).into_iter().filter(|function| function.lines > FUNCTION_LINES_MAX);
    let long = long.map(|function| {
        let lexer::Function { name, line, lines } = function;
        format!("{}:{}: `{name}` has {lines} lines, more than {FUNCTION_LINES_MAX}", source.path, line + 1)
    });
    file.into_iter().chain(long).collect()
}

/// Complains when the median or the 95th percentile of some lengths is above its budget.
fn spread(what: &str, mut lengths: Vec<usize>, median: usize, p95: usize) -> Complaints {
    lengths.sort_unstable();
    let at = |share: usize| lengths[(lengths.len() * share).div_ceil(100).max(1) - 1];
    let over = [("median", at(50), median), ("95th percentile", at(95), p95)];
    let over = over.into_iter().filter(|(_, found, budget)| found > budget);
    over.map(|(name, found, budget)| format!("{what}: the {name} is {found} lines, more than {budget}"))
        .collect()
}

fn unfinished(source: &Source) -> Complaints {
    let code = lexer::blank(&source.text);
    let found = |sign: &&&str| {
        code.match_indices(**sign)
            .any(|(at, _)| !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
    };
    UNFINISHED.iter().filter(found).map(|sign| format!("{}: holds `{sign}`", source.path)).collect()
}

fn headless(source: &Source) -> Complaints {
    if source.text.starts_with("//! ") {
        Vec::new()
    } else {
        vec![format!("{}: does not begin with `//!`", source.path)]
    }
}

#[cfg(test)]
mod planted {
    use super::*;

    fn source(text: &str) -> Source {
        Source { path: "x.rs".into(), text: text.into() }
    }

    #[test]
    fn a_long_file_is_told_and_its_tests_do_not_count() {
        assert_one(&too_long(&source(&"x\n".repeat(501))), "501 lines");
        let tests = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "x\n".repeat(500), "y\n".repeat(99));
        assert_none(&too_long(&source(&tests)));
    }

    #[test]
    fn a_long_function_is_told_with_its_comments() {
        let function = |lines: usize| format!("fn long() {{\n{}}}\n", "// x\n".repeat(lines - 2));
        assert_none(&too_long(&source(&function(70))));
        assert_one(&too_long(&source(&function(71))), "x.rs:1: `long` has 71 lines");
    }

    #[test]
    fn many_middling_files_are_told() {
        assert_one(&spread("files", vec![10, 10, 10, 160, 160, 160, 160], 150, 400), "median is 160");
        assert_one(
            &spread("files", [vec![10; 18], vec![401; 2]].concat(), 150, 400),
            "95th percentile is 401",
        );
        assert_none(&spread("files", [vec![10; 19], vec![401; 1]].concat(), 150, 400));
    }

    #[test]
    fn unfinished_work_is_told_but_not_in_words() {
        for sign in ["todo!()", "unimplemented!(\"x\")", "dbg!(x)", "#[ignore]", "#[ignore = \"slow\"]"] {
            assert_one(&unfinished(&source(sign)), "holds");
        }
        assert_none(&unfinished(&source("// todo!\nlet x = \"dbg!\";")));
    }

    #[test]
    fn a_crate_without_a_word_is_told() {
        assert_one(&headless(&source("mod x;")), "does not begin");
        assert!(is_head("crates/x/src/lib.rs") && is_head("build.rs") && !is_head("crates/x/src/y.rs"));
    }
}
