//! Processor time as the kernel counts it, in nanoseconds.

use std::fs;
use std::time::Duration;

/// Processor time of a process, by what its threads are for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Used {
    /// Threads that serve sockets, and all others but the pool's.
    pub(crate) io: Duration,
    /// The pool's threads.
    pub(crate) pool: Duration,
}

impl Used {
    /// What a process has used so far; nothing on a system without `/proc`.
    pub(crate) fn by(process: u32) -> Self {
        let mut used = Self::default();
        let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return used };
        for thread in threads.flatten() {
            let name = fs::read_to_string(thread.path().join("comm")).unwrap_or_default();
            let time = first_number(&fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default());
            *if name.contains("pool") { &mut used.pool } else { &mut used.io } += time;
        }
        used
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self { io: self.io.saturating_sub(before.io), pool: self.pool.saturating_sub(before.pool) }
    }

    pub(crate) fn all(self) -> Duration {
        self.io + self.pool
    }
}

/// What this thread has used so far.
pub(crate) fn this_thread() -> Duration {
    first_number(&fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default())
}

fn first_number(text: &str) -> Duration {
    Duration::from_nanos(text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0))
}
