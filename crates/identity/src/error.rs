//! Why a program has no identity.

use std::io;
use std::path::PathBuf;

use crate::{InvalidTls, PeerError};

/// Why a program has no identity, or not this one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// A setting cannot be.
    #[error(transparent)]
    Settings(#[from] InvalidTls),
    /// A file cannot be read.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Others may read or change a private key.
    #[error("{} may be read by others (mode {mode:04o}): `chmod 600` it, and take a new key if it was there for long", path.display())]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A file is larger than any of its kind.
    #[error("{} is larger than {max} bytes: it is not what it is named for", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// The limit.
        max: u64,
    },
    /// What is in a file is not what it must be.
    #[error("{origin}: {why}")]
    Malformed {
        /// The file, or the Workload API.
        origin: String,
        /// What is wrong.
        why: String,
    },
    /// The certificate is nobody's that could be spoken to.
    #[error("{origin}: {cause}")]
    Certificate {
        /// The file, or the Workload API.
        origin: String,
        /// What is wrong.
        cause: PeerError,
    },
    /// The Workload API gives nothing.
    #[error(
        "the Workload API at {socket} gives no identity: {why}; see that its agent runs and knows this program"
    )]
    WorkloadApi {
        /// Its address.
        socket: String,
        /// Why.
        why: String,
    },
    /// This build has no Workload API.
    #[error(
        "this program was built without the feature `workload-api`: use certificate, private_key and trust_bundle"
    )]
    NotBuilt,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
}

/// What lies at the bottom of a failure: the layers above only say that it failed.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
