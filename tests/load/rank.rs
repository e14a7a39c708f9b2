//! How the processes of a measurement rank on cores that they share.
//!
//! A client elsewhere has cores of its own. Here the generator runs beside the server, and on two busy cores its
//! own wait for one would be counted as the server's answer time. So it goes ahead of everything, where the
//! system allows that, while the server stays at the rank that it has in service.

use std::process::Command;

use thread_priority::unix::{RealtimeThreadSchedulePolicy, ThreadSchedulePolicy};
use thread_priority::unix::{set_thread_priority_and_policy, thread_native_id};
use thread_priority::{ThreadPriority, ThreadPriorityValue};

use crate::Failure;

/// Priority of the generator among real-time threads; any is ahead of all that is not.
const AHEAD: u8 = 10;

/// Puts this thread, and those it starts from now on, ahead of all ordinary ones; says whether it may.
pub(crate) fn go_ahead() -> bool {
    let Ok(value) = ThreadPriorityValue::try_from(AHEAD) else { return false };
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    let priority = ThreadPriority::Crossplatform(value);
    set_thread_priority_and_policy(thread_native_id(), priority, policy).is_ok()
}

/// This program as another process of ordinary rank.
pub(crate) fn ordinary() -> Result<Command, Failure> {
    ranked("--other")
}

/// This program as another process that stands back for everything else, as if it ran on another machine. A
/// niced one would still finish its slice of some milliseconds before a woken thread runs.
pub(crate) fn aside() -> Result<Command, Failure> {
    ranked("--idle")
}

fn ranked(policy: &str) -> Result<Command, Failure> {
    let program = std::env::current_exe()?;
    let mut command = Command::new("chrt");
    command.args([policy, "0"]).arg(program);
    Ok(command)
}
