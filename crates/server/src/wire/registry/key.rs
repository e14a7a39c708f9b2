//! Public keys from the wire: refused where they cannot be meant.

use ed25519_dalek::VerifyingKey;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::wire::Violation;

/// An Ed25519 public key: a point of the curve, and not one of those few under which everything verifies.
pub(super) fn ed25519(field: &str, wire: &[u8]) -> Result<[u8; 32], Violation> {
    let bytes = bytes(field, wire, "Ed25519")?;
    match VerifyingKey::from_bytes(&bytes) {
        Ok(key) if !key.is_weak() => Ok(bytes),
        _ => Err(Violation::invalid_unsaid(field, "an Ed25519 public key of large order, 32 bytes")),
    }
}

/// An X25519 public key: not one of those few with which every secret agrees on zero.
pub(super) fn x25519(field: &str, wire: &[u8]) -> Result<[u8; 32], Violation> {
    let bytes = bytes(field, wire, "X25519")?;
    // Any secret will do: it is a multiple of the cofactor, so points of small order give zero with all.
    if StaticSecret::from([1; 32]).diffie_hellman(&PublicKey::from(bytes)).was_contributory() {
        Ok(bytes)
    } else {
        Err(Violation::invalid_unsaid(field, "an X25519 public key of large order, 32 bytes"))
    }
}

fn bytes(field: &str, wire: &[u8], kind: &str) -> Result<[u8; 32], Violation> {
    if wire.is_empty() {
        return Err(Violation::missing(field, &format!("give an {kind} public key, 32 bytes")));
    }
    let allowed = || format!("an {kind} public key, 32 bytes");
    wire.try_into().map_err(|_| Violation::invalid(field, format_args!("{} bytes", wire.len()), &allowed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_prove_nothing_are_refused() {
        let mut one = [0; 32];
        one[0] = 1;
        for weak in [[0; 32], one] {
            assert!(ed25519("key", &weak).is_err(), "{weak:?}");
            assert!(x25519("key", &weak).is_err(), "{weak:?}");
        }
        assert!(ed25519("key", &[2; 31]).is_err() && x25519("key", &[]).is_err());
    }

    #[test]
    fn ordinary_keys_are_taken() {
        let signing = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
        assert_eq!(ed25519("key", &signing), Ok(signing));
        let exchange = PublicKey::from(&StaticSecret::from([7; 32])).to_bytes();
        assert_eq!(x25519("key", &exchange), Ok(exchange));
    }
}
