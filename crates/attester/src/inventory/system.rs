//! What a machine is made of, by what its system tells.

use lightcone_attest::inventory::SystemType;

use super::driver;
use crate::nvidia::Accelerators;
use crate::root::{Root, plain};

/// Folders of libraries, by distribution and processor.
const LIBRARIES: [&str; 3] = ["usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64"];
/// Sockets of container runtimes.
const RUNTIMES: [(&str, &str); 4] = [
    ("crio", "run/crio/crio.sock"),
    ("docker", "run/docker.sock"),
    ("containerd", "run/containerd/containerd.sock"),
    ("podman", "run/podman/podman.sock"),
];

/// What a machine is made of.
pub(super) fn system(root: &Root, found: Option<&Accelerators>) -> SystemType {
    let first = found.and_then(|found| found.cards.first());
    let cpu = root.read("proc/cpuinfo").unwrap_or_default();
    let gpu_count = match found {
        Some(found) => Some(found.cards.len()),
        None => driver::version(root).map(|_| driver::gpus(root).len()),
    };
    SystemType {
        product: product(root),
        gpu_product: first.and_then(|card| card.product.clone()).or_else(|| driver::product(root)),
        gpu_count: gpu_count.and_then(|count| u32::try_from(count).ok()),
        gpus_on_bus: driver::on_bus(root).and_then(|gpus| u32::try_from(gpus.len()).ok()),
        gpu_memory_bytes: first.and_then(|card| card.memory_bytes),
        driver_version: found
            .and_then(|found| found.driver_version.clone())
            .or_else(|| driver::version(root)),
        cuda_version: found.and_then(|found| found.cuda_version.clone()),
        dcgm_version: dcgm(root),
        cpu_model: driver::value(&cpu, "model name"),
        cpu_count: root.text("sys/devices/system/cpu/online").and_then(|ranges| counted(&ranges)),
        memory_bytes: memory(root),
        kernel: root.text("proc/sys/kernel/osrelease"),
        os: os(root),
        container_runtime: runtime(root),
        cc_mode: found.and_then(|found| found.cc_mode),
        cc_ready: found.and_then(|found| found.cc_ready),
    }
}

fn product(root: &Root) -> Option<String> {
    let text = |name: &str| root.text(&format!("sys/class/dmi/id/{name}"));
    let parts = [text("sys_vendor"), text("product_name")];
    plain(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// Main memory in bytes: the kernel writes kibibytes.
fn memory(root: &Root) -> Option<u64> {
    let total = driver::value(&root.read("proc/meminfo")?, "MemTotal")?;
    total.strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The name that a system gives itself (os-release(5)).
fn os(root: &Root) -> Option<String> {
    let release = root.read("etc/os-release").or_else(|| root.read("usr/lib/os-release"))?;
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    plain(name.trim().trim_matches(['"', '\'']))
}

/// The longest version in the file names of DCGM's library: shorter ones are links to it.
fn dcgm(root: &Root) -> Option<String> {
    let names = LIBRARIES.iter().filter_map(|folder| root.names(folder)).flatten();
    let versions = names.filter_map(|name| plain(name.strip_prefix("libdcgm.so.")?));
    versions.max_by_key(String::len)
}

fn runtime(root: &Root) -> Option<String> {
    let found = RUNTIMES.iter().find(|(_, socket)| root.has(socket));
    found.map(|(name, _)| (*name).to_owned())
}

/// How many numbers a list of ranges such as `0-3,8` has (`cpulist` in the kernel's words).
fn counted(ranges: &str) -> Option<u32> {
    ranges.split(',').try_fold(0_u32, |sum, range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        sum.checked_add(last.checked_sub(first)?.checked_add(1)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_counted_from_ranges() {
        let cases = [("0", Some(1)), ("0-3", Some(4)), ("0-3,8,10-11", Some(7)), ("3-0", None), ("", None)];
        for (ranges, count) in cases {
            assert_eq!(counted(ranges), count, "{ranges}");
        }
        assert_eq!(counted("0-4294967295"), None);
    }
}
