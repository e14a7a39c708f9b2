//! Placements: may this tenant's work run on that chip. Advice, and nothing else.
//!
//! `view` holds what is known of chips, kept up by `keeper`; `expand` turns places into chips that the caller may be told
//! of; `court` is one workload before the rules, `sitting` one question before it; `answer` lets the weakest chip speak for a
//! place. This file brings them
//! together. `watch` tells who keeps answers what changed of them.

mod answer;
mod court;
mod expand;
mod keeper;
mod matter;
mod record;
mod sight;
mod sitting;
mod view;
mod watch;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lightcone_policy::Stand;
use lightcone_pool::Token;
use lightcone_store::Store;
use lru::LruCache;
use tonic::Status;

pub(crate) use answer::Placement;
pub(crate) use court::{Answer, Court};
use expand::Expanded;
use sitting::Sitting;
use view::View;
pub(crate) use watch::Watcher;

use crate::access::Caller;
use crate::clock::now_ns;
use crate::compute::Errand;
use crate::context::Context;
use crate::measuring::{Measuring, Trouble};
use crate::pace;
use crate::rules::KeptBook;
use crate::wire::placement::{Place, Workload};

/// Workloads whose answers are kept.
const COURTS_MAX: usize = 256;

/// Says where work may run.
pub(crate) struct Placing {
    context: Arc<Context>,
    measuring: Arc<Measuring>,
    view: View,
    courts: Mutex<LruCache<CourtKey, Arc<Court>>>,
    /// Told of the newest verdict that is known.
    judged: tokio::sync::watch::Sender<i64>,
    /// Tells this process from others in tokens.
    process: u64,
}

/// What a court turns on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CourtKey {
    book: i64,
    stand: Stand,
    tenant: String,
    workload: Workload,
    /// How often papers had changed when it was opened.
    papers: u64,
}

/// Answers, and what they rest on.
pub(crate) struct Placements {
    /// One for each place.
    pub(crate) placements: Vec<Placement>,
    /// The book, stand and workload.
    pub(crate) court: Arc<Court>,
    /// The newest verdict that was looked at.
    pub(crate) revision: i64,
}

impl Placing {
    /// Begins to follow verdicts.
    ///
    /// # Errors
    /// The store has no answer.
    pub(crate) async fn start(
        context: Arc<Context>,
        measuring: Arc<Measuring>,
    ) -> Result<Arc<Self>, Trouble> {
        let revision = keeper::newest(&*context.store).await?;
        let (store, compute) = (Arc::clone(&context.store), Arc::clone(&context.compute));
        let view = View::new(store, compute, Arc::clone(&context.changes), revision);
        let courts = Mutex::new(LruCache::new(NonZeroUsize::new(COURTS_MAX).unwrap_or(NonZeroUsize::MIN)));
        let judged = tokio::sync::watch::Sender::new(revision);
        let process = uuid::Uuid::now_v7().as_u64_pair().1;
        let placing = Arc::new(Self { context, measuring, view, courts, judged, process });
        placing.follow();
        Ok(placing)
    }

    /// Answers for places, in their order.
    ///
    /// # Errors
    /// NOT_FOUND for what the caller may not be told of; the store or the pool has no answer.
    pub(crate) async fn check(
        &self,
        caller: &Caller,
        errand: Errand,
        court: Arc<Court>,
        places: &[Place],
        max_age: Duration,
    ) -> Result<Placements, Status> {
        // Before what it says is looked at: nothing older is told.
        let revision = self.view.revision();
        let expanded = self.expand(caller, places).await?;
        let now_ns = self.measuring.verdict_time(now_ns());
        // What was read from the store may be newer than what was followed.
        let newest = expanded.chips.values().filter_map(|(_, sight)| Some(sight.as_ref()?.revision)).max();
        let revision = newest.map_or(revision, |newest| newest.max(revision));
        let placements = self.answers(errand, &court, expanded, now_ns, max_age).await?;
        Ok(Placements { placements, court, revision })
    }

    /// Answers here what is little, and in the pool what is not.
    async fn answers(
        &self,
        errand: Errand,
        court: &Arc<Court>,
        expanded: Expanded,
        now_ns: i64,
        max_age: Duration,
    ) -> Result<Vec<Placement>, Status> {
        let (court, cost) = (Arc::clone(court), Sitting::cost(&expanded));
        if !Sitting::is_small(&expanded) {
            let work = move |stop: &Token| Sitting::new(court, expanded, now_ns, max_age).answers(Some(stop));
            return self.context.compute.run(errand, cost, work).await;
        }
        let sitting = Sitting::new(court, expanded, now_ns, max_age);
        match sitting.open() {
            0 | 1 => Ok(sitting.answers(None).map_err(|_| errand.late())?),
            open => {
                let work = move |stop: &Token| sitting.answers(Some(stop));
                self.context.compute.run(errand, pace::decision_cost(open), work).await
            }
        }
    }

    /// The court of a workload.
    ///
    /// # Errors
    /// NOT_FOUND for a party that is not the caller's.
    pub(crate) async fn court(
        &self,
        caller: &Caller,
        workload: &Workload,
        book: Arc<KeptBook>,
        stand: Stand,
    ) -> Result<Arc<Court>, Status> {
        let papers = self.context.changes.papers();
        let key = CourtKey {
            book: book.number,
            stand: stand.clone(),
            tenant: caller.subject.tenant.clone(),
            workload: workload.clone(),
            papers,
        };
        let known = self.courts().get(&key).cloned();
        if let Some(known) = known.as_ref().filter(|known| !known.is_old()) {
            return Ok(Arc::clone(known));
        }
        let matter = self.matter(caller, workload).await?;
        let court = match known.filter(|known| *known.matter() == matter) {
            // Looked at again, and as it was: its answers stand.
            Some(known) => Arc::new(known.renewed()),
            None => Arc::new(Court::new(book, stand, matter)),
        };
        self.courts().put(key, Arc::clone(&court));
        Ok(court)
    }

    /// The active book, today, as enforced.
    ///
    /// # Errors
    /// A clock outside the calendar.
    pub(crate) fn today(&self) -> Result<(Arc<KeptBook>, Stand), Status> {
        crate::rules::resolve_today(&self.context.books)
    }

    /// Until when an answer may be used, in nanoseconds of the clock since 1970.
    pub(crate) fn valid_until(&self, placement: &Placement, now_ns: i64, max_age: Duration) -> i64 {
        placement.valid_until_ns(now_ns, self.measuring.verdict_time(now_ns), max_age)
    }

    fn courts(&self) -> MutexGuard<'_, LruCache<CourtKey, Arc<Court>>> {
        self.courts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Told of the newest verdict that is known.
    pub(crate) fn judged(&self) -> tokio::sync::watch::Receiver<i64> {
        self.judged.subscribe()
    }

    fn store(&self) -> &dyn Store {
        &*self.context.store
    }
}
