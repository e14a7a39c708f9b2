//! Which machine, by what its system tells.

use lightcone_attest::inventory::HostIdentity;

use super::Concealer;
use super::driver;
use crate::nvidia::Accelerators;
use crate::root::Root;

/// The most network cards that are told.
const CARDS_MAX: usize = 64;
/// What stands for no hardware address.
const NO_MAC: &str = "00:00:00:00:00:00";

/// Which machine. The UUID and the serial number can be read by root only.
pub(super) fn identity(root: &Root, concealer: &Concealer, found: Option<&Accelerators>) -> HostIdentity {
    let name = |kind: &str, file: &str| root.text(file).map(|text| concealer.name(kind, &text));
    let mut gpus = match found {
        Some(found) => found.cards.iter().map(|card| card.identity.clone()).collect(),
        None => driver::gpus(root),
    };
    for gpu in &mut gpus {
        gpu.uuid = gpu.uuid.take().map(|uuid| concealer.name("gpu-uuid", &uuid));
        gpu.serial = gpu.serial.take().map(|serial| concealer.name("gpu-serial", &serial));
    }
    HostIdentity {
        hostname: name("hostname", "proc/sys/kernel/hostname"),
        machine_id: name("machine-id", "etc/machine-id"),
        boot_id: name("boot-id", "proc/sys/kernel/random/boot_id"),
        system_uuid: name("system-uuid", "sys/class/dmi/id/product_uuid"),
        chassis_serial: name("chassis-serial", "sys/class/dmi/id/chassis_serial"),
        cluster_uuid: None,
        macs: macs(root).iter().map(|mac| concealer.name("mac", mac)).collect(),
        gpus,
    }
}

/// Hardware addresses of cards that are devices; bridges and tunnels come and go.
fn macs(root: &Root) -> Vec<String> {
    let cards = root.names("sys/class/net").unwrap_or_default();
    let cards = cards.iter().filter(|card| root.has(&format!("sys/class/net/{card}/device")));
    let macs = cards.filter_map(|card| root.text(&format!("sys/class/net/{card}/address")));
    macs.filter(|mac| mac != NO_MAC).take(CARDS_MAX).collect()
}
