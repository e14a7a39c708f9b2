//! What can be wrong with a key's file. No message repeats what is in one.

use std::io;
use std::path::PathBuf;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A key is never written over another file.
    #[error("key file `{}` exists already; move it away first, or use it", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("key file `{}`: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Others than its owner may touch the file.
    #[error("key file `{path}` has mode {mode:04o}, so others may use the key; run `chmod 600 {path}`", path = path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold a key of this kind.
    #[error("key file `{}` does not hold one line `{wanted}:` and 64 hexadecimal digits{hint}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the line should begin with.
        wanted: &'static str,
        /// What the file holds instead, when that is known.
        hint: String,
    },
    /// The system has no chance to give.
    #[error("the system gave no random bytes: {0}")]
    Chance(#[from] getrandom::Error),
}
