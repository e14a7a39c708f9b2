//! Documents that are true: their commands run, their links lead somewhere, the tests that they name exist.

use toml::Table;

use crate::tree::{self, Source};
use crate::{Complaints, assert_none, assert_one};

const README_LINES_MAX: usize = 120;
const ARCHITECTURE_LINES_MAX: usize = 290;
/// Folders so common that a path through them says nothing about one machine.
const COMMON_FOLDERS: [&str; 9] =
    ["/", "/home", "/mnt", "/opt", "/root", "/srv", "/tmp", "/usr/src", "/var/tmp"];

#[test]
fn the_readme_is_short_and_ci_runs_its_commands() {
    assert_none(&too_long("README.md", &tree::read("README.md"), README_LINES_MAX));
    assert_none(&not_in_ci(&tree::read("README.md"), &tree::read(".ci/run")));
}

#[test]
fn the_readme_shows_what_the_program_tells() {
    let told = tree::read("crates/cli/tests/golden/demo.txt");
    assert_none(&not_told(&tree::read("README.md"), &told));
}

#[test]
fn every_invariant_names_a_test() {
    let architecture = tree::read("ARCHITECTURE.md");
    assert_none(&too_long("ARCHITECTURE.md", &architecture, ARCHITECTURE_LINES_MAX));
    let invariants = invariants(&architecture);
    assert!(invariants.len() >= 10, "only {} invariants found", invariants.len());
    assert_none(&untested("ARCHITECTURE.md", &invariants));
    let theory = tree::read("docs/theory.md");
    let sentences: Vec<&str> =
        theory.split("\n\n").filter(|paragraph| paragraph.contains("MUST")).skip(1).collect();
    assert!(sentences.len() >= 20, "only {} sentences found", sentences.len());
    assert_none(&untested("docs/theory.md", &sentences));
}

#[test]
fn every_test_that_a_document_names_exists() {
    let find = |path: &str| tree::files().iter().any(|file| file == path).then(|| tree::read(path));
    assert_none(
        &tree::sources(".md").iter().flat_map(|source| unknown_tests(source, find)).collect::<Vec<_>>(),
    );
}

#[test]
fn every_link_leads_somewhere() {
    let exists = |path: &str| tree::root().join(path).exists();
    assert_none(
        &tree::sources(".md").iter().flat_map(|source| dead_links(source, exists)).collect::<Vec<_>>(),
    );
}

#[test]
fn the_summary_lists_every_document() {
    assert_none(&unlisted(&tree::read("docs/SUMMARY.md"), &tree::files()));
}

#[test]
fn the_changelog_knows_the_version() {
    let manifest: Table = tree::read("Cargo.toml").parse().unwrap();
    let version = manifest["workspace"]["package"]["version"].as_str().unwrap();
    assert_none(&unlogged(&tree::read("CHANGELOG.md"), version));
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let files = tree::files();
    let names = files.iter().filter_map(|path| path.strip_prefix("docs/decisions/"));
    let names: Vec<&str> = names.filter(|name| !name.contains('/')).collect(); // trials lie in folders beside
    assert!(names.len() >= 2, "only {} decisions found", names.len());
    assert_none(&misnumbered(&names));
}

#[test]
fn no_file_knows_the_machine_that_it_was_written_on() {
    let root = tree::root().canonicalize().unwrap();
    let mut paths = vec![root.to_str().unwrap()];
    let parent = root.parent().and_then(|parent| parent.to_str()).unwrap_or("/");
    if !COMMON_FOLDERS.contains(&parent) {
        paths.push(parent);
    }
    let complaints = tree::files().into_iter().filter_map(|file| {
        let bytes = std::fs::read(tree::root().join(&file)).unwrap();
        names_a_folder(&bytes, &paths).map(|path| format!("{file}: holds the path {path}"))
    });
    assert_none(&complaints.collect::<Vec<_>>());
}

fn too_long(path: &str, text: &str, most: usize) -> Complaints {
    let lines = text.lines().count();
    (lines > most).then(|| format!("{path}: {lines} lines, more than {most}")).into_iter().collect()
}

/// The README's first command and its test command, unless CI runs them as they stand.
fn not_in_ci(readme: &str, ci: &str) -> Complaints {
    let commands = commands(readme);
    let first = commands.first().copied().unwrap_or_default();
    let test = commands.iter().find(|command| command.starts_with("cargo test")).copied().unwrap_or_default();
    let runs =
        |command: &str| !command.is_empty() && ci.lines().any(|line| line.trim_end().ends_with(command));
    let missing = [("first", first), ("test", test)].into_iter().filter(|(_, command)| !runs(command));
    missing
        .map(|(which, command)| format!("README.md: CI does not run its {which} command `{command}`"))
        .collect()
}

/// Lines of the README's first output that the program did not tell in the run that its golden file holds.
fn not_told(readme: &str, told: &str) -> Complaints {
    let shown =
        readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let false_lines = shown.lines().filter(|line| !told.lines().any(|known| known == *line));
    let none = shown.is_empty().then(|| "README.md: shows no output".to_owned());
    false_lines
        .map(|line| format!("README.md: shows what the program does not tell: {line}"))
        .chain(none)
        .collect()
}

/// The lines of all shell blocks.
fn commands(text: &str) -> Vec<&str> {
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// The numbered items under the heading `Invariants`.
fn invariants(text: &str) -> Vec<&str> {
    let section = text.split("\n## ").find(|section| section.starts_with("Invariants")).unwrap_or_default();
    let mut starts: Vec<usize> =
        section.match_indices('\n').map(|(at, _)| at + 1).filter(|at| is_item(&section[*at..])).collect();
    starts.push(section.len());
    starts.windows(2).map(|pair| &section[pair[0]..pair[1]]).collect()
}

fn is_item(line: &str) -> bool {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    digits > 0 && line[digits..].starts_with(". ")
}

fn untested(path: &str, statements: &[&str]) -> Complaints {
    let silent = statements.iter().filter(|statement| named_tests(statement).is_empty());
    silent
        .map(|statement| format!("{path}: names no test: {}", statement.lines().next().unwrap_or_default()))
        .collect()
}

/// Every `path.rs::name` between backticks.
fn named_tests(text: &str) -> Vec<(&str, &str)> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|code| code.split_once("::"))
        .filter(|(path, _)| path.ends_with(".rs") && path.contains('/'))
        .collect()
}

fn unknown_tests(source: &Source, find: impl Fn(&str) -> Option<String>) -> Complaints {
    let unknown = named_tests(&source.text).into_iter().filter(|(path, name)| {
        let text = find(path).unwrap_or_default();
        !text.contains(&format!("fn {name}(")) && !text.contains(&format!("fn {name}<"))
    });
    unknown
        .map(|(path, name)| format!("{}: names `{path}::{name}`, which does not exist", source.path))
        .collect()
}

fn dead_links(source: &Source, exists: impl Fn(&str) -> bool) -> Complaints {
    let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let targets = source.text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let local = targets.filter(|target| {
        !target.contains("://") && !target.starts_with(['#', '<']) && !target.starts_with("mailto:")
    });
    let dead = local.filter(|target| {
        let path = target.split('#').next().unwrap_or_default();
        !exists(&join(folder, path))
    });
    dead.map(|target| format!("{}: links to {target}, which is not there", source.path)).collect()
}

/// A path from the root, of one that begins in a folder.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn unlisted(summary: &str, files: &[String]) -> Complaints {
    let pages =
        files.iter().filter_map(|file| file.strip_prefix("docs/")).filter(|page| page.ends_with(".md"));
    let missing = pages.filter(|page| *page != "SUMMARY.md" && !summary.contains(&format!("]({page})")));
    missing.map(|page| format!("docs/SUMMARY.md: does not list {page}")).collect()
}

fn unlogged(changelog: &str, version: &str) -> Complaints {
    let entry = format!("## [{version}]");
    let found = changelog.lines().any(|line| line.starts_with(&entry));
    (!found).then(|| format!("CHANGELOG.md: has no entry `{entry}`")).into_iter().collect()
}

fn misnumbered(names: &[&str]) -> Complaints {
    let wrong =
        names.iter().enumerate().filter(|(index, name)| !name.starts_with(&format!("{:04}-", index + 1)));
    wrong.map(|(index, name)| format!("docs/decisions/{name}: is not number {:04}", index + 1)).collect()
}

/// The path that a file holds, if any: as a whole or as the beginning of a longer one.
fn names_a_folder<'a>(bytes: &[u8], paths: &[&'a str]) -> Option<&'a str> {
    let ends =
        |after: Option<&u8>| after.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"-_.".contains(byte));
    let begins = |before: Option<&u8>| {
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"-_./~}".contains(byte))
    };
    let found = |path: &&&str| {
        bytes.windows(path.len()).enumerate().any(|(at, window)| {
            window == path.as_bytes()
                && ends(bytes.get(at + path.len()))
                && begins(at.checked_sub(1).map(|before| &bytes[before]))
        })
    };
    paths.iter().find(found).copied()
}

#[cfg(test)]
mod planted {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn a_command_that_ci_does_not_run_is_told() {
        let readme = "x\n```sh\ncargo run -- a\n```\n```sh\n# Tests.\ncargo test --workspace\n```\n";
        assert_none(&not_in_ci(readme, "step 'first' cargo run -- a\ncargo test --workspace"));
        assert_one(
            &not_in_ci(readme, "cargo run -- a b\ncargo test --workspace"),
            "first command `cargo run -- a`",
        );
        assert_one(&not_in_ci(readme, "cargo run -- a\ncargo test"), "test command");
        assert_eq!(not_in_ci("no commands", "").len(), 2);
        assert_one(&too_long("README.md", &"x\n".repeat(121), 120), "121 lines");
    }

    #[test]
    fn an_output_that_the_program_does_not_tell_is_told() {
        let readme = "```text\nA\n  b 1\n```\n";
        assert_none(&not_told(readme, "A\n  more\n  b 1\n"));
        assert_one(&not_told(readme, "A\n  b 2\n"), "  b 1");
        assert_one(&not_told("nothing", "A"), "no output");
    }

    #[test]
    fn an_invariant_without_a_test_is_told() {
        let text = "# A\n\n## Invariants\n\n1. One.\n   `a/b.rs::c`\n2. Two `std::x`.\n10. Ten. `d/e.rs::f`\n\n## Next\n\n1. Not one.\n";
        let found = invariants(text);
        assert_eq!(found.len(), 3);
        assert_one(&untested("x", &found), "names no test: 2. Two");
    }

    #[test]
    fn a_test_that_does_not_exist_is_told() {
        let find = |path: &str| (path == "a/b.rs").then(|| "fn c() {}\nfn d_e() {}".to_owned());
        assert_none(&unknown_tests(&source("x.md", "`a/b.rs::c` and `core::x`"), find));
        assert_one(&unknown_tests(&source("x.md", "`a/b.rs::d`"), find), "a/b.rs::d");
        assert_one(&unknown_tests(&source("x.md", "`a/c.rs::c`"), find), "a/c.rs::c");
    }

    #[test]
    fn a_dead_link_is_told() {
        let exists = |path: &str| ["docs/a.md", "README.md"].contains(&path);
        let text = "[a](a.md#part) [b](../README.md) [c](https://x.y) [d](#here) [e](gone.md)";
        assert_one(&dead_links(&source("docs/b.md", text), exists), "links to gone.md");
    }

    #[test]
    fn a_document_that_is_not_listed_is_told() {
        let files = ["docs/SUMMARY.md", "docs/a.md", "docs/b/c.md", "README.md"].map(str::to_owned);
        assert_none(&unlisted("[a](a.md) [c](b/c.md)", &files));
        assert_one(&unlisted("[a](a.md)", &files), "does not list b/c.md");
    }

    #[test]
    fn a_version_without_an_entry_is_told() {
        assert_none(&unlogged("# C\n\n## [1.2.3] - unreleased\n", "1.2.3"));
        assert_one(&unlogged("# C\n\n## [1.2.4]\n", "1.2.3"), "[1.2.3]");
    }

    #[test]
    fn a_gap_between_decisions_is_told() {
        assert_none(&misnumbered(&["0001-a.md", "0002-b.md"]));
        assert_one(&misnumbered(&["0001-a.md", "0003-c.md"]), "0003-c.md: is not number 0002");
    }

    #[test]
    fn a_path_of_one_machine_is_told() {
        let check = |text: &str| names_a_folder(text.as_bytes(), &["/builds/x"]);
        assert_eq!(check("see /builds/x/y"), Some("/builds/x"));
        assert_eq!(check("cd /builds/x"), Some("/builds/x"));
        assert_eq!(check("/builds/xy or https://a.b/builds/x or ${A}/builds/x"), None);
    }
}
