//! Makers' roots, by the SHA-256 of their certificates.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// Roots that are known without a document, each with the formats that it is good for. TPM makers have dozens, and
/// which are trusted is the operator's choice: those come with the references.
pub const BUILT_IN: &[(&[Kind], &str, &str)] = &[
    (
        &[Kind::NvidiaGpu, Kind::NvidiaSwitch],
        "NVIDIA Device Identity CA",
        "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48",
    ),
    (&[Kind::SevSnp], "AMD ARK-Milan", "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd"),
    (&[Kind::SevSnp], "AMD ARK-Genoa", "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1"),
    (&[Kind::SevSnp], "AMD ARK-Turin", "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a"),
    (&[Kind::Tdx], "Intel SGX Root CA", "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3"),
];

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
