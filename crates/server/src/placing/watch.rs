//! For caches: all answers once, then those that change.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, unfold};
use lightcone::v1;
use tokio::sync::watch;
use tonic::Status;

use super::{Placement, Placing};
use crate::access::Caller;
use crate::clock::now_ns;
use crate::compute::Errand;
use crate::limits::WATCHED_PLACEMENTS_MAX;
use crate::status;
use crate::wire;
use crate::wire::placement::Asked;
use crate::wire::registry::Page;

/// The shortest time between two looks: many verdicts are one look.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest: what only grows old changes too, and a sign of life is due.
const LOOK: Duration = Duration::from_secs(15);

/// One who watches placements.
pub(crate) struct Watcher {
    placing: Arc<Placing>,
    caller: Caller,
    errand: Errand,
    asked: Asked,
    page: Page,
    /// What it was told last, place by place; none: nothing yet.
    told: Vec<Option<Placement>>,
    /// Where it comes back from: what is older was told, if nothing but verdicts changed since.
    since: Option<Mark>,
    ready: VecDeque<v1::WatchPlacementResponse>,
    judged: watch::Receiver<i64>,
    changed: watch::Receiver<()>,
    books: watch::Receiver<i64>,
    draining: watch::Receiver<bool>,
    is_first: bool,
    is_over: bool,
}

/// Up to where a watcher was told: a verdict's revision, and what else must be as it was for that to say anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    revision: i64,
    book: i64,
    changes: (u64, u64),
    day: i64,
    /// Counts of changes mean nothing to another process.
    process: u64,
}

impl Mark {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut next = || parts.next();
        let mark = Self {
            revision: next()?.parse().ok()?,
            book: next()?.parse().ok()?,
            changes: (next()?.parse().ok()?, next()?.parse().ok()?),
            day: next()?.parse().ok()?,
            process: next()?.parse().ok()?,
        };
        next().is_none().then_some(mark)
    }

    fn text(&self) -> String {
        let Self { revision, book, changes: (registry, papers), day, process } = self;
        format!("{revision}.{book}.{registry}.{papers}.{day}.{process}")
    }

    /// Whether nothing but verdicts can have changed an answer between both.
    fn differs_by_verdicts_only(&self, other: &Self) -> bool {
        Self { revision: other.revision, ..*self } == *other
    }
}

impl Watcher {
    /// One who asks, and comes back from where `page` says.
    ///
    /// # Errors
    /// A token that leads nowhere.
    pub(crate) fn new(
        placing: Arc<Placing>,
        caller: Caller,
        errand: Errand,
        asked: Asked,
        page: Page,
    ) -> Result<Self, Status> {
        let since = match &page.after {
            None => None,
            Some(text) => Some(Mark::read(text).ok_or_else(|| wire::Violation::bad_token("resume_token"))?),
        };
        let told = vec![None; asked.places.len()];
        let (judged, changed) = (placing.judged(), placing.context.changes.told());
        let (books, draining) = (placing.context.books.changes(), placing.measuring.draining());
        let ready = VecDeque::new();
        Ok(Self {
            placing,
            caller,
            errand,
            asked,
            page,
            told,
            since,
            ready,
            judged,
            changed,
            books,
            draining,
            is_first: true,
            is_over: false,
        })
    }

    /// What it is told.
    pub(crate) fn messages(self) -> BoxStream<'static, Result<v1::WatchPlacementResponse, Status>> {
        unfold(self, |mut watcher| async move {
            if watcher.is_over {
                return None;
            }
            let message = watcher.next().await;
            watcher.is_over = message.is_err();
            Some((message, watcher))
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<v1::WatchPlacementResponse, Status> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(message);
            }
            if !std::mem::take(&mut self.is_first) {
                self.wait().await?;
            }
            self.look().await?;
        }
    }

    /// Until something changes that an answer can turn on, or it is time for a sign of life.
    async fn wait(&mut self) -> Result<(), Status> {
        let look = tokio::time::sleep(LOOK);
        tokio::select! {
            biased;
            _ = self.draining.wait_for(|draining| *draining) => return Err(status::shutting_down()),
            _ = self.judged.changed() => {}
            _ = self.changed.changed() => {}
            _ = self.books.changed() => {}
            () = look => return Ok(()),
        }
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    /// Asks again, and makes ready what differs from what was told.
    async fn look(&mut self) -> Result<(), Status> {
        self.judged.borrow_and_update();
        self.changed.borrow_and_update();
        self.books.borrow_and_update();
        let mark = self.placing.mark();
        let (book, stand) = self.placing.today()?;
        let court = self.placing.court(&self.caller, &self.asked.workload, book, stand).await?;
        // A watch has no deadline; each look of it is as urgent as any other call.
        let errand = Errand { deadline: None, ..self.errand };
        let Asked { places, max_age, .. } = &self.asked;
        let answered = self.placing.check(&self.caller, errand, Arc::clone(&court), places, *max_age).await?;
        let since = self.since.take().filter(|since| since.differs_by_verdicts_only(&mark));
        let now = now_ns();
        let mut changed = Vec::new();
        for (at, placement) in answered.placements.into_iter().enumerate() {
            let is_told = match (&self.told[at], &since) {
                (Some(told), _) => told.is_like(&placement),
                // What rests on verdicts that were known then was told then; what rests on none may have grown old.
                (None, Some(since)) => placement.revision.is_some_and(|revision| revision <= since.revision),
                (None, None) => false,
            };
            if !is_told {
                let until = self.placing.valid_until(&placement, now, *max_age);
                changed.push(wire::placement::shown(&places[at], &placement, until, None, false));
            }
            self.told[at] = Some(placement);
        }
        self.send(changed, &mark, court.book.number);
        Ok(())
    }

    fn send(&mut self, changed: Vec<v1::Placement>, mark: &Mark, book: i64) {
        let policy_version = wire::decision::version_name(book);
        let token = self.page.next(1, Some(&mark.text()));
        let mut parts: Vec<Vec<v1::Placement>> =
            changed.chunks(WATCHED_PLACEMENTS_MAX).map(<[_]>::to_vec).collect();
        // A sign of life says that all has been told.
        if parts.is_empty() {
            parts.push(Vec::new());
        }
        let last = parts.len() - 1;
        self.ready.extend(parts.into_iter().enumerate().map(|(at, placements)| {
            let complete = at == last;
            // Whoever leaves in the middle comes back to the beginning of it.
            let resume_token = if complete { token.clone() } else { String::new() };
            let policy_version = policy_version.clone();
            v1::WatchPlacementResponse { placements, resume_token, complete, policy_version }
        }));
    }
}

impl Placing {
    /// Up to where whoever is answered now is told.
    fn mark(&self) -> Mark {
        let changes = &self.context.changes;
        Mark {
            revision: self.view.revision(),
            book: self.context.books.active().number,
            changes: (changes.registry(), changes.papers()),
            day: now_ns().div_euclid(86_400_000_000_000),
            process: self.process,
        }
    }
}
