//! Why an authority does not do what it was asked.

use std::io;
use std::path::{Path, PathBuf};

use super::{LEAF_LIFE_MAX, REQUEST_BYTES_MAX};
use crate::{IdentityError, InvalidSpiffeId};

/// Why an authority does not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// A name is none.
    #[error(transparent)]
    SpiffeId(#[from] InvalidSpiffeId),
    /// A trust domain is none.
    #[error("`{given}` is no trust domain: write a name such as example.org")]
    TrustDomain {
        /// What was given.
        given: String,
    },
    /// A name that it does not answer for.
    #[error("`{id}` is not in trust domain `{trust_domain}`, or has no path")]
    Name {
        /// Whose.
        id: String,
        /// Its own.
        trust_domain: String,
    },
    /// No life, or too long a one.
    #[error("a life of {seconds} s: write 1 s to {} days", LEAF_LIFE_MAX.as_secs() / 86_400)]
    Life {
        /// How long.
        seconds: u64,
    },
    /// It is no request.
    #[error("it is no PKCS #10 request of at most {REQUEST_BYTES_MAX} bytes, signed with its own key")]
    Request,
    /// A file is there already.
    #[error("{} is there already and stays: name another folder", path.display())]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] IdentityError),
    /// A file is not what it should be.
    #[error("{}: {why}", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// The issuer's certificate has ended.
    #[error("the issuer in {} has ended: make another with `lightcone ca issuer`", folder.display())]
    Ended {
        /// Where.
        folder: PathBuf,
    },
    /// A key or certificate cannot be made.
    #[error("no certificate can be made: {0}")]
    Make(#[from] rcgen::Error),
    /// No chance is to be had.
    #[error("the system gives no random numbers: {0}")]
    Chance(#[from] getrandom::Error),
}

impl AuthorityError {
    pub(super) fn of(path: &Path, cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists { path: path.to_owned() },
            _ => Self::File { path: path.to_owned(), cause },
        }
    }
}
