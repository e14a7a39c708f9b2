//! The evidence: a report with its certificates.

use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::rejection::Rejection;
use crate::verifier::EVIDENCE_BYTES_MAX;

/// Evidence of the format `sev-snp`, in JSON; bytes are in base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The report, 1,184 bytes, as the secure processor gave it.
    #[serde(with = "crate::base64::bytes")]
    pub report: Vec<u8>,
    /// Three certificates in DER: the one that signed the report (VCEK or VLEK), the one that signed that (ASK or
    /// ASVK), and AMD's root (ARK).
    #[serde(with = "crate::base64::list")]
    pub chain: Vec<Vec<u8>>,
}

impl Evidence {
    /// Reads evidence.
    ///
    /// # Errors
    /// [`Check::Size`] where it is too long, [`Check::Format`] where it is no such JSON.
    pub fn parse(json: &[u8]) -> Result<Self, Rejection> {
        if json.len() > EVIDENCE_BYTES_MAX {
            let why = format!("evidence has {} bytes, more than {EVIDENCE_BYTES_MAX}", json.len());
            return Err(Rejection::new(Check::Size, why));
        }
        serde_json::from_slice(json)
            .map_err(|error| Rejection::format(format!("this is no evidence of SEV-SNP: {error}")))
    }

    /// Writes evidence.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
