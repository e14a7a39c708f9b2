//! What a job declares about itself when it is submitted.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::clock::nanos;
use crate::lane::Lane;

/// A job expected to take less than this is cheaper on the caller's thread than the hand-over:
/// see [`Pool::run_inline`](crate::Pool::run_inline).
pub const INLINE_BELOW: Duration = Duration::from_micros(20);
/// The most a job may declare; higher costs are taken as this.
pub const COST_LIMIT: Duration = Duration::from_secs(3_600);

/// What a job declares about itself when it is submitted.
#[derive(Debug, Clone, Copy)]
pub struct Ticket {
    /// The queue it waits in.
    pub lane: Lane,
    /// On whose behalf it runs.
    pub tenant: Tenant,
    /// When its answer stops being of use.
    pub deadline: Option<Instant>,
    /// How long it is expected to run.
    pub cost: Cost,
}

impl Ticket {
    /// A ticket without a deadline.
    pub fn new(lane: Lane, tenant: Tenant, cost: Cost) -> Self {
        Self { lane, tenant, deadline: None, cost }
    }

    /// The same ticket with a deadline.
    #[must_use]
    pub fn by(self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..self }
    }
}

/// On whose behalf a job runs: a key that is small and free to copy.
///
/// It is a hash under a secret of this process, so nobody can choose a name that shares another's queue, and
/// it means nothing outside this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tenant(u64);

impl Tenant {
    /// The tenant of this name.
    pub fn named(name: &str) -> Self {
        Self(secret().hash_one(name))
    }

    /// The tenant of this number; numbers and names never mean the same tenant on purpose.
    pub fn numbered(number: u64) -> Self {
        Self(secret().hash_one(number))
    }

    /// A tenant that never queues anything, to ask what a newcomer would find.
    pub(crate) fn nobody() -> Self {
        Self(0)
    }
}

fn secret() -> &'static RandomState {
    static SECRET: OnceLock<RandomState> = OnceLock::new();
    SECRET.get_or_init(RandomState::new)
}

/// How long a job is expected to run: more than zero, at most [`COST_LIMIT`].
///
/// Only proportions must be right: each lane learns how long a declared nanosecond really takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost(u64);

impl Cost {
    /// A cost in nanoseconds; zero is taken as one.
    pub const fn nanos(nanos: u64) -> Self {
        let limit = COST_LIMIT.as_nanos() as u64;
        Self(if nanos == 0 {
            1
        } else if nanos > limit {
            limit
        } else {
            nanos
        })
    }

    /// A cost in microseconds.
    pub const fn micros(micros: u64) -> Self {
        Self::nanos(micros.saturating_mul(1_000))
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self::nanos(self.0.saturating_add(other.0))
    }

    /// The cost in nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Whether the caller had better run it itself.
    pub fn is_inline(self) -> bool {
        self.0 < nanos(INLINE_BELOW)
    }
}

impl From<Duration> for Cost {
    fn from(duration: Duration) -> Self {
        Self::nanos(nanos(duration))
    }
}
