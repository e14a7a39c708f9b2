//! Files that are written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The owner reads and writes, nobody else does anything.
const OWNER_ONLY: u32 = 0o600;
/// Everybody reads.
const EVERYBODY: u32 = 0o644;
/// The owner goes in, nobody else.
const FOLDER: u32 = 0o700;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A private key.
    Secret,
    /// What anybody may read.
    Public,
}

/// What to do with a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    Stays,
    IsReplaced,
}

/// Makes a folder for its owner only; one that is there stays as it is.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// Writes a file. After a crash it is there whole, or what was there before.
///
/// # Errors
/// `AlreadyExists` where what is there stays.
pub(crate) fn file(path: &Path, text: &str, holds: Holds, before: Before) -> io::Result<()> {
    let mode = match holds {
        Holds::Secret => OWNER_ONLY,
        Holds::Public => EVERYBODY,
    };
    let draft = draft_of(path)?;
    let written = write_new(&draft, text, mode).and_then(|()| match before {
        Before::Stays => fs::hard_link(&draft, path),
        Before::IsReplaced => fs::rename(&draft, path),
    });
    if before == Before::Stays || written.is_err() {
        // The draft has done its duty, or was never whole.
        let _ = fs::remove_file(&draft);
    }
    written?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn write_new(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A name beside `path` that nobody else uses.
fn draft_of(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.draft", getrandom::u64().map_err(io::Error::other)?));
    Ok(path.with_file_name(name))
}
