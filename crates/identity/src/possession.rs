//! What a landmark or agent signs to show that it has the keys that it enrols with.

use sha2::{Digest as _, Sha256};

/// What the signed bytes begin with.
const CONTEXT: &[u8] = b"lightcone/enrol/v1\0";

/// The bytes to be signed by the key that enrols: they tie token, keys and certificate request together. Without an
/// exchange key there are 32 zero bytes in its place.
pub fn signed_bytes(
    token: &str,
    signing_key: &[u8; 32],
    exchange_key: Option<&[u8; 32]>,
    certificate_request: &[u8],
) -> Vec<u8> {
    let exchange_key = exchange_key.unwrap_or(&[0; 32]);
    [CONTEXT, &Sha256::digest(token), signing_key, exchange_key, &Sha256::digest(certificate_request)]
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_in_the_signed_bytes() {
        let bytes = signed_bytes("t", &[1; 32], Some(&[2; 32]), b"r");
        assert_eq!(bytes.len(), CONTEXT.len() + 4 * 32);
        assert!(bytes.starts_with(b"lightcone/enrol/v1\0"));
        assert_ne!(bytes, signed_bytes("u", &[1; 32], Some(&[2; 32]), b"r"));
        assert_ne!(bytes, signed_bytes("t", &[1; 32], Some(&[2; 32]), b"s"));
        assert_eq!(signed_bytes("t", &[1; 32], None, b""), signed_bytes("t", &[1; 32], Some(&[0; 32]), b""));
    }
}
