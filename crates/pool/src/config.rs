//! What a pool is told when it starts, and the limits of that.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::lane::Lane;
use crate::policy::WorkerPolicy;

/// The most worker threads a pool takes.
pub const THREADS_LIMIT: usize = 1_024;
/// The most places a lane's queue may have.
pub const QUEUE_LIMIT: usize = 65_536;
/// The longest wait a lane may allow.
pub const WAIT_LIMIT: Duration = Duration::from_secs(3_600);

const INTERACTIVE_QUEUE_MAX: usize = 1_024;
const INTERACTIVE_WAIT_MAX: Duration = Duration::from_millis(100);
const BULK_QUEUE_MAX: usize = 8_192;
const BULK_WAIT_MAX: Duration = Duration::from_secs(30);
/// Up to this many threads, bulk may use them all: keeping one free would idle half of a two-core machine.
const BULK_TAKES_ALL_UP_TO: usize = 2;

const _: () = assert!(INTERACTIVE_QUEUE_MAX <= QUEUE_LIMIT && BULK_QUEUE_MAX <= QUEUE_LIMIT);
const _: () = assert!(BULK_WAIT_MAX.as_nanos() <= WAIT_LIMIT.as_nanos());

/// What a pool is told when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolConfig {
    /// Worker threads, each one slot: 1 to [`THREADS_LIMIT`].
    pub threads: usize,
    /// How the workers rank against the threads that do I/O.
    pub policy: WorkerPolicy,
    /// The interactive lane's bounds.
    pub interactive: LaneConfig,
    /// The bulk lane's bounds.
    pub bulk: LaneConfig,
    /// Slots that bulk may hold at once, 1 to `threads`; `None`: all of up to two, else all but one.
    pub bulk_slots: Option<usize>,
}

/// The bounds of one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneConfig {
    /// Places in the queue, 1 to [`QUEUE_LIMIT`]. One tenant alone gets three quarters of them.
    pub queue_max: usize,
    /// The longest estimated wait that is still admitted, above zero and up to [`WAIT_LIMIT`].
    pub wait_max: Duration,
}

impl PoolConfig {
    /// The defaults for a number of worker threads.
    pub fn for_threads(threads: usize) -> Self {
        Self {
            threads,
            policy: WorkerPolicy::Idle,
            interactive: LaneConfig { queue_max: INTERACTIVE_QUEUE_MAX, wait_max: INTERACTIVE_WAIT_MAX },
            bulk: LaneConfig { queue_max: BULK_QUEUE_MAX, wait_max: BULK_WAIT_MAX },
            bulk_slots: None,
        }
    }

    /// The bounds of one lane.
    pub fn lane(&self, lane: Lane) -> &LaneConfig {
        match lane {
            Lane::Interactive => &self.interactive,
            Lane::Bulk => &self.bulk,
        }
    }

    /// Slots that bulk may hold at once, with the default resolved.
    pub fn bulk_slots(&self) -> usize {
        self.bulk_slots.unwrap_or(match self.threads {
            few if few <= BULK_TAKES_ALL_UP_TO => few,
            many => many - 1,
        })
    }

    /// Checks every field against its limit.
    ///
    /// # Errors
    /// The first field outside its limit.
    pub fn check(&self) -> Result<(), InvalidConfig> {
        if self.threads == 0 || self.threads > THREADS_LIMIT {
            return Err(InvalidConfig::Threads(self.threads));
        }
        if self.bulk_slots() == 0 || self.bulk_slots() > self.threads {
            return Err(InvalidConfig::BulkSlots { bulk_slots: self.bulk_slots(), threads: self.threads });
        }
        Lane::ALL.into_iter().try_for_each(|lane| self.lane(lane).check(lane))
    }
}

impl Default for PoolConfig {
    /// One thread for each core that this process may use.
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        Self::for_threads(cores.min(THREADS_LIMIT))
    }
}

impl LaneConfig {
    fn check(&self, lane: Lane) -> Result<(), InvalidConfig> {
        if self.queue_max == 0 || self.queue_max > QUEUE_LIMIT {
            return Err(InvalidConfig::QueueMax { lane, queue_max: self.queue_max });
        }
        if self.wait_max.is_zero() || self.wait_max > WAIT_LIMIT {
            return Err(InvalidConfig::WaitMax { lane, wait_max: self.wait_max });
        }
        Ok(())
    }
}

/// A pool was configured outside its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidConfig {
    /// No threads, or more than [`THREADS_LIMIT`].
    #[error("threads is {0}, not between 1 and {THREADS_LIMIT}")]
    Threads(usize),
    /// Bulk could hold no slot, or more than there are.
    #[error("bulk_slots is {bulk_slots}, not between 1 and the {threads} threads")]
    BulkSlots {
        /// The slots asked for.
        bulk_slots: usize,
        /// The threads there are.
        threads: usize,
    },
    /// A queue without places, or with more than [`QUEUE_LIMIT`].
    #[error("queue_max of the {lane} lane is {queue_max}, not between 1 and {QUEUE_LIMIT}")]
    QueueMax {
        /// The lane.
        lane: Lane,
        /// The places asked for.
        queue_max: usize,
    },
    /// A lane that admits no wait, or one longer than [`WAIT_LIMIT`].
    #[error("wait_max of the {lane} lane is {wait_max:?}, not above zero and up to {WAIT_LIMIT:?}")]
    WaitMax {
        /// The lane.
        lane: Lane,
        /// The wait asked for.
        wait_max: Duration,
    },
}
