//! Which machine, as the host has it.

use serde::{Deserialize, Serialize};

/// Which machine. Every name here is hashed unless the owner says otherwise; places on a bus are not names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostIdentity {
    /// Name of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// The installed system's own identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
    /// This start of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// UUID of the machine, as its firmware has it (SMBIOS type 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_uuid: Option<String>,
    /// Serial number of the chassis (SMBIOS type 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chassis_serial: Option<String>,
    /// UUID of the cluster that the accelerators' fabric joins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_uuid: Option<String>,
    /// Hardware addresses of network cards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub macs: Vec<String>,
    /// The accelerators.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gpus: Vec<GpuIdentity>,
}

/// Which accelerator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GpuIdentity {
    /// UUID that the driver gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// Serial number of the board.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Number of its device node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minor: Option<u32>,
    /// Place on the bus, such as `0000:18:00.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pci_bus_id: Option<String>,
    /// Board, as NVML numbers it from its place on the bus: accelerators of one board share it. Reports sign another
    /// number by the same name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board_id: Option<u32>,
    /// Part number of the board, such as `692-2G520-0200-000`: project `G520`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board_part_number: Option<String>,
    /// Version of its VBIOS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vbios_version: Option<String>,
}
