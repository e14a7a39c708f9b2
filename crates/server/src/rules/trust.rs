//! Whose signature a rule book bears.

use lightcone_policy::Book;
use lightcone_policy::signature::{Refused, Trusted};

use crate::wire::Violation;

/// Keys that sign rule books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    /// Public keys.
    keys: Vec<[u8; 32]>,
    /// No book is entered without a signature.
    is_required: bool,
}

/// A key, and what it signed with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seal {
    /// The key; empty: none.
    pub(crate) key: Vec<u8>,
    /// The signature; empty: none.
    pub(crate) signature: Vec<u8>,
}

impl Trust {
    /// Trusts these keys. With one no book is entered without a signature, unless unsigned ones are allowed.
    ///
    /// # Errors
    /// A key that is none, or one that proves nothing.
    pub(crate) fn new(keys: Vec<[u8; 32]>, allow_unsigned: bool) -> Result<Self, Refused> {
        let is_required = !keys.is_empty() && !allow_unsigned;
        let trust = Self { keys, is_required };
        if !trust.keys.is_empty() {
            trust.trusted()?;
        }
        Ok(trust)
    }

    /// Whose signature over a book that is.
    ///
    /// # Errors
    /// None where one is needed; one that is of no trusted key.
    pub(crate) fn seal(&self, book: &Book, signature: &[u8]) -> Result<Seal, Violation> {
        if signature.is_empty() {
            return if self.is_required {
                let remedy = "sign the book's files with a key of `policy.trusted_keys`";
                Err(Violation::missing("signature", remedy))
            } else {
                Ok(Seal::default())
            };
        }
        let told = || format!("{} bytes", signature.len());
        let bytes = signature.try_into().map_err(|_| Violation::invalid("signature", told(), "64 bytes"))?;
        let trusted = self.trusted();
        let signer = trusted.as_ref().map_err(Clone::clone).and_then(|keys| keys.signer(book, bytes));
        match signer {
            Ok(key) => Ok(Seal { key: hex::decode(key).unwrap_or_default(), signature: signature.to_vec() }),
            Err(refused) => Err(Violation::invalid("signature", told(), &refused.to_string())),
        }
    }

    /// The keys, each by its own digits.
    fn trusted(&self) -> Result<Trusted, Refused> {
        Trusted::new(&self.keys.iter().map(|key| (hex::encode(key), *key)).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use lightcone_policy::signature::sign;

    use super::*;

    #[test]
    fn a_book_is_sealed_by_a_trusted_key_alone() {
        let (ours, theirs) = (SigningKey::from_bytes(&[3; 32]), SigningKey::from_bytes(&[4; 32]));
        let book = Book::built_in().unwrap();
        let public = ours.verifying_key().to_bytes();
        let trust = Trust::new(vec![public], false).unwrap();
        let good = sign(&ours, &book);
        let sealed = trust.seal(&book, &good).unwrap();
        assert_eq!((sealed.key, sealed.signature), (public.to_vec(), good.to_vec()));
        assert!(trust.seal(&book, &sign(&theirs, &book)).is_err(), "by another key");
        assert!(trust.seal(&book, &good[1..]).unwrap_err().description.contains("64 bytes"));
        let other = Book { name: "other".to_owned(), ..book.clone() };
        assert!(trust.seal(&other, &good).is_err(), "of another book");
        assert_eq!(trust.seal(&book, &[]).unwrap_err().field, "signature");
        let free = Trust::new(vec![public], true).unwrap();
        assert_eq!(free.seal(&book, &[]), Ok(Seal::default()));
        assert!(free.seal(&book, &[7; 64]).is_err(), "what is there must hold");
        assert!(Trust::default().seal(&book, &good).unwrap_err().description.contains("no key is trusted"));
    }

    #[test]
    fn keys_that_prove_nothing_are_refused() {
        let mut weak = [0; 32];
        weak[0] = 1;
        assert!(Trust::new(vec![weak], false).is_err());
        assert_eq!(Trust::new(Vec::new(), false), Ok(Trust::default()));
    }
}
