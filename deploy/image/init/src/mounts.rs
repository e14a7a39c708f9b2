//! File systems of the kernel, and none of any disk.

use std::fs;
use std::path::Path;

use rustix::mount::{MountFlags, mount as attach, mount_remount};

use crate::console::say;
use crate::failure::{Failure, Step as _};

const QUIET: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV).union(MountFlags::NOEXEC);
/// Kind, folder, flags, options.
const FIRST: [(&str, &str, MountFlags, &str); 4] = [
    ("proc", "/proc", QUIET, "hidepid=invisible"),
    ("sysfs", "/sys", QUIET, ""),
    ("devtmpfs", "/dev", MountFlags::NOSUID.union(MountFlags::NOEXEC), "mode=0755"),
    ("tmpfs", "/run", QUIET, "mode=0755,size=16m"),
];
/// What modules bring: variables of the firmware, for reading only, and reports of confidential machines.
const LATE: [(&str, &str, MountFlags); 2] = [
    ("efivarfs", "/sys/firmware/efi/efivars", QUIET.union(MountFlags::RDONLY)),
    ("configfs", "/sys/kernel/config", QUIET),
];

/// Mounts what every machine has.
pub(crate) fn mount() -> Result<(), Failure> {
    for (kind, folder, flags, options) in FIRST {
        let options = std::ffi::CString::new(options).unwrap_or_default();
        attach(kind, folder, kind, flags, Some(options.as_c_str())).step(format!("mount {folder}"))?;
    }
    Ok(())
}

/// Mounts what this machine may lack.
pub(crate) fn mount_late() {
    for (kind, folder, flags) in LATE {
        if !Path::new(folder).is_dir() {
            continue;
        }
        if let Err(error) = attach(kind, folder, kind, flags, None) {
            say(format_args!("{folder} is not mounted: {error}"));
        }
    }
}

/// Nothing is written outside /run from here on.
pub(crate) fn seal() -> Result<(), Failure> {
    mount_remount("/", MountFlags::RDONLY | MountFlags::NODEV | MountFlags::NOSUID, "")
        .step("make / read-only")?;
    let written = fs::write("/sealed", []);
    match written {
        Ok(()) => Err(std::io::Error::other("it can still be written to")).step("make / read-only"),
        Err(_) => Ok(()),
    }
}
