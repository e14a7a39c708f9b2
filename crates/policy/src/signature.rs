//! A book's signature: who stands for these files.
//!
//! Signed is one short text, so that it can be read before it is signed and made again from the files alone:
//!
//! ```text
//! lightcone rule book, signature 1
//! format: lightcone-rules/1
//! name: built-in-2026-11
//! digest: <64 digits: `digest::of`>
//! ```
//!
//! Every line ends with a line feed. The first line keeps a signature from being taken for one of anything else. The
//! signature is Ed25519 (RFC 8032), checked strictly: keys of small order are refused, and there is one signature of a
//! key and a text.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::book::{Book, FORMAT};

/// The most keys that are trusted.
pub const KEYS_MAX: usize = 64;
const DOMAIN: &str = "lightcone rule book, signature 1";

/// Why a signature is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No key is trusted at all.
    #[error("no key is trusted to sign rule books: add one to the trusted keys")]
    NoKeys,
    /// More keys than are kept.
    #[error("{found} keys are too many: trust at most {KEYS_MAX}")]
    TooMany {
        /// How many.
        found: usize,
    },
    /// The bytes are no key, or one that proves nothing.
    #[error("the key of `{name}` is no Ed25519 public key, or a weak one: give 32 bytes of a key of its own")]
    BadKey {
        /// Whose it is said to be.
        name: String,
    },
    /// Two keys have one name.
    #[error("the name `{name}` is given to two keys: give each its own")]
    TwiceNamed {
        /// The name.
        name: String,
    },
    /// No trusted key made it, or not over this book.
    #[error(
        "no trusted key signed the book `{book}` with digest {digest}: sign these files, or trust the key that signed"
    )]
    NotSigned {
        /// The book.
        book: String,
        /// Its digest.
        digest: String,
    },
}

/// Keys that are trusted to sign books, by the name of who holds them.
#[derive(Clone, Debug)]
pub struct Trusted(Vec<(String, VerifyingKey)>);

impl Trusted {
    /// Keys by name.
    ///
    /// # Errors
    /// A key that is none or weak, a name that is given twice, none at all or too many.
    pub fn new(keys: &[(String, [u8; 32])]) -> Result<Self, Refused> {
        match keys.len() {
            0 => return Err(Refused::NoKeys),
            found if found > KEYS_MAX => return Err(Refused::TooMany { found }),
            _ => {}
        }
        let mut trusted: Vec<(String, VerifyingKey)> = Vec::with_capacity(keys.len());
        for (name, bytes) in keys {
            let key = VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak());
            let key = key.ok_or_else(|| Refused::BadKey { name: name.clone() })?;
            if trusted.iter().any(|(other, _)| other == name) {
                return Err(Refused::TwiceNamed { name: name.clone() });
            }
            trusted.push((name.clone(), key));
        }
        Ok(Self(trusted))
    }

    /// Who of the trusted signed a book.
    ///
    /// # Errors
    /// None of them did.
    pub fn signer(&self, book: &Book, signature: &[u8; 64]) -> Result<&str, Refused> {
        let text = text(&book.name, &book.digest);
        let signature = Signature::from_bytes(signature);
        let signer = self.0.iter().find(|(_, key)| key.verify_strict(text.as_bytes(), &signature).is_ok());
        let refused = || Refused::NotSigned { book: book.name.clone(), digest: book.digest.clone() };
        signer.map(|(name, _)| name.as_str()).ok_or_else(refused)
    }
}

/// What is signed of a book.
#[must_use]
pub fn text(name: &str, digest: &str) -> String {
    format!("{DOMAIN}\nformat: {FORMAT}\nname: {name}\ndigest: {digest}\n")
}

/// Signs a book.
#[must_use]
pub fn sign(key: &SigningKey, book: &Book) -> [u8; 64] {
    key.sign(text(&book.name, &book.digest).as_bytes()).to_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn trusted(keys: &[(&str, u8)]) -> Trusted {
        let keys: Vec<_> = keys
            .iter()
            .map(|(name, seed)| ((*name).to_owned(), key(*seed).verifying_key().to_bytes()))
            .collect();
        Trusted::new(&keys).expect("they are keys")
    }

    #[test]
    fn a_signature_is_of_these_files_and_this_name_by_a_trusted_key() {
        let book = Book::built_in().expect("it reads");
        let signature = sign(&key(1), &book);
        assert_eq!(trusted(&[("counsel", 2), ("office", 1)]).signer(&book, &signature), Ok("office"));
        let refused = Refused::NotSigned { book: book.name.clone(), digest: book.digest.clone() };
        assert_eq!(trusted(&[("counsel", 2)]).signer(&book, &signature), Err(refused));
        let mut files = crate::built_in::files();
        files.get_mut("watch.toml").expect("it is there").push('\n');
        let changed = Book::read(&files).expect("a blank line is no mistake");
        assert!(trusted(&[("office", 1)]).signer(&changed, &signature).is_err());
        let renamed = Book { name: "other".to_owned(), ..book.clone() };
        assert!(trusted(&[("office", 1)]).signer(&renamed, &signature).is_err());
        for at in 0..64 {
            let mut flipped = signature;
            flipped[at] ^= 1;
            assert!(trusted(&[("office", 1)]).signer(&book, &flipped).is_err(), "{at}");
        }
    }

    #[test]
    fn keys_that_prove_nothing_are_refused() {
        let named = |name: &str, bytes| (name.to_owned(), bytes);
        assert_eq!(Trusted::new(&[]).unwrap_err(), Refused::NoKeys);
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(
            Trusted::new(&[named("weak", one)]).unwrap_err(),
            Refused::BadKey { name: "weak".to_owned() }
        );
        let good = key(1).verifying_key().to_bytes();
        let twice = [named("a", good), named("a", key(2).verifying_key().to_bytes())];
        assert_eq!(Trusted::new(&twice).unwrap_err(), Refused::TwiceNamed { name: "a".to_owned() });
        let many: Vec<_> = (0..=KEYS_MAX).map(|at| named(&at.to_string(), good)).collect();
        assert_eq!(Trusted::new(&many).unwrap_err(), Refused::TooMany { found: KEYS_MAX + 1 });
    }

    #[test]
    fn the_text_is_what_the_document_says() {
        assert_eq!(
            text("n", "d"),
            "lightcone rule book, signature 1\nformat: lightcone-rules/1\nname: n\ndigest: d\n"
        );
    }
}
