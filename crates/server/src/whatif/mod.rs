//! What if: rules held against others over everything that is kept, shard by shard.
//!
//! One task keeps the comparisons that run; after a crash it goes on from the shards that are left. Judging is bulk work of
//! the pool in slices of about a millisecond, on behalf of the tenant who asked. The same rows give the same flips in
//! the same bytes, whatever was done when and on how many threads.

mod judge;
mod run;
mod tally;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lightcone_store::{Comparison, ComparisonState};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tonic::Status;

use crate::clock::now_ns;
use crate::context::Context;
use crate::status;

/// Comparisons that are worked on at a time; the others wait for their turn.
const AT_ONCE: usize = 2;
/// How often it is looked what another server of the same store began, and what is to be forgotten.
const LOOK: Duration = Duration::from_secs(5);
/// How long a comparison that is over is kept, in nanoseconds: ninety days.
const KEPT_NS: i64 = 90 * 86_400 * 1_000_000_000;

/// The comparisons of a server.
pub(crate) struct WhatIf {
    context: Arc<Context>,
    /// Something is to be done.
    wake: Notify,
    /// Comparisons that are worked on, and whether they are to end.
    under_way: Mutex<HashMap<String, Arc<AtomicBool>>>,
    /// Goes up whenever a comparison goes on or ends.
    steps: watch::Sender<u64>,
}

impl WhatIf {
    /// Begins to keep what runs, until the server drains.
    pub(crate) fn start(context: Arc<Context>) -> Arc<Self> {
        let whatif = Arc::new(Self {
            context,
            wake: Notify::new(),
            under_way: Mutex::default(),
            steps: watch::Sender::new(0),
        });
        tokio::spawn(Arc::clone(&whatif).keep());
        whatif
    }

    /// A comparison was asked for.
    pub(crate) fn begin(&self) {
        self.wake.notify_one();
    }

    /// Tells of each step of any comparison.
    pub(crate) fn steps(&self) -> watch::Receiver<u64> {
        self.steps.subscribe()
    }

    /// Ends a comparison; it takes effect between two slices.
    ///
    /// # Errors
    /// NOT_FOUND, or the store does not answer.
    pub(crate) async fn cancel(&self, id: &str) -> Result<(), Status> {
        let told: (&[u8], &str, &str) = (&[], "", "");
        let ended = self.context.store.end_comparison(id, ComparisonState::Cancelled, told, now_ns());
        ended.await.map_err(status::store)?;
        if let Some(cancelled) = self.lock().get(id) {
            cancelled.store(true, Ordering::Relaxed);
        }
        self.step();
        Ok(())
    }

    fn step(&self) {
        self.steps.send_modify(|steps| *steps = steps.wrapping_add(1));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<AtomicBool>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep(self: Arc<Self>) {
        let mut draining = self.context.draining.clone();
        let rounds = async {
            let mut running = JoinSet::new();
            loop {
                if let Err(error) = self.look(&mut running).await {
                    tracing::error!(%error, "comparisons wait for the store");
                }
                tokio::select! {
                    () = self.wake.notified() => {}
                    Some(_) = running.join_next() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        };
        tokio::select! {
            () = rounds => {}
            _ = draining.wait_for(|draining| *draining) => {}
        }
    }

    /// Takes up what waits, of the tenant with the fewest under way the oldest first; and forgets.
    async fn look(self: &Arc<Self>, running: &mut JoinSet<()>) -> Result<(), lightcone_store::StoreError> {
        let now = now_ns();
        self.context.store.sweep_comparisons(now.saturating_sub(KEPT_NS), now).await?;
        let all = self.context.store.running_comparisons().await?;
        loop {
            let Some((next, cancelled)) = self.take(&all) else { return Ok(()) };
            let whatif = Arc::clone(self);
            running.spawn(async move {
                let id = next.id.clone();
                run::run(&whatif, next, &cancelled).await;
                whatif.lock().remove(&id);
                whatif.step();
            });
        }
    }

    /// The next to be worked on, if there is room for one.
    fn take(&self, all: &[Comparison]) -> Option<(Comparison, Arc<AtomicBool>)> {
        let mut under_way = self.lock();
        if under_way.len() >= AT_ONCE {
            return None;
        }
        let of = |tenant: &str| {
            all.iter().filter(|it| it.tenant == tenant && under_way.contains_key(&it.id)).count()
        };
        let waiting = all.iter().filter(|it| !under_way.contains_key(&it.id));
        let next = waiting.min_by_key(|it| (of(&it.tenant), it.id.as_str()))?.clone();
        let cancelled = Arc::new(AtomicBool::new(false));
        under_way.insert(next.id.clone(), Arc::clone(&cancelled));
        Some((next, cancelled))
    }
}
