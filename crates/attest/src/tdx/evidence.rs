//! The evidence: a quote, with what Intel's service says of its platform.

use dcap_qvl::QuoteCollateralV3;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::case::Case;
use crate::check::Check;
use crate::rejection::Rejection;
use crate::verifier::EVIDENCE_BYTES_MAX;

/// Evidence of the format `tdx`, in JSON; bytes are in base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The quote, as the quoting enclave gave it.
    #[serde(with = "crate::base64::bytes")]
    pub quote: Vec<u8>,
    /// Collateral of Intel's Provisioning Certification Service (version 3) in the layout of the crate `dcap-qvl`: lists
    /// of revoked certificates and signed values of firmware. Looked at where the verifier has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collateral: Option<Value>,
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
            .map_err(|error| Rejection::format(format!("this is no evidence of TDX: {error}")))
    }

    /// Writes evidence.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The collateral that the quote is held against: the verifier's own, which the platform's owner did not choose,
    /// else that of the evidence.
    pub(super) fn collateral(&self, case: &Case<'_>) -> Result<QuoteCollateralV3, Rejection> {
        let read = match (case.collateral, &self.collateral) {
            (Some(json), _) if json.len() > EVIDENCE_BYTES_MAX => {
                let why = format!("collateral has {} bytes, more than {EVIDENCE_BYTES_MAX}", json.len());
                return Err(Rejection::new(Check::Size, why));
            }
            (Some(json), _) => serde_json::from_slice(json),
            (None, Some(value)) => QuoteCollateralV3::deserialize(value),
            (None, None) => {
                let why =
                    "a quote without collateral: fetch it from Intel's service and put it beside the quote";
                return Err(Rejection::new(Check::Revocation, why));
            }
        };
        read.map_err(|error| Rejection::format(format!("the collateral cannot be read: {error}")))
    }
}
