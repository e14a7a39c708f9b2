//! Kernel modules: those that the image lists, in its order, and never another after them.

use std::fs::{self, File};

use rustix::system::finit_module;

use crate::console::say;
use crate::failure::{Failure, Step as _};

/// Paths of modules, one a line, each after those that it needs.
const LIST: &str = "/etc/modules";
const DISABLED: &str = "/proc/sys/kernel/modules_disabled";

/// Loads them. One whose hardware is not there refuses, which is told and no failure.
pub(crate) fn load() -> Result<(), Failure> {
    let list = fs::read_to_string(LIST).step(format!("read {LIST}"))?;
    for path in list.lines() {
        let file = File::open(path).step(format!("open {path}"))?;
        if let Err(error) = finit_module(&file, c"", 0) {
            say(format_args!("{path}: {error}"));
        }
    }
    Ok(())
}

/// Until the next boot, no module can be loaded.
pub(crate) fn seal() -> Result<(), Failure> {
    fs::write(DISABLED, "1").step(format!("write {DISABLED}"))
}
