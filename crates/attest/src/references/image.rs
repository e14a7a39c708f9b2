//! Known code: what a system measures when it runs one of our images.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An image whose measurements are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Its name and version, for example `lightcone-agent 0.1.0`.
    pub name: String,
    /// Whether it opens the accelerator's session over the local bus by itself: what R3 rests on.
    #[serde(default)]
    pub opens_accelerator: bool,
    /// What is measured when it runs.
    pub measured: Measured,
}

/// What one format measures of an image. Digests are lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Measured {
    /// Registers of a TPM, all of the SHA-256 bank.
    #[serde(rename = "tpm2-quote")]
    Tpm2 {
        /// Number of the register, then its value, 64 digits. The quote must select exactly these.
        pcrs: BTreeMap<u8, String>,
    },
    /// AMD SEV-SNP.
    #[serde(rename = "sev-snp")]
    SevSnp {
        /// The launch digest, 96 digits.
        measurement: String,
    },
    /// Intel TDX.
    #[serde(rename = "tdx")]
    Tdx {
        /// The build of the domain, 96 digits.
        mrtd: String,
        /// Registers 0 to 3, each 96 digits; one that is not named may have any value.
        rtmrs: BTreeMap<u8, String>,
    },
}
