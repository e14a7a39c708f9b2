//! What the bus and NVIDIA's kernel driver tell of accelerators, without NVIDIA's library.

use lightcone_attest::inventory::GpuIdentity;

use crate::root::{Root, plain};

/// The most accelerators that are told.
const GPUS_MAX: usize = 64;
/// NVIDIA, as the PCI registry numbers it.
const NVIDIA: &str = "0x10de";
/// Classes of PCI devices that compute: display controllers, and those without a display.
const CLASSES: [&str; 2] = ["0x0300", "0x0302"];
/// Where the driver tells of its accelerators, a folder each.
const GPUS: &str = "proc/driver/nvidia/gpus";

/// Places on the bus that have an NVIDIA accelerator; none where the system shows no bus.
pub(crate) fn on_bus(root: &Root) -> Option<Vec<String>> {
    const DEVICES: &str = "sys/bus/pci/devices";
    let mut devices = root.names(DEVICES)?;
    devices.retain(|device| {
        let text = |name: &str| root.text(&format!("{DEVICES}/{device}/{name}")).unwrap_or_default();
        text("vendor") == NVIDIA && CLASSES.iter().any(|class| text("class").starts_with(class))
    });
    devices.truncate(GPUS_MAX);
    Some(devices)
}

/// Version of the driver that is loaded.
pub(crate) fn version(root: &Root) -> Option<String> {
    root.text("sys/module/nvidia/version")
}

/// The accelerators that the driver has.
pub(super) fn gpus(root: &Root) -> Vec<GpuIdentity> {
    let folders = root.names(GPUS).unwrap_or_default();
    folders.iter().take(GPUS_MAX).map(|folder| gpu(root, folder)).collect()
}

/// The model of the first one.
pub(super) fn product(root: &Root) -> Option<String> {
    root.names(GPUS)?.iter().find_map(|folder| value(&information(root, folder)?, "Model"))
}

fn gpu(root: &Root, folder: &str) -> GpuIdentity {
    let information = information(root, folder).unwrap_or_default();
    let value = |name| value(&information, name);
    GpuIdentity {
        uuid: value("GPU UUID"),
        minor: value("Device Minor").and_then(|minor| minor.parse().ok()),
        pci_bus_id: value("Bus Location").or_else(|| plain(folder)),
        vbios_version: value("Video BIOS"),
        ..GpuIdentity::default()
    }
}

fn information(root: &Root, folder: &str) -> Option<String> {
    root.read(&format!("{GPUS}/{folder}/information"))
}

/// What stands behind a name and a colon. The driver writes question marks for what it does not know.
pub(super) fn value(text: &str, name: &str) -> Option<String> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = pairs.find(|(found, _)| found.trim() == name)?;
    plain(value).filter(|value| !value.contains('?'))
}
