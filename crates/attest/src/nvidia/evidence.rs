//! What `nvattest collect-evidence` prints of one device.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::kind::Kind;
use crate::rejection::Rejection;
use crate::verifier::EVIDENCE_BYTES_MAX;

/// Architectures as NVIDIA's tools name them, each with how the names of its dies begin and what its chips are.
const ARCHITECTURES: [(&str, &str, Kind); 3] = [
    ("HOPPER", "GH", Kind::NvidiaGpu),
    ("BLACKWELL", "GB", Kind::NvidiaGpu),
    ("LS10", "LS", Kind::NvidiaSwitch),
];

/// The evidence of one device. As JSON it is an object of `arch`, `certificate` (PEM in base64), `evidence` (base64) and
/// `nonce` (hexadecimal); other fields are left alone, since the format is NVIDIA's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The architecture as the host names it: `HOPPER`, `BLACKWELL`, `LS10`.
    pub arch: String,
    /// Certificates in PEM, the device's first, the root last.
    pub chain: String,
    /// The SPDM request, then the response.
    pub report: Vec<u8>,
    /// The nonce that the host says it asked with.
    pub nonce: Vec<u8>,
}

#[derive(Deserialize, Serialize)]
struct Wire {
    arch: String,
    certificate: String,
    evidence: String,
    nonce: String,
}

impl Evidence {
    /// Reads the evidence of one device.
    ///
    /// # Errors
    /// It is no such object, has more than [`EVIDENCE_BYTES_MAX`] bytes, or a field is not written as it must be.
    pub fn from_json(json: &[u8]) -> Result<Self, Rejection> {
        if json.len() > EVIDENCE_BYTES_MAX {
            let why = format!("evidence has {} bytes; at most {EVIDENCE_BYTES_MAX} are read", json.len());
            return Err(Rejection::new(Check::Size, why));
        }
        let wire: Wire = serde_json::from_slice(json)
            .map_err(|error| Rejection::format(format!("this is no evidence of one device: {error}")))?;
        wire.read()
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let wire = Wire {
            arch: self.arch.clone(),
            certificate: STANDARD.encode(&self.chain),
            evidence: STANDARD.encode(&self.report),
            nonce: hex::encode(&self.nonce),
        };
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// What the host says that the device is. An architecture that is not known is a GPU's.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.architecture().map_or(Kind::NvidiaGpu, |(_, _, kind)| *kind)
    }

    /// Whether a die of that name can be of the architecture that the host names.
    pub(super) fn may_be_of(&self, die: &str) -> bool {
        self.architecture().is_none_or(|(_, prefix, _)| die.starts_with(prefix))
    }

    fn architecture(&self) -> Option<&'static (&'static str, &'static str, Kind)> {
        ARCHITECTURES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(&self.arch))
    }
}

impl Wire {
    fn read(self) -> Result<Evidence, Rejection> {
        let base64 = |field: &str, text: &str| {
            let why = |error| Rejection::format(format!("`{field}` is not base64: {error}"));
            STANDARD.decode(text).map_err(why)
        };
        let chain = String::from_utf8(base64("certificate", &self.certificate)?)
            .map_err(|_| Rejection::format("`certificate` holds something else than PEM"))?;
        let report = base64("evidence", &self.evidence)?;
        let nonce = hex::decode(&self.nonce)
            .map_err(|error| Rejection::format(format!("`nonce` is not hexadecimal: {error}")))?;
        Ok(Evidence { arch: self.arch, chain, report, nonce })
    }
}
