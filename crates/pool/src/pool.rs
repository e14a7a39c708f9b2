//! The pool: submit work, watch it, shut it down.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Instant;

use crate::clock::Clock;
use crate::config::{InvalidConfig, PoolConfig};
use crate::drain::DrainReport;
use crate::handoff::Handoff;
use crate::job::{Task, contain};
use crate::lane::Lane;
use crate::metrics::Snapshot;
use crate::observer::{Observer, Scope};
use crate::pending::Pending;
use crate::policy::WorkerPolicy;
use crate::refused::Refused;
use crate::scheduler::{Entry, Scheduler};
use crate::slot::{Shared, Slot};
use crate::sync::{Condvar, Mutex, lock};
use crate::ticket::Ticket;
use crate::token::Token;
use crate::worker::{RayonWorkers, Workers};

/// A bounded two-lane queue and the threads that work on it.
///
/// Dropping it cancels everything, queued and running, and waits for its threads; see [`Pool::drain`] for a
/// gentler end. A job that ignores its token delays the drop until it returns. Dropped by one of its own
/// jobs, it waits for nothing.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Box<dyn Workers>,
    policy: WorkerPolicy,
}

/// What a program may hook into a pool.
#[derive(Default)]
pub struct Hooks {
    /// Told of every job.
    pub observer: Option<Arc<dyn Observer>>,
    /// The clock of deadlines and of all times measured.
    pub clock: Clock,
}

/// A pool could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is outside its limits.
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    /// The system gave no threads.
    #[error("cannot start the worker threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    /// The configuration is outside its limits, or the system gives no threads.
    pub fn start(config: PoolConfig) -> Result<Self, StartError> {
        Self::start_with(config, Hooks::default())
    }

    /// Starts the threads, with hooks.
    ///
    /// # Errors
    /// As [`Pool::start`].
    pub fn start_with(config: PoolConfig, hooks: Hooks) -> Result<Self, StartError> {
        config.check()?;
        let workers = RayonWorkers::start(config.threads, config.policy)?;
        let policy = workers.policy();
        let mut pool = Self::with_workers(config, hooks, Box::new(workers))?;
        pool.policy = policy;
        Ok(pool)
    }

    /// A pool whose slots `workers` runs, for tests that want to say when.
    ///
    /// # Errors
    /// The configuration is outside its limits.
    pub fn with_workers(
        config: PoolConfig,
        hooks: Hooks,
        workers: Box<dyn Workers>,
    ) -> Result<Self, InvalidConfig> {
        config.check()?;
        let Hooks { observer, clock } = hooks;
        let scheduler = Mutex::new(Scheduler::new(config, clock.now()));
        let shared = Arc::new(Shared { scheduler, idle: Condvar::new(), clock, observer });
        Ok(Self { shared, workers, policy: WorkerPolicy::Normal })
    }

    /// Queues `work`, unless it would wait too long.
    ///
    /// The work gets a [`Token`] that it should poll every millisecond or less. It may use rayon's parallel
    /// iterators; under load they run mostly on its own thread, as the others have jobs of their own.
    ///
    /// # Errors
    /// Why it was refused, and when to come back.
    pub fn submit<T, F>(&self, ticket: Ticket, work: F) -> Result<Pending<T>, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&Token) -> T + Send + 'static,
    {
        let scope = self.capture(&ticket);
        let token = Token::new(ticket.deadline, self.shared.clock.clone());
        let handoff = Arc::new(Handoff::default());
        let job = Box::new(Task::new(work, scope, token.clone(), Arc::clone(&handoff)));
        let submitted = self.shared.clock.now();
        let entry = Entry { ticket, token: token.clone(), job, submitted };

        let mut scheduler = lock(&self.shared.scheduler);
        if let Some(refused) = scheduler.refuse(&ticket, submitted) {
            drop(scheduler);
            self.observe_refusal(&ticket, &refused);
            return Err(refused);
        }
        let key = scheduler.push(entry);
        let is_slot_free = scheduler.activate();
        drop(scheduler);
        if is_slot_free {
            self.workers.start(Slot::new(Arc::clone(&self.shared)));
        }
        Ok(Pending::new(handoff, Arc::clone(&self.shared), token, ticket.lane, key))
    }

    /// Runs `work` on this thread, at once, and counts it.
    ///
    /// For work below [`INLINE_BELOW`](crate::INLINE_BELOW), where handing it to a worker and back costs more
    /// than it saves: ask [`Cost::is_inline`](crate::Cost::is_inline). A panic goes to the caller.
    pub fn run_inline<T>(&self, lane: Lane, work: impl FnOnce() -> T) -> T {
        let started = self.shared.clock.now();
        let value = catch_unwind(AssertUnwindSafe(work));
        let run = self.shared.clock.now().saturating_duration_since(started);
        lock(&self.shared.scheduler).count_inline(lane, run);
        value.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// All counts at this moment.
    pub fn snapshot(&self) -> Snapshot {
        let now = self.shared.clock.now();
        lock(&self.shared.scheduler).snapshot(now)
    }

    /// Stops admission, runs what is queued in both lanes until `deadline`, then cancels the rest, queued and
    /// running. Blocks until it is done, at most [`DRAIN_GRACE`](crate::DRAIN_GRACE) past the deadline: async
    /// code calls it on a thread that may block.
    pub fn drain(&self, deadline: Instant) -> DrainReport {
        self.shared.drain(deadline)
    }

    /// The policy that every worker runs at, at the least: what was asked for may not be allowed here.
    pub fn worker_policy(&self) -> WorkerPolicy {
        self.policy
    }

    fn capture(&self, ticket: &Ticket) -> Option<Box<dyn Scope>> {
        let observer = self.shared.observer.as_ref()?;
        let mut scope = None;
        contain(|| scope = observer.capture(ticket));
        scope
    }

    fn observe_refusal(&self, ticket: &Ticket, refused: &Refused) {
        if let Some(observer) = &self.shared.observer {
            contain(|| observer.refused(ticket, refused));
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.cancel_all(); // then the workers are dropped, which joins them
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").field("clock", &self.clock).finish_non_exhaustive()
    }
}
