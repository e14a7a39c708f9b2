//! The file of signed reference values.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use lightcone_attest::references::{References, Refused};

/// Where reference values are, and whose signature they must bear.
#[derive(Clone)]
pub(crate) struct ReferenceFile {
    path: PathBuf,
    keys: Vec<[u8; 32]>,
    /// Where the highest version that was taken is kept, so that a restart does not go back; none: in no file.
    mark: Option<PathBuf>,
}

/// Reference values that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// The file cannot be read.
    #[error("attestation.references: `{path}` cannot be read: {cause}")]
    Unread {
        /// The file.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// What is in it is not to be used.
    #[error("attestation.references: `{path}`: {refused}")]
    Refused {
        /// The file.
        path: String,
        /// Why.
        refused: Refused,
    },
    /// What was taken cannot be kept.
    #[error(
        "`{path}` cannot be written: {cause}; it keeps which version of the reference values was taken last"
    )]
    Unmarked {
        /// The file.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// It goes back.
    #[error(
        "attestation.references: `{path}` has version {found}, and version {known} is in force: give it a higher number"
    )]
    Older {
        /// The file.
        path: String,
        /// The version in it.
        found: u64,
        /// The version in force.
        known: u64,
    },
}

impl ReferenceFile {
    /// References at `path`, signed by one of `keys`.
    pub(crate) fn new(path: &Path, keys: Vec<[u8; 32]>, mark: Option<PathBuf>) -> Self {
        Self { path: path.to_owned(), keys, mark }
    }

    /// Holds a version against the highest that was taken, and keeps it as that.
    pub(crate) fn take(&self, found: u64) -> Result<(), Unusable> {
        let Some(mark) = &self.mark else { return Ok(()) };
        let known = fs::read_to_string(mark).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        if found < known {
            return Err(Unusable::Older { path: self.path(), found, known });
        }
        fs::write(mark, format!("{found}\n"))
            .map_err(|cause| Unusable::Unmarked { path: mark.display().to_string(), cause })
    }

    /// Its path, for people.
    pub(crate) fn path(&self) -> String {
        self.path.display().to_string()
    }

    /// Reads and checks it. Blocks for a few milliseconds.
    pub(crate) fn read(&self) -> Result<References, Unusable> {
        let bytes = fs::read(&self.path).map_err(|cause| Unusable::Unread { path: self.path(), cause })?;
        References::open(&bytes, &self.keys)
            .map_err(|refused| Unusable::Refused { path: self.path(), refused })
    }
}

impl fmt::Debug for ReferenceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReferenceFile").field("path", &self.path).field("keys", &self.keys.len()).finish()
    }
}
