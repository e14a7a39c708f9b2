//! The evidence as it travels.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::key::AttestationKey;
use crate::case::Activated;
use crate::check::Check;
use crate::references::Measured;
use crate::rejection::Rejection;
use crate::verifier::EVIDENCE_BYTES_MAX;
use crate::x509::{CHAIN_MAX, Certificate};

/// The registers that a TPM has.
const PCRS: u8 = 24;

/// Registers of the SHA-256 bank with their values, by number.
pub type Pcrs = BTreeMap<u8, [u8; 32]>;

/// A quote with what it takes to appraise it. In JSON, bytes are base64 and the values of registers lower-case
/// hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Evidence {
    /// What the TPM signed: a `TPMS_ATTEST`.
    pub attest: Vec<u8>,
    /// The attestation key's signature over it: a `TPMT_SIGNATURE`.
    pub signature: Vec<u8>,
    /// The attestation key: a `TPM2B_PUBLIC`.
    pub ak_public: Vec<u8>,
    /// Certificates in DER: the endorsement key's first, the maker's root last.
    pub ek_chain: Vec<Vec<u8>>,
    /// The registers that were quoted, with the values that they had.
    pub pcrs: Pcrs,
}

impl Evidence {
    /// Reads evidence; nothing of it is checked but its form.
    ///
    /// # Errors
    /// The bytes are too many or no such document.
    pub fn parse(json: &[u8]) -> Result<Self, Rejection> {
        if json.len() > EVIDENCE_BYTES_MAX {
            let why = format!("evidence has {} bytes, more than {EVIDENCE_BYTES_MAX}", json.len());
            return Err(Rejection::new(Check::Size, why));
        }
        serde_json::from_slice(json).map_err(|error| Rejection::format(format!("evidence: {error}")))
    }

    /// The bytes that travel.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What an activation would show: that the attestation key lives beside the endorsement key. Read off the evidence, so
    /// true only once a [`Credential`](super::Credential) for it came back opened.
    ///
    /// # Errors
    /// There is no certificate, or it or the key cannot be read.
    pub fn claims(&self) -> Result<Activated, Rejection> {
        let name = AttestationKey::parse(&self.ak_public)?.name().to_vec();
        Ok(Activated { name, endorsement: self.endorsement()?.key_sha256() })
    }

    /// The endorsement key, as its certificate has it: a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// There is no certificate, or it cannot be read.
    pub fn endorsement_key(&self) -> Result<Vec<u8>, Rejection> {
        self.endorsement().map(|certificate| certificate.key_info())
    }

    /// The registers, as reference values have them.
    #[must_use]
    pub fn measured(&self) -> Measured {
        Measured::Tpm2 { pcrs: digits(&self.pcrs) }
    }

    fn endorsement(&self) -> Result<Certificate, Rejection> {
        let first = self.ek_chain.first();
        Certificate::parse(first.ok_or_else(|| Rejection::format("`ek_chain` has no certificate"))?)
    }
}

/// The document, in texts.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    attest: String,
    signature: String,
    ak_public: String,
    ek_chain: Vec<String>,
    pcrs: BTreeMap<u8, String>,
}

impl From<Evidence> for Wire {
    fn from(evidence: Evidence) -> Self {
        Self {
            attest: STANDARD.encode(evidence.attest),
            signature: STANDARD.encode(evidence.signature),
            ak_public: STANDARD.encode(evidence.ak_public),
            ek_chain: evidence.ek_chain.iter().map(|der| STANDARD.encode(der)).collect(),
            pcrs: digits(&evidence.pcrs),
        }
    }
}

impl TryFrom<Wire> for Evidence {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let count = wire.ek_chain.len();
        if count > CHAIN_MAX {
            return Err(format!("`ek_chain` has {count} certificates, more than {CHAIN_MAX}"));
        }
        Ok(Self {
            attest: bytes("attest", &wire.attest)?,
            signature: bytes("signature", &wire.signature)?,
            ak_public: bytes("ak_public", &wire.ak_public)?,
            ek_chain: wire.ek_chain.iter().map(|der| bytes("ek_chain", der)).collect::<Result<_, _>>()?,
            pcrs: wire.pcrs.iter().map(register).collect::<Result<_, _>>()?,
        })
    }
}

fn bytes(field: &str, text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| format!("`{field}` is not base64: {error}"))
}

fn register((number, value): (&u8, &String)) -> Result<(u8, [u8; 32]), String> {
    if *number >= PCRS {
        return Err(format!("`pcrs` has a register {number}; they are 0 to {}", PCRS - 1));
    }
    let mut digest = [0; 32];
    let is_read = hex::decode_to_slice(value, &mut digest).is_ok() && hex::encode(digest) == *value;
    is_read.then_some((*number, digest)).ok_or_else(|| {
        format!("register {number} of `pcrs` is not SHA-256 in 64 lower-case hexadecimal digits")
    })
}

fn digits(pcrs: &Pcrs) -> BTreeMap<u8, String> {
    pcrs.iter().map(|(number, value)| (*number, hex::encode(value))).collect()
}
