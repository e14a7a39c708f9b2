//! What an authority gives out.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::{AuthorityError, BUNDLE, CERTIFICATE, KEY, make_folder};
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
        make_folder(folder)?;
        let Issued { chain_pem, bundle_pem, .. } = &self.issued;
        Places::within(folder).write(&self.key_pem, chain_pem, bundle_pem, replace)
    }
}

/// The three files of an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Certificate and those above it but the root.
    pub certificate: PathBuf,
    /// Its private key.
    pub private_key: PathBuf,
    /// The roots.
    pub trust_bundle: PathBuf,
}

impl Places {
    /// `certificate.pem`, `key.pem` and `bundle.pem` of a folder.
    pub fn within(folder: &Path) -> Self {
        Self {
            certificate: folder.join(CERTIFICATE),
            private_key: folder.join(KEY),
            trust_bundle: folder.join(BUNDLE),
        }
    }

    /// Writes the three files. The key goes first: where it stays nothing else is touched, and who reads between two
    /// writes sees a pair that does not fit and looks again.
    ///
    /// # Errors
    /// [`AuthorityError`]: a file is there and stays, or cannot be written.
    pub fn write(
        &self,
        key_pem: &str,
        chain_pem: &str,
        bundle_pem: &str,
        replace: bool,
    ) -> Result<(), AuthorityError> {
        let before = if replace { Before::IsReplaced } else { Before::Stays };
        for (path, text, holds) in [
            (&self.private_key, key_pem, Holds::Secret),
            (&self.certificate, chain_pem, Holds::Public),
            (&self.trust_bundle, bundle_pem, Holds::Public),
        ] {
            write::file(path, text, holds, before).map_err(|cause| AuthorityError::of(path, cause))?;
        }
        Ok(())
    }
}
