//! Starts the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) bytes: Vec<u8>,
}

/// Runs `lightcone` with arguments parted by blanks.
pub(crate) fn lightcone(arguments: &str) -> Run {
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    with(&arguments)
}

/// Runs `lightcone` with these arguments.
pub(crate) fn with(arguments: &[&str]) -> Run {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_lightcone"))
        .args(arguments)
        .current_dir(package())
        .env_remove("LIGHTCONE_CONFIG")
        .output()
        .unwrap();
    Run {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
        bytes: stdout,
    }
}

/// The folder of this package: paths in the tests are relative to it.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The two files of the example.
pub(crate) const AZURE: &str =
    "--nodes ../../examples/azure2026/nodes.csv --rtt ../../examples/azure2026/rtt.csv";

/// A folder of published measurements: in `LIGHTCONE_DATA`, or beside the repository. They may not be shipped
/// with it; where they are not at hand the test says so and passes.
pub(crate) fn measurements(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("LIGHTCONE_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| package().join("../../../shared/data/rtt")).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no folder `{}`; set LIGHTCONE_DATA to have this tested", folder.display());
    None
}
