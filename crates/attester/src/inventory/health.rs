//! How well a machine does, by what its system tells.

use lightcone_attest::UnixTime;
use lightcone_attest::inventory::{Component, GpuHealth, Health, State, SystemType, is_fatal};

use super::log;
use crate::nvidia::Accelerators;
use crate::root::Root;

/// Reasons to hold a clock back that say that something is wrong, as NVML names them.
const SLOWDOWNS: [&str; 3] = ["HW_SLOWDOWN", "HW_THERMAL_SLOWDOWN", "HW_POWER_BRAKE_SLOWDOWN"];

/// How well a machine does.
pub(super) fn health(
    root: &Root,
    found: Option<&Accelerators>,
    system: &SystemType,
    now: UnixTime,
) -> Health {
    let uptime_s = uptime(root);
    let xids = log::xids(root, now, uptime_s);
    let cards = found.map_or(&[][..], |found| &found.cards);
    let gpus: Vec<GpuHealth> = cards.iter().map(|card| card.health.clone()).collect();
    let codes: Option<Vec<u32>> = xids.as_ref().map(|xids| xids.iter().map(|xid| xid.code).collect());
    let mut states = Vec::new();
    if system.gpus_on_bus.max(system.gpu_count).is_some_and(|gpus| gpus > 0) {
        states.extend([driver(system), count(system), errors(codes.as_deref())]);
        if !gpus.is_empty() {
            states.extend([memory(&gpus), rows(&gpus), links(&gpus), clocks(&gpus)]);
        }
    }
    let component = |(component, state, reason): Told| Component {
        component: component.to_owned(),
        state,
        reason,
        time_s: now.as_s(),
    };
    Health { components: states.into_iter().map(component).collect(), xids, gpus, uptime_s }
}

/// A part, its state, and why.
type Told = (&'static str, State, String);

fn well(part: &'static str) -> Told {
    (part, State::Healthy, String::new())
}

fn uptime(root: &Root) -> Option<u64> {
    root.text("proc/uptime")?.split('.').next()?.parse().ok()
}

fn driver(system: &SystemType) -> Told {
    match system.driver_version {
        Some(_) => well("driver"),
        None => ("driver", State::Unhealthy, "NVIDIA's driver is not loaded".to_owned()),
    }
}

fn count(system: &SystemType) -> Told {
    match (system.gpu_count, system.gpus_on_bus) {
        (Some(found), Some(wanted)) if found < wanted => {
            ("gpu-count", State::Unhealthy, format!("the driver has {found} of {wanted} on the bus"))
        }
        (None, _) => ("gpu-count", State::Initializing, "nobody counts them without a driver".to_owned()),
        _ => well("gpu-count"),
    }
}

fn errors(codes: Option<&[u32]>) -> Told {
    let Some(codes) = codes else {
        return ("xid", State::Initializing, "the kernel's log cannot be read".to_owned());
    };
    match codes.iter().rev().find(|code| is_fatal(**code)) {
        Some(code) => ("xid", State::Unhealthy, format!("Xid {code} since the start: reset the GPU")),
        None => well("xid"),
    }
}

fn memory(gpus: &[GpuHealth]) -> Told {
    match sum(gpus, |gpu| gpu.ecc_uncorrected_since_load) {
        0 => well("ecc"),
        errors => (
            "ecc",
            State::Degraded,
            format!("{errors} uncorrected errors of memory since the driver was loaded"),
        ),
    }
}

fn rows(gpus: &[GpuHealth]) -> Told {
    if gpus.iter().any(|gpu| gpu.remap_failed == Some(true)) {
        return ("remapped-rows", State::Unhealthy, "a row of memory could not be replaced".to_owned());
    }
    if gpus.iter().any(|gpu| gpu.remap_pending == Some(true)) {
        return ("remapped-rows", State::Degraded, "a row of memory waits for a reset".to_owned());
    }
    well("remapped-rows")
}

fn links(gpus: &[GpuHealth]) -> Told {
    match sum(gpus, |gpu| gpu.nvlink_recoveries) {
        0 => well("nvlink"),
        recoveries => {
            ("nvlink", State::Degraded, format!("{recoveries} times a link had to be trained anew"))
        }
    }
}

fn clocks(gpus: &[GpuHealth]) -> Told {
    let reasons = gpus.iter().flat_map(|gpu| &gpu.throttle);
    match reasons.into_iter().find(|reason| SLOWDOWNS.contains(&reason.as_str())) {
        Some(reason) => ("clock", State::Degraded, format!("held back: {reason}")),
        None => well("clock"),
    }
}

fn sum(gpus: &[GpuHealth], counter: impl Fn(&GpuHealth) -> Option<u64>) -> u64 {
    gpus.iter().filter_map(counter).fold(0, u64::saturating_add)
}
