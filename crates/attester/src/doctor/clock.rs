//! What helps to answer in time.

use super::{Row, State};
use crate::inventory::clock_source;
use crate::root::Root;

/// Sources that a program reads without entering the kernel or leaving the machine, in nanoseconds.
const FAST: [&str; 2] = ["tsc", "arch_sys_counter"];

/// What the kernel's clock runs on.
pub(super) fn source(root: &Root) -> Row {
    const SUBJECT: &str = "clock source";
    match clock_source(root) {
        Some(source) if FAST.contains(&source.as_str()) => Row::new(SUBJECT, State::Available, source, ""),
        Some(source) => {
            let why = format!("`{source}`: slow to read, which only adds to the round trip");
            Row::new(SUBJECT, State::Missing, why, "use `tsc` where the kernel holds it for stable")
        }
        None => Row::new(SUBJECT, State::Missing, "the kernel does not say", ""),
    }
}

/// Whether the kernel stamps packets when they come and go.
pub(super) fn timestamps(root: &Root) -> Row {
    const SUBJECT: &str = "kernel timestamps";
    let Some(kernel) = root.text("proc/sys/kernel/osrelease") else {
        return Row::new(SUBJECT, State::Missing, "this is no Linux", "run the agent on Linux");
    };
    let cards = root.names("sys/class/net").unwrap_or_default();
    let clocked = |card: &&String| root.names(&format!("sys/class/net/{card}/device/ptp")).is_some();
    let clocked: Vec<&str> = cards.iter().filter(clocked).map(String::as_str).collect();
    let why = if clocked.is_empty() {
        format!("by Linux {kernel}; no network card has a clock of its own")
    } else {
        format!("by Linux {kernel}, and by the clocks of {}", clocked.join(", "))
    };
    Row::new(SUBJECT, State::Available, why, "")
}
