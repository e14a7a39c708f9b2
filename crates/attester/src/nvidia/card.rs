//! What NVIDIA's library tells of each accelerator. Whatever a card or driver does not know is left out.

use lightcone_attest::inventory::{CcMode, GpuHealth, GpuIdentity};
use nvml_wrapper::enum_wrappers::device::{EccCounter, MemoryError, TemperatureSensor};
use nvml_wrapper::enum_wrappers::nv_link::ErrorCounter;
use nvml_wrapper::enums::device::SampleValue;
use nvml_wrapper::structs::device::FieldId;
use nvml_wrapper::sys_exports::field_id;
use nvml_wrapper::{Device, Nvml, cuda_driver_version_major, cuda_driver_version_minor};

use super::{Accelerators, Card};
use crate::root::plain;

/// The most accelerators that are told.
const CARDS_MAX: u32 = 64;
/// The most links of one accelerator (`NVML_NVLINK_MAX_LINKS`).
const LINKS_MAX: u32 = 18;
/// What counts up on a link when something went wrong that a repetition mends.
const MENDED: [ErrorCounter; 3] = [ErrorCounter::DlReplay, ErrorCounter::DlCrcFlit, ErrorCounter::DlCrcData];

/// All accelerators and their driver.
pub(super) fn all(nvml: &Nvml) -> Accelerators {
    let count = nvml.device_count().unwrap_or_default().min(CARDS_MAX);
    let devices: Vec<Device<'_>> = (0..count).filter_map(|index| nvml.device_by_index(index).ok()).collect();
    let cuda = nvml.sys_cuda_driver_version().ok();
    let cuda = cuda.map(|cuda| (cuda_driver_version_major(cuda), cuda_driver_version_minor(cuda)));
    Accelerators {
        driver_version: nvml.sys_driver_version().ok().as_deref().and_then(plain),
        cuda_version: cuda.map(|(major, minor)| format!("{major}.{minor}")),
        cc_mode: devices.first().and_then(cc_mode),
        cc_ready: devices.first().and_then(|device| device.get_confidential_compute_state().ok()),
        cards: devices.iter().map(card).collect(),
    }
}

/// How the accelerators are closed to their host. The library asks a device, and the answer is the system's.
pub(super) fn cc_mode(device: &Device<'_>) -> Option<CcMode> {
    if device.is_multi_gpu_protected_pcie_enabled().ok() == Some(true) {
        return Some(CcMode::ProtectedPcie);
    }
    let is_on = device.is_cc_enabled().ok()?;
    Some(match (is_on, device.is_cc_dev_mode_enabled().ok()) {
        (false, _) => CcMode::Off,
        (true, Some(true)) => CcMode::DevTools,
        (true, _) => CcMode::On,
    })
}

fn card(device: &Device<'_>) -> Card {
    let pci_bus_id = device.pci_info().ok().and_then(|pci| plain(&place(&pci.bus_id)));
    Card {
        product: device.name().ok().as_deref().and_then(plain),
        memory_bytes: device.memory_info().ok().map(|memory| memory.total),
        identity: GpuIdentity {
            uuid: device.uuid().ok().as_deref().and_then(plain),
            serial: device.serial().ok().as_deref().and_then(plain),
            minor: device.minor_number().ok(),
            pci_bus_id: pci_bus_id.clone(),
            board_id: device.board_id().ok(),
            board_part_number: device.board_part_number().ok().as_deref().and_then(plain),
            vbios_version: device.vbios_version().ok().as_deref().and_then(plain),
        },
        health: GpuHealth { pci_bus_id, ..health(device) },
    }
}

fn health(device: &Device<'_>) -> GpuHealth {
    let field = |id| {
        let values = device.field_values_for(&[FieldId(id)]).ok()?;
        number(&values.into_iter().next()?.ok()?.value.ok()?)
    };
    let ecc = |kind, since| device.total_ecc_errors(kind, since).ok();
    let rows = [field(field_id::NVML_FI_DEV_REMAPPED_COR), field(field_id::NVML_FI_DEV_REMAPPED_UNC)];
    let throttle = device.current_throttle_reasons().ok();
    GpuHealth {
        pci_bus_id: None,
        ecc_corrected: ecc(MemoryError::Corrected, EccCounter::Aggregate),
        ecc_uncorrected: ecc(MemoryError::Uncorrected, EccCounter::Aggregate),
        ecc_uncorrected_since_load: ecc(MemoryError::Uncorrected, EccCounter::Volatile),
        remapped_rows: sum(rows),
        remap_pending: field(field_id::NVML_FI_DEV_REMAPPED_PENDING).map(|pending| pending != 0),
        remap_failed: field(field_id::NVML_FI_DEV_REMAPPED_FAILURE).map(|failed| failed != 0),
        throttle: throttle.iter().flat_map(|all| all.iter_names()).map(|(name, _)| name.to_owned()).collect(),
        nvlink_errors: links(device, &MENDED),
        nvlink_recoveries: links(device, &[ErrorCounter::DlRecovery]),
        temperature_c: device.temperature(TemperatureSensor::Gpu).ok(),
    }
}

/// The sum of some counters over all links that are up.
fn links(device: &Device<'_>, counters: &[ErrorCounter]) -> Option<u64> {
    let links = (0..LINKS_MAX).map(|link| device.link_wrapper_for(link));
    let links = links.filter(|link| link.is_active().unwrap_or_default());
    sum(links.flat_map(|link| {
        counters.iter().map(|counter| link.error_counter(*counter).ok()).collect::<Vec<_>>()
    }))
}

/// The sum of the counters that are known; none where none is.
fn sum(counters: impl IntoIterator<Item = Option<u64>>) -> Option<u64> {
    counters.into_iter().flatten().reduce(u64::saturating_add)
}

fn number(value: &SampleValue) -> Option<u64> {
    match value {
        SampleValue::U32(number) => Some(u64::from(*number)),
        SampleValue::U64(number) => Some(*number),
        SampleValue::I64(number) => u64::try_from(*number).ok(),
        SampleValue::F64(_) => None,
    }
}

/// A place on the bus as the kernel writes it: four digits of domain where the library has eight, in small letters.
fn place(bus_id: &str) -> String {
    let place = match bus_id.split_once(':') {
        Some((domain, _)) if domain.len() == 8 => bus_id.strip_prefix("0000").unwrap_or(bus_id),
        _ => bus_id,
    };
    place.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_the_bus_are_written_as_the_kernel_does() {
        let cases = [
            ("00000000:18:00.0", "0000:18:00.0"),
            ("00000009:0A:00.0", "0009:0a:00.0"),
            ("00010000:18:00.0", "00010000:18:00.0"),
            ("0000:18:00.0", "0000:18:00.0"),
            ("", ""),
        ];
        for (library, kernel) in cases {
            assert_eq!(place(library), kernel);
        }
    }

    #[test]
    fn what_nobody_counts_is_not_zero() {
        assert_eq!(sum([None, None]), None);
        assert_eq!(sum([Some(1), None, Some(2)]), Some(3));
        assert_eq!(sum([Some(u64::MAX), Some(1)]), Some(u64::MAX));
        assert_eq!(number(&SampleValue::I64(-1)), None);
    }
}
