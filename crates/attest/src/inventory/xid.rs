//! Errors that NVIDIA's driver writes into the kernel's log.

use serde::{Deserialize, Serialize};

/// Xids after which an accelerator computes no more until it is reset or its machine restarts.
///
/// From NVIDIA's Xid catalogue for Ampere and newer (<https://docs.nvidia.com/deploy/xid-errors/analyzing-xid-catalog.html>,
/// as of October 2025): those whose immediate action is `RESET_GPU` or `RESTART_BM`, and 48, whose workflow ends in a
/// reset. Errors of programs, such as 13, 31 and 43, are not among them.
pub const FATAL_XIDS: [u32; 16] = [46, 48, 62, 64, 79, 95, 109, 110, 119, 120, 136, 140, 143, 155, 156, 158];

/// One error of the driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Xid {
    /// Its number in NVIDIA's catalogue.
    pub code: u32,
    /// When it was written, in seconds of Unix time.
    pub time_s: i64,
    /// The accelerator's place on the bus, as the log has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pci_bus_id: Option<String>,
}

/// Whether an accelerator needs a reset after it.
#[must_use]
pub fn is_fatal(code: u32) -> bool {
    FATAL_XIDS.contains(&code)
}
