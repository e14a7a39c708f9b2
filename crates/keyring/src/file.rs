//! Secrets in files: whole or not at all, and for their owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::Error;

/// The owner reads and writes, nobody else does anything.
const OWNER_ONLY: u32 = 0o600;
/// The bits of everybody else.
const OTHERS: u32 = 0o077;
/// More than any key has.
const BYTES_MAX: u64 = 256;

/// Writes a new file. After a crash it is there whole or not there; what was there before stays.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |cause: io::Error| Error::File { path: path.to_owned(), cause };
    let draft = draft_of(path)?;
    let written = write_new(&draft, text).and_then(|()| fs::hard_link(&draft, path));
    // The draft has done its duty, or was never whole.
    let removed = fs::remove_file(&draft);
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Error::Exists { path: path.to_owned() });
        }
        written => written.and(removed).map_err(failed)?,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Reads a file that only its owner may touch.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let failed = |cause: io::Error| Error::File { path: path.to_owned(), cause };
    let file = File::open(path).map_err(failed)?;
    // Asked of the open file: its name may mean another one by now.
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(Error::Exposed { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(Vec::with_capacity(BYTES_MAX as usize + 1));
    file.take(BYTES_MAX + 1).read_to_end(&mut text).map_err(failed)?;
    Ok(text)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A name beside `path` that nobody else uses.
fn draft_of(path: &Path) -> Result<PathBuf, Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.draft", getrandom::u64()?));
    Ok(path.with_file_name(name))
}
