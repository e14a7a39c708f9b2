//! Makers' roots, by the SHA-256 of their certificates.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// Roots that are known without a document, each with the formats that it is good for. TPM makers have dozens, and
/// which are trusted is the operator's choice: those come with the references. Intel's comes with the library that
/// reads its quotes.
pub const BUILT_IN: &[(&[Kind], &str, &str)] = &[(
    &[Kind::NvidiaGpu, Kind::NvidiaSwitch],
    "NVIDIA Device Identity CA",
    "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48",
)];

/// A root that a document pins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// The format that it is good for.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// SHA-256 of its certificate in DER, 64 lower-case hexadecimal digits.
    pub sha256: String,
}
