//! The tree as it is checked: what git tracks, and what it would track next.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A source file with its path from the root.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every file that belongs to the project, in order: tracked, or new and not ignored. Without git, every
/// file outside the folders that builds make.
pub(crate) fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .ok()
        .filter(|output| output.status.success());
    let mut files = match listed {
        Some(output) => String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect(),
        None => walk(&root(), ""),
    };
    files.retain(|file| root().join(file).is_file()); // what is deleted and not yet committed is gone
    files.sort_unstable();
    files.dedup();
    files
}

fn walk(folder: &Path, prefix: &str) -> Vec<String> {
    const MADE: [&str; 4] = [".git", ".venv", "node_modules", "target"];
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            if !MADE.contains(&name.as_str()) {
                files.extend(walk(&entry.path(), &format!("{path}/")));
            }
        } else {
            files.push(path);
        }
    }
    files
}

/// The files whose names end so, with their text.
pub(crate) fn sources(ending: &str) -> Vec<Source> {
    let named = files().into_iter().filter(|path| path.ends_with(ending));
    named.map(|path| Source { text: read(&path), path }).collect()
}

/// The text of one file.
#[track_caller]
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl Source {
    /// Whether it is part of a program or library, not of its tests and benchmarks.
    pub(crate) fn is_product(&self) -> bool {
        let apart = ["tests", "benches", "examples", "fuzz"];
        let in_folder = self.path.split('/').rev().skip(1).any(|folder| apart.contains(&folder));
        let name = self.path.rsplit('/').next().unwrap_or_default();
        !in_folder && name != "tests.rs" && !name.ends_with("_tests.rs")
    }
}
