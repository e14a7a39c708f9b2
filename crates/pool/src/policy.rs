//! How workers rank against the threads that do I/O.

use std::fmt;

/// How workers rank against the threads that do I/O. Linux only; elsewhere every policy is `Normal`.
///
/// At the same rank a computing worker keeps its core until its time slice ends, milliseconds during which a
/// network thread that woke up waits. None of these needs a privilege to enter, and inside a container they
/// rank only its own threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkerPolicy {
    /// Only when nothing else wants the core (`SCHED_IDLE`); where that is refused, `Nice`.
    Idle,
    /// Last among equals (nice 19).
    Nice,
    /// Like any other thread.
    Normal,
}

impl WorkerPolicy {
    /// The policy's name in metrics and settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Nice => "nice",
            Self::Normal => "normal",
        }
    }

    /// The one of two that ranks the worker higher.
    pub(crate) fn weaker(self, other: Self) -> Self {
        match (self, other) {
            (Self::Normal, _) | (_, Self::Normal) => Self::Normal,
            (Self::Nice, _) | (_, Self::Nice) => Self::Nice,
            (Self::Idle, Self::Idle) => Self::Idle,
        }
    }

    /// Puts the current thread under this policy, or the next one it can get; says which.
    pub(crate) fn enter(self) -> Self {
        match self {
            Self::Idle if enter_idle() => Self::Idle,
            Self::Idle | Self::Nice if enter_nice() => Self::Nice,
            _ => Self::Normal,
        }
    }
}

impl fmt::Display for WorkerPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(target_os = "linux")]
fn enter_idle() -> bool {
    use thread_priority::unix::{NormalThreadSchedulePolicy as Normal, ThreadSchedulePolicy as Policy};
    use thread_priority::unix::{set_thread_priority_and_policy, thread_native_id, thread_schedule_policy};
    let idle = Policy::Normal(Normal::Idle);
    // Sets the policy, then nice 0, which is refused to a process that was niced: ask the kernel what holds.
    let _ = set_thread_priority_and_policy(thread_native_id(), thread_priority::ThreadPriority::Min, idle);
    thread_schedule_policy().is_ok_and(|policy| policy == idle)
}

#[cfg(target_os = "linux")]
fn enter_nice() -> bool {
    use thread_priority::unix::{NormalThreadSchedulePolicy as Normal, ThreadSchedulePolicy as Policy};
    use thread_priority::unix::{set_thread_priority_and_policy, thread_native_id};
    let other = Policy::Normal(Normal::Other);
    set_thread_priority_and_policy(thread_native_id(), thread_priority::ThreadPriority::Min, other).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn enter_idle() -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn enter_nice() -> bool {
    false
}
