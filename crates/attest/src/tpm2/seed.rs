//! A seed that is shared with the TPM of an endorsement key (TPM 2.0 Library, part 1, annexes B.10.4 and C.6.4).

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use der::Decode as _;
use der::asn1::ObjectIdentifier;
use sha2::{Digest as _, Sha256};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::credential::sized;
use crate::check::Check;
use crate::rejection::Rejection;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_BYTES: usize = 256;
/// What the seed is for, with the zero that ends it.
const IDENTITY: &[u8] = b"IDENTITY\0";

/// A seed, and the bytes from which the TPM learns it.
pub(super) struct Seed {
    /// The seed.
    pub(super) seed: [u8; 32],
    /// What the TPM is sent.
    pub(super) encrypted: Vec<u8>,
}

impl Seed {
    /// Shares a seed with the holder of an endorsement key, a SubjectPublicKeyInfo in DER. `drawn` is the seed itself for
    /// RSA, and the private half of a key for this one use on P-256.
    pub(super) fn share(endorsement_key: &[u8], drawn: &[u8; 32]) -> Result<Self, Rejection> {
        let info = SubjectPublicKeyInfoOwned::from_der(endorsement_key)
            .map_err(|error| Rejection::format(format!("the endorsement key cannot be read: {error}")))?;
        let shared = match info.algorithm.oid {
            RSA => over_rsa(endorsement_key, drawn),
            ELLIPTIC => over_p256(info.subject_public_key.raw_bytes(), drawn),
            _ => None,
        };
        shared.ok_or_else(|| {
            let why =
                "no secret can be sent to the endorsement key: it is neither RSA of 2048 bits nor on P-256";
            Rejection::new(Check::Activation, why)
        })
    }
}

fn over_rsa(info: &[u8], drawn: &[u8; 32]) -> Option<Seed> {
    let key = PublicEncryptingKey::from_der(info).ok()?;
    if key.key_size_bytes() != RSA_BYTES {
        return None;
    }
    let mut encrypted = vec![0; RSA_BYTES];
    let key = OaepPublicEncryptingKey::new(key).ok()?;
    key.encrypt(&OAEP_SHA256_MGF1SHA256, drawn, &mut encrypted, Some(IDENTITY)).ok()?;
    Some(Seed { seed: *drawn, encrypted })
}

/// One pass of Diffie-Hellman, then KDFe: the TPM is sent the point of the drawn key.
fn over_p256(point: &[u8], drawn: &[u8; 32]) -> Option<Seed> {
    let ours = PrivateKey::from_private_key(&ECDH_P256, drawn).ok()?;
    let our_point = ours.compute_public_key().ok()?;
    let (x, y) = coordinates(our_point.as_ref())?;
    let (their_x, _) = coordinates(point)?;
    let kdf = |z: &[u8]| {
        let hash = Sha256::new().chain_update(1_u32.to_be_bytes()).chain_update(z);
        Ok(hash.chain_update(IDENTITY).chain_update(x).chain_update(their_x).finalize().into())
    };
    let seed = agree(&ours, UnparsedPublicKey::new(&ECDH_P256, point), (), kdf).ok()?;
    Some(Seed { seed, encrypted: [sized(x), sized(y)].concat() })
}

/// The two numbers of an uncompressed point on P-256.
fn coordinates(point: &[u8]) -> Option<(&[u8], &[u8])> {
    let (4, numbers) = point.split_first().filter(|(_, rest)| rest.len() == 64)? else { return None };
    Some(numbers.split_at(32))
}
