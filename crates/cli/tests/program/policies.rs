//! Policies and directories of a server: checked and compared before they are in force.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Run, lightcone, with};

const RULE: &str =
    "@id(\"more\") permit (principal in Role::\"inspector\", action in Action::\"summoning\", resource);";

fn built_in() -> String {
    let run = lightcone("access show");
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn access(arguments: &[&str], file: &Path) -> Run {
    let file = file.to_str().unwrap();
    with(&[&["access"], arguments, &[file]].concat())
}

#[test]
fn what_is_shown_can_be_checked_and_differs_in_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "own.cedar", &built_in());
    let run = access(&["check"], &path);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("SiteService/ListSites ") && run.stdout.contains("site: own "),
        "{}",
        run.stdout
    );
    let run = access(&["compare", "--exit-code"], &path);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("newly allowed: nothing\nno longer allowed: nothing\n"), "{}", run.stdout);
    assert!(lightcone("access show --schema").stdout.contains("entity Subject in [Role]"));
}

#[test]
fn what_an_edit_allows_is_told_and_scripts_can_mind() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "own.cedar", &format!("{}\n{RULE}\n", built_in()));
    let run = access(&["compare"], &path);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("newly allowed:\n  SessionService/SummonAgent by "), "{}", run.stdout);
    assert!(
        run.stdout.contains("inspector") && run.stdout.contains("no longer allowed: nothing"),
        "{}",
        run.stdout
    );
    let is_proof = run.stdout.contains("Proven over all subjects and records");
    assert_ne!(is_proof, run.stdout.contains("This is no proof"), "{}", run.stdout);
    assert_eq!(access(&["compare", "--exit-code"], &path).code, 4);
    let old = path.to_str().unwrap();
    assert_eq!(access(&["compare", "--exit-code", "--old", old], &path).code, 0);
}

#[test]
fn what_a_server_would_refuse_is_refused_with_file_line_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{}\n{}\n", built_in(), RULE.replace("inspector", "inspectr"));
    let path = written(folder.path(), "own.cedar", &text);
    let run = access(&["check"], &path);
    assert_eq!(run.code, 3, "{}", run.stdout);
    let place = format!("own.cedar:{}:", built_in().lines().count() + 2);
    assert!(run.stderr.contains(&place) && run.stderr.contains("inspectr"), "{}", run.stderr);
    let missing = access(&["check"], &written(folder.path(), "none.cedar", ""));
    assert!(missing.stderr.contains("`halls-are-sealed` is missing or changed"), "{}", missing.stderr);
    let directory = written(folder.path(), "directory.toml", "[tenants.acme]\nfroze = true");
    let run = access(&["check", "--directory"], &directory);
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert!(run.stderr.contains("directory.toml: ") && run.stderr.contains("line 2: unknown field `froze`"));
    assert_eq!(access(&["check"], Path::new("no/such.cedar")).code, 3);
}
