//! The two lanes.

use std::fmt;

/// Which of the two queues a job waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Someone waits for the answer: goes first.
    Interactive,
    /// Throughput work, cut by the caller into slices of about a millisecond.
    Bulk,
}

impl Lane {
    /// Both lanes, in the order of their [`Lane::index`].
    pub const ALL: [Self; 2] = [Self::Interactive, Self::Bulk];

    /// The lane's name in metrics and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::Bulk => "bulk",
        }
    }

    /// The lane's place in arrays indexed by lane.
    pub const fn index(self) -> usize {
        match self {
            Self::Interactive => 0,
            Self::Bulk => 1,
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
