//! A secret that only the TPM of an endorsement key gives back, and only if it holds a key of a certain name:
//! `TPM2_MakeCredential` (TPM 2.0 Library, part 1, "Credential Protection"), without a TPM.

use aws_lc_rs::cipher::{AES_128, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::iv::{FixedLength, IV_LEN_128_BIT};

use super::seed::Seed;
use crate::check::Check;
use crate::rejection::Rejection;

/// The longest secret, in bytes: a digest of the endorsement key's hash.
pub const SECRET_BYTES_MAX: usize = 32;
/// What the two keys of a credential are derived for.
const STORAGE: &str = "STORAGE";
const INTEGRITY: &str = "INTEGRITY";
const AES_BYTES: usize = 16;

/// A secret, encrypted for one attestation key in one TPM. `TPM2_ActivateCredential` takes both parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// A `TPM2B_ID_OBJECT`: the secret, for the key of that name.
    pub blob: Vec<u8>,
    /// A `TPM2B_ENCRYPTED_SECRET`: the seed of the blob's keys, for the endorsement key.
    pub encrypted_secret: Vec<u8>,
}

impl Credential {
    /// Encrypts `secret` to an endorsement key of the default templates (RSA 2048 or P-256), a SubjectPublicKeyInfo in DER,
    /// for the attestation key of that TPM name. The caller draws `seed` anew each time, from the same place as keys; for
    /// RSA, the padding around it is drawn by the cryptographic library.
    ///
    /// # Errors
    /// The endorsement key is of another kind, or the secret is empty or longer than [`SECRET_BYTES_MAX`].
    pub fn make(
        endorsement_key: &[u8],
        name: &[u8],
        secret: &[u8],
        seed: &[u8; 32],
    ) -> Result<Self, Rejection> {
        if secret.is_empty() || secret.len() > SECRET_BYTES_MAX {
            let why = format!("a secret of {} bytes; give 1 to {SECRET_BYTES_MAX}", secret.len());
            return Err(Rejection::new(Check::Activation, why));
        }
        let seed = Seed::share(endorsement_key, seed)?;
        let identity = encrypted(&seed.seed, name, secret)
            .map_err(|_| Rejection::new(Check::Activation, "the secret cannot be encrypted"))?;
        let key = hmac::Key::new(HMAC_SHA256, &derived(&seed.seed, INTEGRITY, &[], 256));
        let integrity = hmac::sign(&key, &[&identity, name].concat());
        let blob = sized(&[&sized(integrity.as_ref()), identity.as_slice()].concat());
        Ok(Self { blob, encrypted_secret: sized(&seed.encrypted) })
    }
}

/// The secret under AES-128 in CFB mode, with a key for this name. The key is used once, so that the TPM wants no other
/// vector than zeros.
fn encrypted(seed: &[u8; 32], name: &[u8], secret: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let key = derived(seed, STORAGE, name, 128);
    let key = EncryptingKey::cfb128(UnboundCipherKey::new(&AES_128, &key[..AES_BYTES])?)?;
    let mut identity = sized(secret);
    let zeros = EncryptionContext::Iv128(FixedLength::from([0; IV_LEN_128_BIT]));
    key.less_safe_encrypt(&mut identity, zeros)?;
    Ok(identity)
}

/// KDFa (the same, "Key Derivation Function") with SHA-256, for at most 256 bits, which one round gives.
fn derived(seed: &[u8; 32], label: &str, context: &[u8], bits: u32) -> [u8; 32] {
    let (round, bits) = (1_u32.to_be_bytes(), bits.to_be_bytes());
    let tag = hmac::sign(
        &hmac::Key::new(HMAC_SHA256, seed),
        &[&round, label.as_bytes(), &[0], context, &bits].concat(),
    );
    let mut key = [0; 32];
    key.iter_mut().zip(tag.as_ref()).for_each(|(byte, from)| *byte = *from);
    key
}

/// A buffer as TPMs write it: its size in two bytes, then its bytes. Nothing here is longer than an RSA ciphertext.
pub(super) fn sized(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&size.to_be_bytes(), bytes].concat()
}
