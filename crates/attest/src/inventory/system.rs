//! What a machine is made of, as the host has it.

use serde::{Deserialize, Serialize};

/// What a machine is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SystemType {
    /// Maker and model of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Model of the accelerators; of the first, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu_product: Option<String>,
    /// Accelerators that the driver has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu_count: Option<u32>,
    /// Accelerators that the bus has, whether or not the driver has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpus_on_bus: Option<u32>,
    /// Memory of each accelerator in bytes; of the first, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu_memory_bytes: Option<u64>,
    /// Version of the accelerators' driver; none where it is not loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver_version: Option<String>,
    /// Version of CUDA that the driver offers, else that is installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cuda_version: Option<String>,
    /// Version of NVIDIA's Data Center GPU Manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dcgm_version: Option<String>,
    /// Model of the processors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_model: Option<String>,
    /// Processors that the system schedules on: hardware threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_count: Option<u32>,
    /// Main memory in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Release of the kernel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// Name and version of the operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Container runtime that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_runtime: Option<String>,
    /// How the accelerators are closed to their host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc_mode: Option<CcMode>,
    /// Whether the accelerators take work in that mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc_ready: Option<bool>,
}

/// How accelerators are closed to their host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CcMode {
    /// Not at all.
    Off,
    /// Confidential computing.
    On,
    /// Confidential computing with tools that look in: protects nothing.
    DevTools,
    /// Several accelerators behind protected links.
    ProtectedPcie,
    /// A mode of a later version.
    #[serde(other)]
    Unknown,
}

impl CcMode {
    /// Its name, as it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::On => "ON",
            Self::DevTools => "DEV_TOOLS",
            Self::ProtectedPcie => "PROTECTED_PCIE",
            Self::Unknown => "UNKNOWN",
        }
    }
}
