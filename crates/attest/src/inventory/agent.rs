//! What an agent says of itself.

use serde::{Deserialize, Serialize};

/// What an agent says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentFacts {
    /// Version of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Digest of the build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// Formats of evidence that it offers, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence_kinds: Vec<String>,
    /// The residency that it believes to reach, `R0` to `R4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residency_claimed: Option<String>,
    /// What the kernel's clock runs on, such as `tsc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_source: Option<String>,
    /// How it waits for challenges: `thread` or `busy-poll`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timed_path: Option<String>,
}
