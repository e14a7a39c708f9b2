//! Whose signature a rule book bears.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::wire::Violation;

/// What is signed begins with this, so that a signature is of a rule book and of nothing else; the digest of the book
/// follows, 64 lower-case hexadecimal digits.
pub(crate) const SIGNED_PREFIX: &str = "lightcone-rule-book/1\n";

/// Keys that sign rule books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    /// Public keys.
    pub(crate) keys: Vec<[u8; 32]>,
    /// No book is entered without a signature.
    pub(crate) is_required: bool,
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
    /// Whose signature over a book's digest that is.
    ///
    /// # Errors
    /// None where one is needed; one that is of no trusted key.
    pub(crate) fn seal(&self, digest: &str, signature: &[u8]) -> Result<Seal, Violation> {
        if signature.is_empty() {
            return if self.is_required {
                let remedy = "sign the book's digest with a key of `policy.trusted_keys`";
                Err(Violation::missing("signature", remedy))
            } else {
                Ok(Seal::default())
            };
        }
        let message = [SIGNED_PREFIX.as_bytes(), digest.as_bytes()].concat();
        let signed = Signature::from_slice(signature).ok();
        let signer = signed.and_then(|signed| {
            self.keys.iter().find(|key| {
                VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(&message, &signed).is_ok())
            })
        });
        let Some(key) = signer else {
            let allowed = "64 bytes, Ed25519 over the book's digest by a key of `policy.trusted_keys`";
            return Err(Violation::invalid("signature", format_args!("{} bytes", signature.len()), allowed));
        };
        Ok(Seal { key: key.to_vec(), signature: signature.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    #[test]
    fn a_book_is_sealed_by_a_trusted_key_over_its_own_digest_alone() {
        let (ours, theirs) = (SigningKey::from_bytes(&[3; 32]), SigningKey::from_bytes(&[4; 32]));
        let sign = |key: &SigningKey, text: &str| key.sign(text.as_bytes()).to_bytes();
        let trust = Trust { keys: vec![ours.verifying_key().to_bytes()], is_required: true };
        let good = sign(&ours, "lightcone-rule-book/1\nabc");
        let sealed = trust.seal("abc", &good).unwrap();
        assert_eq!((sealed.key, sealed.signature), (ours.verifying_key().to_bytes().to_vec(), good.to_vec()));
        assert!(trust.seal("abd", &good).is_err(), "of another book");
        assert!(trust.seal("abc", &sign(&ours, "abc")).is_err(), "of something else");
        assert!(trust.seal("abc", &sign(&theirs, "lightcone-rule-book/1\nabc")).is_err(), "by another key");
        assert!(trust.seal("abc", &good[1..]).is_err());
        assert_eq!(trust.seal("abc", &[]).unwrap_err().field, "signature");
        let free = Trust { is_required: false, ..trust };
        assert_eq!(free.seal("abc", &[]), Ok(Seal::default()));
        assert!(free.seal("abc", &[7; 64]).is_err(), "what is there must hold");
    }
}
