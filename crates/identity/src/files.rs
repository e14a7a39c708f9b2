//! PEM files: certificates, keys, bundles.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use crate::IdentityError;

/// The permission bits of everybody but the owner.
const OTHERS: u32 = 0o077;
/// More than a chain of certificates or a key has.
const SVID_BYTES_MAX: u64 = 64 << 10;
/// More than a bundle has, a system's with all the public authorities included.
const BUNDLE_BYTES_MAX: u64 = 2 << 20;
/// A file that was changed less long ago may change again with the same time on it.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// The certificates of a chain, the leaf first.
pub(crate) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    certificates(path, SVID_BYTES_MAX)
}

/// The certificates of a bundle.
pub(crate) fn bundle(path: &Path) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    certificates(path, BUNDLE_BYTES_MAX)
}

/// A private key that only its owner may touch.
pub(crate) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, IdentityError> {
    let file = open(path)?;
    // Asked of the open file: its name may mean another one by now.
    let mode = file.metadata().map_err(|cause| failed(path, cause))?.permissions().mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(IdentityError::Exposed { path: path.to_owned(), mode });
    }
    let text = text(path, file, SVID_BYTES_MAX)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| IdentityError::Malformed {
        origin: path.display().to_string(),
        why: "no private key in PEM: PKCS #8 (`PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`) is wanted"
            .to_owned(),
    })
}

fn certificates(path: &Path, max: u64) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    let text = text(path, open(path)?, max)?;
    let malformed =
        |why: &str| IdentityError::Malformed { origin: path.display().to_string(), why: why.to_owned() };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let read = read.map_err(|_| malformed("it is no PEM, or not whole"))?;
    if read.is_empty() { Err(malformed("no certificate in PEM is in it")) } else { Ok(read) }
}

fn open(path: &Path) -> Result<File, IdentityError> {
    File::open(path).map_err(|cause| failed(path, cause))
}

/// All of a file; zeroed when it is dropped, since it may be a key.
fn text(path: &Path, file: File, max: u64) -> Result<Zeroizing<Vec<u8>>, IdentityError> {
    let length = file.metadata().map_err(|cause| failed(path, cause))?.len();
    // Room for all of it at once: what a growing vector leaves behind would not be zeroed.
    let mut text = Zeroizing::new(Vec::with_capacity(length.min(max) as usize + 1));
    file.take(max + 1).read_to_end(&mut text).map_err(|cause| failed(path, cause))?;
    if text.len() as u64 > max {
        return Err(IdentityError::TooLarge { path: path.to_owned(), max });
    }
    Ok(text)
}

fn failed(path: &Path, cause: io::Error) -> IdentityError {
    IdentityError::File { path: path.to_owned(), cause }
}

/// By what one sees that a file has become another: which it is, and when it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    device: u64,
    size: u64,
    changed: (i64, i64),
}

impl Stamp {
    /// A file's stamp; nothing while it cannot be seen.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|seen| Self::from(&seen))
    }

    /// Whether another change would show.
    pub(crate) fn is_settled(&self, now: SystemTime) -> bool {
        let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(self.changed.0.max(0).unsigned_abs());
        now.duration_since(changed).is_ok_and(|age| age > SETTLED_AFTER)
    }
}

impl From<&Metadata> for Stamp {
    fn from(seen: &Metadata) -> Self {
        Self {
            inode: seen.ino(),
            device: seen.dev(),
            size: seen.size(),
            changed: (seen.ctime(), seen.ctime_nsec()),
        }
    }
}
