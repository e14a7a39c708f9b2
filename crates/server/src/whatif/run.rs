//! One comparison, from its shards to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use lightcone::v1;
use lightcone_pool::{Cost, Lane, Tenant, Ticket};
use lightcone_store::{
    Comparison, ComparisonShard, ComparisonState, Flip, PageRequest, Reach, SHARDS_MAX, ScannedChip,
    ShardDone, ShardKind, StoreError,
};
use prost::Message as _;
use tonic::Status;

use super::WhatIf;
use super::judge::{Judge, Side};
use super::tally::{FlipsDigest, Tally};
use crate::clock::{now_ns, today};
use crate::limits::SLICE_TARGET;
use crate::papers;
use crate::rules::resolve;
use crate::wire::places;

/// Subjects of a shard: what a crash does again, and what is in memory at a time.
const SHARD_SUBJECTS: u32 = 8_192;
/// Verdicts whose places are filled in at a time.
const FILLED_AT_ONCE: u32 = 256;
/// How long to wait before a store or pool that had no answer is asked again.
const RETRY: Duration = Duration::from_secs(1);

/// Why a comparison does not go on.
enum Halt {
    /// It was cancelled, or ended by another server.
    Over,
    /// It cannot be done.
    Failed(String),
    /// The store does not answer now.
    Store(StoreError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Runs a comparison to its end, or until the server drains.
pub(super) async fn run(whatif: &WhatIf, comparison: Comparison, cancelled: &AtomicBool) {
    let id = comparison.id.clone();
    loop {
        let run = Run { whatif, comparison: &comparison, cancelled };
        match run.all().await {
            Ok(()) | Err(Halt::Over) => return,
            Err(Halt::Failed(why)) => {
                tracing::error!(comparison = id, why, "a comparison failed");
                let told: (&[u8], &str, &str) = (&[], "", &why);
                let store = &whatif.context.store;
                if store.end_comparison(&id, ComparisonState::Failed, told, now_ns()).await.is_ok() {
                    return;
                }
            }
            Err(Halt::Store(StoreError::Closed)) => return,
            Err(Halt::Store(error)) => {
                tracing::error!(comparison = id, %error, "a comparison waits for the store");
            }
        }
        tokio::time::sleep(RETRY).await;
    }
}

struct Run<'r> {
    whatif: &'r WhatIf,
    comparison: &'r Comparison,
    cancelled: &'r AtomicBool,
}

impl Run<'_> {
    async fn all(&self) -> Result<(), Halt> {
        self.fill_in().await?;
        self.cut().await?;
        let judge = Arc::new(self.judge().await?);
        let store = &self.whatif.context.store;
        let open: Vec<ComparisonShard> = store.comparison_shards(&self.comparison.id).await?;
        let open: Vec<_> = open.into_iter().filter(|shard| !shard.done).collect();
        let mut next = match open.first() {
            Some(first) => self.read(first).await?,
            None => Vec::new(),
        };
        for (at, shard) in open.iter().enumerate() {
            let ahead = async {
                match open.get(at + 1) {
                    Some(after) => self.read(after).await,
                    None => Ok(Vec::new()),
                }
            };
            // The next shard is read while this one is judged.
            let (done, read) = tokio::join!(self.shard(shard, std::mem::take(&mut next), &judge), ahead);
            done?;
            next = read?;
        }
        self.end().await
    }

    /// Fills in the places of verdicts that are older than the column for them.
    async fn fill_in(&self) -> Result<(), Halt> {
        let context = &self.whatif.context;
        loop {
            self.go_on()?;
            let old = context.store.unplaced_verdicts(FILLED_AT_ONCE).await?;
            if old.is_empty() {
                return Ok(());
            }
            let compute = Arc::clone(&context.compute);
            let (cost, old) = (Cost::micros(20 * old.len() as u64), Arc::new(old));
            let filled = self.pooled(cost, move || {
                let place = |it: &lightcone_store::UnplacedVerdict| {
                    (it.revision, places::of_kept(&compute.borders, &it.wire))
                };
                old.iter().map(place).collect::<Vec<_>>()
            });
            context.store.place_verdicts(filled.await?).await?;
        }
    }

    /// Lists the shards, unless they are.
    async fn cut(&self) -> Result<(), Halt> {
        let (comparison, store) = (self.comparison, &self.whatif.context.store);
        if comparison.listed {
            return Ok(());
        }
        let mut shards = Vec::new();
        let mut after = String::new();
        loop {
            self.go_on()?;
            let bound = store.next_bound(ShardKind::Chips, &comparison.scope, &after, SHARD_SUBJECTS).await?;
            let Some(until) = bound.filter(|_| comparison.verdicts) else { break };
            if shards.len() >= SHARDS_MAX {
                let most = SHARDS_MAX * SHARD_SUBJECTS as usize;
                return Err(Halt::Failed(format!("more than {most} chips: compare by tenant")));
            }
            shards.push(ComparisonShard {
                comparison: comparison.id.clone(),
                shard: shards.len() as i64,
                kind: ShardKind::Chips,
                after: std::mem::replace(&mut after, until.clone()),
                until,
                done: false,
                judged: 0,
                flipped: 0,
                counts: Vec::new(),
            });
        }
        store.list_shards(&comparison.id, shards).await?;
        Ok(())
    }

    async fn judge(&self) -> Result<Judge, Halt> {
        let (base, draft) =
            (self.side(&self.comparison.base).await?, self.side(&self.comparison.draft).await?);
        let skus = papers::skus(&*self.whatif.context.store, &self.comparison.tenant).await;
        let skus =
            skus.map_err(|status| Halt::Failed(format!("SKUs cannot be had: {}", status.message())))?;
        Ok(Judge::new(base, draft, skus, self.comparison.create_time))
    }

    async fn side(&self, rules: &[u8]) -> Result<Side, Halt> {
        let failed = |why: &dyn std::fmt::Display| Halt::Failed(format!("its rules cannot be had: {why}"));
        let rules = v1::Rules::decode(rules).map_err(|error| failed(&error))?;
        let today = today().map_err(|status| failed(&status.message()))?;
        let found = resolve(&self.whatif.context.books, Some(rules), today).await;
        let (book, stand) = found.map_err(|status: Status| failed(&status.message()))?;
        Ok(Side { book, stand })
    }

    async fn read(&self, shard: &ComparisonShard) -> Result<Vec<ScannedChip>, Halt> {
        let reach = Reach {
            scope: self.comparison.scope.clone(),
            after: shard.after.clone(),
            until: shard.until.clone(),
            revision: self.comparison.verdict_revision,
        };
        Ok(self.whatif.context.store.scan_chips(&reach, SHARD_SUBJECTS).await?)
    }

    async fn shard(
        &self,
        shard: &ComparisonShard,
        chips: Vec<ScannedChip>,
        judge: &Arc<Judge>,
    ) -> Result<(), Halt> {
        let slots = self.whatif.context.compute.bulk_slots.max(1);
        let (size, chips) = (chips.len().div_ceil(slots).max(1), Arc::new(chips));
        let stripes = (0..chips.len()).step_by(size).map(|from| {
            self.stripe(Arc::clone(&chips), from, (from + size).min(chips.len()), Arc::clone(judge))
        });
        let (mut tally, mut flips) = (Tally::default(), Vec::new());
        for (counted, found) in try_join_all(stripes).await? {
            tally.add(counted);
            flips.extend(found);
        }
        self.go_on()?;
        let done = ShardDone {
            comparison: self.comparison.id.clone(),
            shard: shard.shard,
            judged: chips.len() as i64,
            counts: tally.encode(),
            flips,
        };
        let kept = self.whatif.context.store.complete_shard(done, now_ns()).await?;
        self.whatif.step();
        if kept.state == ComparisonState::Running { Ok(()) } else { Err(Halt::Over) }
    }

    /// Judges some chips of a shard, slice by slice.
    async fn stripe(
        &self,
        chips: Arc<Vec<ScannedChip>>,
        from: usize,
        to: usize,
        judge: Arc<Judge>,
    ) -> Result<(Tally, Vec<Flip>), Halt> {
        let (mut at, mut tally, mut flips) = (from, Tally::default(), Vec::new());
        while at < to {
            self.go_on()?;
            let (chips, judge, id) = (Arc::clone(&chips), Arc::clone(&judge), self.comparison.id.clone());
            let (next, counted, found) =
                self.pooled(SLICE_TARGET.into(), move || slice(&chips[at..to], &judge, &id)).await?;
            at += next;
            tally.add(counted);
            flips.extend(found);
        }
        Ok((tally, flips))
    }

    /// Runs work in the pool, on the bulk lane, once it has room.
    async fn pooled<T: Send + 'static>(
        &self,
        cost: Cost,
        work: impl Fn() -> T + Clone + Send + 'static,
    ) -> Result<T, Halt> {
        let ticket = Ticket::new(Lane::Bulk, Tenant::named(&self.comparison.tenant), cost);
        loop {
            let work = work.clone();
            match self.whatif.context.compute.pool.submit(ticket, move |_| work()) {
                Ok(pending) => match pending.await {
                    Ok(done) => return Ok(done),
                    Err(lightcone_pool::Lost::Panicked) => {
                        return Err(Halt::Failed("judging it panicked: a fault of the server".to_owned()));
                    }
                    // The server goes down; the next start goes on.
                    Err(_) => return Err(Halt::Over),
                },
                Err(refused) if refused.reason == lightcone_pool::Reason::ShuttingDown => {
                    return Err(Halt::Over);
                }
                Err(refused) => tokio::time::sleep(refused.retry_after).await,
            }
            self.go_on()?;
        }
    }

    /// Adds everything up.
    async fn end(&self) -> Result<(), Halt> {
        let (id, store) = (&self.comparison.id, &self.whatif.context.store);
        let mut tally = Tally::default();
        for shard in store.comparison_shards(id).await? {
            let counted = Tally::decode(&shard.counts);
            tally.add(counted.map_err(|error| Halt::Failed(format!("shard {}: {error}", shard.shard)))?);
        }
        let mut digest = FlipsDigest::default();
        let mut page = PageRequest { after: None, size: lightcone_store::LIST_MAX };
        loop {
            self.go_on()?;
            let flips = store.list_flips(id, &page).await?;
            flips.iter().for_each(|flip| digest.take(&flip.body));
            match flips.last() {
                Some(last) if flips.len() == page.size as usize => page.after = Some(last.subject.clone()),
                _ => break,
            }
        }
        let (result, digest) = (tally.result(), digest.end());
        store.end_comparison(id, ComparisonState::Done, (&result, &digest, ""), now_ns()).await?;
        Ok(())
    }

    fn go_on(&self) -> Result<(), Halt> {
        if self.cancelled.load(Ordering::Relaxed) { Err(Halt::Over) } else { Ok(()) }
    }
}

/// Judges chips for about a millisecond; says how many that were.
fn slice(chips: &[ScannedChip], judge: &Judge, id: &str) -> (usize, Tally, Vec<Flip>) {
    let (began, mut sitting) = (Instant::now(), judge.sitting());
    let (mut tally, mut flips, mut done) = (Tally::default(), Vec::new(), 0);
    for chip in chips {
        done += 1;
        match sitting.chip(chip) {
            Some(said) => {
                let rules = said.flip.as_ref().map_or(&[][..], |(rules, _)| rules);
                tally.count(said.was, said.would_be, rules);
                flips.extend(said.flip.as_ref().map(|why| flip(chip, (said.was, said.would_be), why, id)));
            }
            None => tally.count(v1::Outcome::Unknown, v1::Outcome::Unknown, &[]),
        }
        if began.elapsed() >= SLICE_TARGET {
            break;
        }
    }
    (done, tally, flips)
}

fn flip(
    chip: &ScannedChip,
    (was, would_be): (v1::Outcome, v1::Outcome),
    (rules, why): &(Vec<String>, String),
    id: &str,
) -> Flip {
    let verdict = chip.seen.as_ref().map(|seen| format!("agents/{}/verdicts/{}", seen.agent, seen.verdict));
    let told = v1::Flip {
        subject: format!("chips/{}", chip.chip),
        verdict: verdict.unwrap_or_default(),
        was: was as i32,
        would_be: would_be as i32,
        rules: rules.clone(),
        why: why.clone(),
    };
    Flip { comparison: id.to_owned(), subject: told.subject.clone(), body: told.encode_to_vec() }
}
