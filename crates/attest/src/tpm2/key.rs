//! The attestation key: what signs quotes.

use der::asn1::{Any, UintRef};
use der::{Encode as _, Tag};
use sha2::{Digest as _, Sha256};

use super::reader::Reader;
use crate::check::Check;
use crate::rejection::Rejection;
use crate::signature::Scheme;

const ALG_RSA: u16 = 0x0001;
/// SHA-256, as a TPM numbers it.
pub(super) const ALG_SHA256: u16 = 0x000b;
const ALG_NULL: u16 = 0x0010;
const ALG_RSASSA: u16 = 0x0014;
const ALG_ECDSA: u16 = 0x0018;
const ALG_ECC: u16 = 0x0023;
const CURVE_P256: u16 = 0x0003;
const RSA_BITS: u16 = 2048;
/// What an RSA exponent of 0 stands for.
const RSA_EXPONENT: u32 = 65_537;
/// The bytes of one coordinate, or one number of a signature, on P-256.
const P256_BYTES: usize = 32;

/// Attributes that only a key has which was born in its TPM, never leaves it, and signs nothing but what that TPM made:
/// fixedTPM, fixedParent, sensitiveDataOrigin, restricted, sign.
const NEEDED: u32 = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 16 | 1 << 18;
/// The attribute that it must not have: decrypt.
const FORBIDDEN: u32 = 1 << 17;

/// An attestation key, as its `TPM2B_PUBLIC` describes it.
#[derive(Clone, Debug)]
pub(super) struct AttestationKey {
    name: Vec<u8>,
    attributes: u32,
    public: Public,
}

#[derive(Clone, Debug)]
enum Public {
    /// An uncompressed point.
    P256(Vec<u8>),
    /// An RSAPublicKey in DER.
    Rsa(Vec<u8>),
}

impl AttestationKey {
    /// Reads a `TPM2B_PUBLIC`, to the last byte.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        let mut outer = Reader::new(bytes, "ak_public");
        let area = outer.sized()?;
        outer.end()?;
        let mut reader = Reader::new(area, "ak_public");
        let (kind, name_hash, attributes) = (reader.u16()?, reader.u16()?, reader.u32()?);
        let _policy = reader.sized()?;
        if name_hash != ALG_SHA256 {
            return Err(unusual(format!("is named by hash {name_hash:#06x}")));
        }
        let public = match kind {
            ALG_ECC => p256(&mut reader)?,
            ALG_RSA => rsa(&mut reader)?,
            _ => return Err(unusual(format!("is of kind {kind:#06x}"))),
        };
        reader.end()?;
        let name = [&ALG_SHA256.to_be_bytes(), Sha256::digest(area).as_slice()].concat();
        Ok(Self { name, attributes, public })
    }

    /// Its TPM name: two bytes of algorithm, then the digest of its public area.
    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }

    /// Whether it signs only what its own TPM made.
    pub(super) fn may_attest(&self) -> Result<(), Rejection> {
        let (has, needs, lacks) = (self.attributes, NEEDED, NEEDED & !self.attributes);
        if lacks == 0 && has & FORBIDDEN == 0 {
            return Ok(());
        }
        let why = format!(
            "the attestation key has attributes {has:#x}; it needs {needs:#x} (lacks {lacks:#x}) and must not have \
             {FORBIDDEN:#x}: make a restricted signing key"
        );
        Err(Rejection::new(Check::KeyAttributes, why))
    }

    /// Whether a `TPMT_SIGNATURE` is this key's over `message`.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> Result<(), Rejection> {
        let mut reader = Reader::new(signature, "signature");
        let (scheme, hash) = (reader.u16()?, reader.u16()?);
        let holds = match (&self.public, scheme, hash) {
            (Public::P256(point), ALG_ECDSA, ALG_SHA256) => {
                let pair = [padded(reader.sized()?)?, padded(reader.sized()?)?].concat();
                Scheme::P256Sha256Raw.holds(point, message, &pair)
            }
            (Public::Rsa(key), ALG_RSASSA, ALG_SHA256) => {
                Scheme::RsaSha256.holds(key, message, reader.sized()?)
            }
            _ => {
                let why =
                    format!("signed by scheme {scheme:#06x} with hash {hash:#06x}, which is not the key's");
                return Err(Rejection::new(Check::Signature, why));
            }
        };
        reader.end()?;
        if holds {
            return Ok(());
        }
        Err(Rejection::new(Check::Signature, "the quote is not signed by the attestation key"))
    }
}

/// The rest of the public area of a signing key on P-256.
fn p256(reader: &mut Reader<'_>) -> Result<Public, Rejection> {
    let symmetric = reader.u16()?;
    signs_by(reader, ALG_ECDSA)?;
    let (curve, derivation) = (reader.u16()?, reader.u16()?);
    if (symmetric, curve, derivation) != (ALG_NULL, CURVE_P256, ALG_NULL) {
        return Err(unusual(format!("is on curve {curve:#06x}, or does more than sign")));
    }
    let point = [vec![4], padded(reader.sized()?)?, padded(reader.sized()?)?].concat();
    Ok(Public::P256(point))
}

/// The rest of the public area of a signing key of RSA.
fn rsa(reader: &mut Reader<'_>) -> Result<Public, Rejection> {
    let symmetric = reader.u16()?;
    signs_by(reader, ALG_RSASSA)?;
    let (bits, exponent) = (reader.u16()?, reader.u32()?);
    let exponent = if exponent == 0 { RSA_EXPONENT } else { exponent };
    let modulus = reader.sized()?;
    if symmetric != ALG_NULL || bits != RSA_BITS || modulus.len() != usize::from(RSA_BITS / 8) {
        return Err(unusual(format!("has {bits} bits, or does more than sign")));
    }
    let key =
        rsa_der(modulus, exponent).map_err(|error| Rejection::format(format!("`ak_public`: {error}")))?;
    Ok(Public::Rsa(key))
}

/// An RSAPublicKey (RFC 8017, appendix A.1.1).
fn rsa_der(modulus: &[u8], exponent: u32) -> der::Result<Vec<u8>> {
    let exponent = exponent.to_be_bytes();
    let numbers = [UintRef::new(modulus)?.to_der()?, UintRef::new(&exponent)?.to_der()?].concat();
    Any::new(Tag::Sequence, numbers)?.to_der()
}

/// Reads the scheme that a key is fixed to, which must be this one with SHA-256.
fn signs_by(reader: &mut Reader<'_>, wanted: u16) -> Result<(), Rejection> {
    let scheme = reader.u16()?;
    let hash = if scheme == ALG_NULL { ALG_NULL } else { reader.u16()? };
    if (scheme, hash) == (wanted, ALG_SHA256) {
        return Ok(());
    }
    Err(unusual(format!("signs by scheme {scheme:#06x} with hash {hash:#06x}")))
}

/// A number of P-256 in its full length: TPMs may leave leading zeros out.
fn padded(number: &[u8]) -> Result<Vec<u8>, Rejection> {
    let zeros = P256_BYTES.checked_sub(number.len()).ok_or_else(|| {
        Rejection::format(format!("a number on P-256 has {} bytes, more than {P256_BYTES}", number.len()))
    })?;
    Ok([&vec![0; zeros], number].concat())
}

fn unusual(how: String) -> Rejection {
    let remedy = "use ECDSA on P-256 or RSASSA of 2048 bits, with SHA-256";
    Rejection::new(Check::KeyAttributes, format!("the attestation key {how}; {remedy}"))
}
