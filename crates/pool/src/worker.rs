//! The threads that run slots.

use std::io;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use crate::policy::WorkerPolicy;
use crate::slot::Slot;

/// Runs slots: rayon, unless a test stands in for it.
pub trait Workers: Send + Sync + 'static {
    /// Runs the slot on another thread, soon; must not run it before returning.
    fn start(&self, slot: Slot);
}

/// A rayon pool whose threads are joined when it is dropped.
#[derive(Debug)]
pub(crate) struct RayonWorkers {
    pool: Option<ThreadPool>,
    threads: Vec<JoinHandle<()>>,
    policy: WorkerPolicy,
}

impl RayonWorkers {
    /// Starts the threads and waits until each runs at the policy it could get.
    pub(crate) fn start(threads: usize, policy: WorkerPolicy) -> Result<Self, ThreadPoolBuildError> {
        let (report, reports) = mpsc::channel();
        let mut handles = Vec::with_capacity(threads);
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .panic_handler(|_| ()) // nothing panics through a slot; were it to, only that slot would be lost
            .spawn_handler(|worker| {
                let report = report.clone();
                let name = format!("lightcone-pool-{}", worker.index());
                let handle = thread::Builder::new().name(name).spawn(move || {
                    let _ = report.send(policy.enter()); // nobody listens when the start failed
                    worker.run();
                })?;
                handles.push(handle);
                io::Result::Ok(())
            })
            .build()?;
        drop(report);
        let weakest = reports.iter().take(threads).fold(policy, WorkerPolicy::weaker);
        Ok(Self { pool: Some(pool), threads: handles, policy: weakest })
    }

    /// The weakest policy that any thread got.
    pub(crate) fn policy(&self) -> WorkerPolicy {
        self.policy
    }
}

impl Workers for RayonWorkers {
    fn start(&self, slot: Slot) {
        if let Some(pool) = &self.pool {
            pool.spawn(move || slot.run(&SameWorkers));
        }
    }
}

impl Drop for RayonWorkers {
    fn drop(&mut self) {
        drop(self.pool.take()); // lets the threads end
        let me = thread::current().id();
        if self.threads.iter().any(|handle| handle.thread().id() == me) {
            return; // a job dropped the pool: its own thread cannot wait for itself
        }
        for handle in self.threads.drain(..) {
            let _ = handle.join(); // a thread that panicked has ended as well
        }
    }
}

/// The rayon pool that the current thread belongs to.
struct SameWorkers;

impl Workers for SameWorkers {
    fn start(&self, slot: Slot) {
        rayon::spawn(move || slot.run(&Self));
    }
}
