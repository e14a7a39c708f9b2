//! What an authority gives out.

use std::path::Path;
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::{AuthorityError, BUNDLE, CERTIFICATE, KEY};
use crate::SpiffeId;
use crate::write::{self, Before, Holds};

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Whose.
    pub spiffe_id: SpiffeId,
    /// The certificate and the issuer's, PEM.
    pub chain_pem: String,
    /// The roots, PEM.
    pub bundle_pem: String,
    /// Until when it holds.
    pub not_after: SystemTime,
}

/// A certificate and its key.
pub struct IssuedWithKey {
    /// The certificate.
    pub issued: Issued,
    /// The private key, PEM, PKCS #8.
    pub key_pem: Zeroizing<String>,
}

impl IssuedWithKey {
    /// Writes `certificate.pem`, `key.pem` and `bundle.pem` into a folder. Files that are there stay, unless `replace`.
    ///
    /// # Errors
    /// [`AuthorityError`]: a file is there or cannot be written.
    pub fn write(&self, folder: &Path, replace: bool) -> Result<(), AuthorityError> {
        write_files(folder, &self.key_pem, &self.issued.chain_pem, &self.issued.bundle_pem, replace)
    }
}

/// Writes the three files of an identity. The key goes first: where it stays nothing else is touched, and who reads
/// between two writes sees a pair that does not fit and looks again.
///
/// # Errors
/// [`AuthorityError`]: a file is there or cannot be written.
pub fn write_files(
    folder: &Path,
    key_pem: &str,
    chain_pem: &str,
    bundle_pem: &str,
    replace: bool,
) -> Result<(), AuthorityError> {
    write::folder(folder).map_err(|cause| AuthorityError::of(folder, cause))?;
    let before = if replace { Before::IsReplaced } else { Before::Stays };
    for (name, text, holds) in [
        (KEY, key_pem, Holds::Secret),
        (CERTIFICATE, chain_pem, Holds::Public),
        (BUNDLE, bundle_pem, Holds::Public),
    ] {
        let path = folder.join(name);
        write::file(&path, text, holds, before).map_err(|cause| AuthorityError::of(&path, cause))?;
    }
    Ok(())
}
