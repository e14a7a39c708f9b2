//! Systems as their files show them, made for one test.

use std::fs;

use lightcone_attester::Root;
use lightcone_attester::nvidia::{Accelerators, NoLibrary};
use tempfile::TempDir;

/// Some files of a system.
pub(crate) struct Tree(TempDir);

impl Tree {
    /// A laptop: a processor, memory, a network card, no TPM, no accelerator.
    pub(crate) fn laptop() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (name, text) in [
            ("proc/sys/kernel/hostname", "canary-hostname\n"),
            ("proc/sys/kernel/osrelease", "6.12.9-amd64\n"),
            ("proc/sys/kernel/random/boot_id", "canary00-b007-4000-8000-000000000001\n"),
            ("proc/uptime", "86400.50 10.00\n"),
            ("proc/meminfo", "MemTotal:       16384256 kB\nMemFree:            1 kB\n"),
            ("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nflags\t\t: fpu tsc\n"),
            ("etc/machine-id", "canary11223344556677889900aabbcc\n"),
            ("etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n"),
            ("sys/class/dmi/id/sys_vendor", "Maker\n"),
            ("sys/class/dmi/id/product_name", "Portable 7\n"),
            ("sys/class/dmi/id/product_uuid", "CANARY44-0000-4000-8000-000000000002\n"),
            ("sys/class/dmi/id/chassis_serial", "CANARY-CHASSIS\n"),
            ("sys/class/net/eth0/address", "02:ca:aa:12:34:56\n"),
            ("sys/class/net/eth0/device/vendor", "0x8086\n"),
            ("sys/class/net/lo/address", "00:00:00:00:00:00\n"),
            ("sys/class/net/docker0/address", "02:42:00:00:00:01\n"),
            ("sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086\n"),
            ("sys/bus/pci/devices/0000:00:02.0/class", "0x030000\n"),
            ("sys/devices/system/cpu/online", "0-7\n"),
            ("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"),
        ] {
            tree.write(name, text);
        }
        tree
    }

    /// A server with two GPUs whose driver is loaded.
    pub(crate) fn gpus() -> Self {
        let tree = Self::laptop();
        for (minor, bus) in ["0000:18:00.0", "0000:2a:00.0"].into_iter().enumerate() {
            tree.write(&format!("sys/bus/pci/devices/{bus}/vendor"), "0x10de\n");
            tree.write(&format!("sys/bus/pci/devices/{bus}/class"), "0x030200\n");
            let information = format!(
                "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 131\nGPU UUID: \t GPU-canary{minor}-0000-4000\n\
                 Video BIOS: \t 96.00.5e.00.01\nBus Type: \t PCIe\nBus Location: \t {bus}\nDevice Minor: \t {minor}\n\
                 GPU Firmware: \t 590.12\n"
            );
            tree.write(&format!("proc/driver/nvidia/gpus/{bus}/information"), &information);
        }
        tree.write("sys/bus/pci/devices/0000:2b:00.0/vendor", "0x10de\n");
        tree.write("sys/bus/pci/devices/0000:2b:00.0/class", "0x068000\n"); // a switch computes nothing
        tree.write("sys/module/nvidia/version", "590.12\n");
        tree
    }

    /// Writes a file, and the folders that it takes.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Takes a file or folder away.
    pub(crate) fn remove(&self, name: &str) {
        let path = self.0.path().join(name);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    /// Where the system begins.
    pub(crate) fn root(&self) -> Root {
        Root::at(self.0.path())
    }
}

/// No library of NVIDIA's.
pub(crate) fn no_library() -> Result<Accelerators, NoLibrary> {
    Err(NoLibrary::Silent("libnvidia-ml.so.1: cannot open shared object file".to_owned()))
}
