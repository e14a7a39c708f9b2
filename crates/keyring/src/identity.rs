//! The two kinds of key that last: one signs, one agrees.

use std::fmt;
use std::path::Path;

use ed25519_dalek::{Signer as _, SigningKey};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::error::Error;
use crate::file;
use crate::text::{self, ED25519, Secret, X25519};

/// An Ed25519 key: whoever holds it signs as its owner.
pub struct SigningIdentity(SigningKey);

/// An X25519 key: whoever holds it can be agreed with as its owner.
pub struct ExchangeIdentity(StaticSecret);

impl SigningIdentity {
    /// Signs, by RFC 8032: no chance is needed, and the same bytes give the same signature.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The key itself, for what signs in its own way. It is overwritten when dropped; do not copy its bytes.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        &self.0
    }

    fn of_secret(secret: &Secret) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    fn copy(&self) -> Secret {
        Secret::new(self.0.to_bytes())
    }
}

impl ExchangeIdentity {
    /// The public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        PublicKey::from(&self.0).to_bytes()
    }

    /// The scalar itself, for a handshake that takes bytes. Whoever copies it overwrites the copy.
    #[must_use]
    pub fn secret(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    fn of_secret(secret: &Secret) -> Self {
        Self(StaticSecret::from(**secret))
    }

    fn copy(&self) -> Secret {
        Secret::new(self.0.to_bytes())
    }
}

/// What both kinds do alike.
macro_rules! at_rest {
    ($name:ident, $kind:ident, $what:literal) => {
        impl $name {
            /// A key of fresh chance, nowhere but in memory.
            ///
            /// # Errors
            /// When the system has no random bytes to give.
            pub fn generate() -> Result<Self, Error> {
                let mut secret = Secret::default();
                getrandom::fill(secret.as_mut_slice())?;
                Ok(Self::of_secret(&secret))
            }

            /// A key of 32 bytes that the caller drew, or derived.
            #[must_use]
            pub fn from_entropy(secret: &[u8; 32]) -> Self {
                Self::of_secret(&Secret::new(*secret))
            }

            /// A fresh key in a new file of mode 0600: one line, its kind and 64 hexadecimal digits.
            ///
            /// # Errors
            /// [`Error::Exists`]: a file is never written over.
            pub fn create(path: &Path) -> Result<Self, Error> {
                let identity = Self::generate()?;
                identity.store(path)?;
                Ok(identity)
            }

            /// Writes the key to a new file, as [`Self::create`] does.
            ///
            /// # Errors
            /// [`Error::Exists`]: a file is never written over.
            pub fn store(&self, path: &Path) -> Result<(), Error> {
                file::create(path, &text::write($kind, &self.copy()))
            }

            /// The key in a file.
            ///
            /// # Errors
            /// [`Error::Exposed`] when others than its owner may read or write the file, [`Error::Malformed`] when
            /// it holds anything but a key of this kind.
            pub fn load(path: &Path) -> Result<Self, Error> {
                let text = file::read(path)?;
                let secret = text::read($kind, &text).map_err(|hint| Error::Malformed {
                    path: path.to_owned(),
                    wanted: $kind,
                    hint,
                })?;
                Ok(Self::of_secret(&secret))
            }

            /// The key in a file, which is made with a fresh one when it is not there. Of two that make it at the
            /// same time one does, and both get that key.
            ///
            /// # Errors
            /// As [`Self::load`]: a file that cannot be read is never replaced.
            pub fn open(path: &Path) -> Result<Self, Error> {
                match Self::load(path) {
                    Err(Error::File { cause, .. }) if cause.kind() == std::io::ErrorKind::NotFound => {
                        match Self::create(path) {
                            Err(Error::Exists { .. }) => Self::load(path),
                            made => made,
                        }
                    }
                    loaded => loaded,
                }
            }

            /// The public key in hexadecimal digits.
            #[must_use]
            pub fn public_text(&self) -> String {
                self.public().iter().map(|byte| format!("{byte:02x}")).collect()
            }
        }

        /// Shows the public half.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "(", $what, " {})"), self.public_text())
            }
        }
    };
}

at_rest!(SigningIdentity, ED25519, "ed25519");
at_rest!(ExchangeIdentity, X25519, "x25519");
