//! The files in which a system tells of itself.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The most bytes that are read of one file.
const FILE_BYTES_MAX: u64 = 65_536;
/// The most entries that are read of one folder.
const ENTRIES_MAX: usize = 1024;
/// The longest text that is taken from a file, in bytes.
const TEXT_BYTES_MAX: usize = 256;

/// Where the files of a system begin: `/`, or a copy of some of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root(PathBuf);

/// Whether a device can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It opens for reading and writing.
    Open,
    /// It is there, and not for us.
    Forbidden,
    /// It is not there, or is broken.
    Missing,
}

impl Root {
    /// This system.
    #[must_use]
    pub fn system() -> Self {
        Self::at("/")
    }

    /// The system whose files are below a folder.
    #[must_use]
    pub fn at(folder: impl AsRef<Path>) -> Self {
        Self(folder.as_ref().to_owned())
    }

    /// Where a file is, by its path without the first slash.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Whether something is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// What a file holds, up to [`FILE_BYTES_MAX`]; nothing where it cannot be read.
    pub(crate) fn read(&self, name: &str) -> Option<String> {
        let mut bytes = Vec::new();
        File::open(self.path(name)).ok()?.take(FILE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The first line of a file as [`plain`] text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        plain(self.read(name)?.lines().next()?)
    }

    /// The number that is all that a file holds.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    /// The names in a folder, in order; none where there is no such folder.
    pub(crate) fn names(&self, folder: &str) -> Option<Vec<String>> {
        let entries = fs::read_dir(self.path(folder)).ok()?.take(ENTRIES_MAX);
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort_unstable();
        Some(names)
    }

    /// Whether a device opens. It is closed again at once.
    pub(crate) fn access(&self, name: &str) -> Access {
        Access::of(OpenOptions::new().read(true).write(true).open(self.path(name)))
    }

    /// Whether files and folders may be made in a folder.
    #[cfg(unix)]
    pub(crate) fn may_write(&self, folder: &str) -> Access {
        use rustix::fs;
        let asked = fs::access(self.path(folder), fs::Access::EXISTS | fs::Access::WRITE_OK);
        Access::of(asked.map_err(io::Error::from))
    }

    /// Whether files and folders may be made in a folder.
    #[cfg(not(unix))]
    pub(crate) fn may_write(&self, folder: &str) -> Access {
        Access::of(fs::metadata(self.path(folder)))
    }
}

impl Access {
    fn of<T>(opened: io::Result<T>) -> Self {
        match opened {
            Ok(_) => Self::Open,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Self::Forbidden,
            // Somebody else has it now: it is there, and we may.
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => Self::Open,
            Err(_) => Self::Missing,
        }
    }
}

/// A text without control characters and edges of white space, cut to [`TEXT_BYTES_MAX`]; none where nothing is left.
pub(crate) fn plain(text: &str) -> Option<String> {
    let mut plain: String = text.chars().filter(|letter| !letter.is_control()).collect();
    if plain.len() > TEXT_BYTES_MAX {
        let end = (0..=TEXT_BYTES_MAX).rev().find(|end| plain.is_char_boundary(*end)).unwrap_or(0);
        plain.truncate(end);
    }
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_opened_is_not_what_is_missing() {
        let refused = |kind| Access::of::<()>(Err(io::Error::from(kind)));
        assert_eq!(refused(io::ErrorKind::PermissionDenied), Access::Forbidden);
        assert_eq!(refused(io::ErrorKind::ResourceBusy), Access::Open);
        assert_eq!(refused(io::ErrorKind::NotFound), Access::Missing);
    }

    #[test]
    fn texts_are_plain_short_and_not_empty() {
        assert_eq!(plain(" Dell\u{1b}[2J\0 "), Some("Dell[2J".to_owned()));
        assert_eq!(plain("\n\t "), None);
        assert_eq!(plain(&"ü".repeat(200)).map(|text| text.len()), Some(256));
    }

    #[test]
    fn files_of_any_size_are_read_to_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("long"), vec![b'x'; 100_000]).unwrap();
        let root = Root::at(folder.path());
        assert_eq!(root.read("long").map(|text| text.len()), Some(65_536));
        assert_eq!((root.read("none"), root.text("none"), root.names("none")), (None, None, None));
    }
}
