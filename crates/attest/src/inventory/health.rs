//! How well a machine does, as the host has it.

use serde::{Deserialize, Serialize};

use super::xid::Xid;

/// How well a machine does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// Parts, each with its state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// The driver's last errors, oldest first; none where the host cannot read its log, which is not the same as no error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xids: Option<Vec<Xid>>,
    /// The accelerators' counters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gpus: Vec<GpuHealth>,
    /// Seconds since the system started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime_s: Option<u64>,
}

/// A part of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its name, such as `gpu-count`.
    pub component: String,
    /// How it is.
    pub state: State,
    /// Why it is not healthy, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When that was found, in seconds of Unix time.
    #[serde(default)]
    pub time_s: i64,
}

/// How a part is. The words are those of NVIDIA's and Lepton's agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Not known yet.
    Initializing,
    /// As it should be.
    Healthy,
    /// Works, and should be looked at.
    Degraded,
    /// Does not work.
    Unhealthy,
    /// A state of a later version.
    #[serde(other)]
    Unknown,
}

impl State {
    /// Its name, as it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initializing => "INITIALIZING",
            Self::Healthy => "HEALTHY",
            Self::Degraded => "DEGRADED",
            Self::Unhealthy => "UNHEALTHY",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// Counters of one accelerator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GpuHealth {
    /// Place on the bus: which accelerator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pci_bus_id: Option<String>,
    /// Memory errors that were corrected, ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecc_corrected: Option<u64>,
    /// Memory errors that were not, ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecc_uncorrected: Option<u64>,
    /// Those of them since the driver was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecc_uncorrected_since_load: Option<u64>,
    /// Rows of memory that were replaced by spare ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remapped_rows: Option<u64>,
    /// Whether a row waits for a reset to be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remap_pending: Option<bool>,
    /// Whether a row could not be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remap_failed: Option<bool>,
    /// Why the clock is held back now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub throttle: Vec<String>,
    /// Errors of all links to other accelerators that a repetition mended: replays and checksums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvlink_errors: Option<u64>,
    /// How often a link had to be trained anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvlink_recoveries: Option<u64>,
    /// Temperature in degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature_c: Option<u32>,
}
