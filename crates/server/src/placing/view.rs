//! What is known of chips, in memory: a scheduler asks of the same chips again and again, and is answered without the
//! store.
//!
//! Two things are kept apart, because they change apart: what the registry says of a chip, and what was found last of an
//! agent. A verdict replaces the latter as soon as it is committed; a change of the registry by this process makes all of
//! the former old. Changes by another process are seen after [`CHIP_AGE_MAX`].

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher as _;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lightcone_access::{Kind, Record};
use lightcone_store::{PlacedChip, PlacedVerdict, Store, Verdict};
use lru::LruCache;

use super::sight::Sight;
use crate::changes::Changes;
use crate::compute::Compute;
use crate::measuring::Trouble;

/// Chips that are kept in memory, and agents.
const KEPT_MAX: usize = 1 << 18;
/// Parts of each, so that callers rarely wait for each other.
const PARTS: usize = 16;
/// How long what the registry says of a chip is used: the longest that another process's change goes unseen.
const CHIP_AGE_MAX: Duration = Duration::from_secs(10);

/// What is known of a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Its id.
    pub(crate) id: String,
    /// As policies of access see it.
    pub(crate) record: Record,
    /// The maker's stock-keeping unit.
    pub(crate) sku: String,
    /// Whether it is out of use for good.
    pub(crate) is_retired: bool,
    /// The agent that answers for it.
    pub(crate) agent: Option<String>,
}

/// A chip, and what was found last of its agent.
pub(crate) type Found = (Arc<Placed>, Option<Arc<Sight>>);

/// What is known of chips and agents, in memory.
pub(crate) struct View {
    store: Arc<dyn Store>,
    compute: Arc<Compute>,
    chips: Shelf<Chip>,
    sights: Shelf<Option<Arc<Sight>>>,
    changes: Arc<Changes>,
    /// Verdicts up to this revision are in `sights` where their agents are.
    revision: AtomicI64,
}

#[derive(Clone)]
struct Chip {
    placed: Arc<Placed>,
    changes: u64,
    read: Instant,
}

impl View {
    /// Nothing is known yet but that verdicts have come to `revision`.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        compute: Arc<Compute>,
        changes: Arc<Changes>,
        revision: i64,
    ) -> Self {
        Self {
            store,
            compute,
            chips: Shelf::new(),
            sights: Shelf::new(),
            changes,
            revision: AtomicI64::new(revision),
        }
    }

    /// The revision up to which verdicts are looked at.
    pub(crate) fn revision(&self) -> i64 {
        self.revision.load(Ordering::Acquire)
    }

    /// A verdict was committed, and all before it are known.
    pub(crate) fn judged(&self, verdict: &Verdict) {
        let kept = PlacedVerdict {
            id: verdict.id.clone(),
            revision: verdict.revision,
            as_of: verdict.as_of,
            story_time: verdict.story_time,
            places: verdict.places.clone(),
            wire: verdict.places.is_empty().then(|| verdict.wire.clone()),
        };
        // What was superseded by the time it was read: its successor comes later in the same order.
        if verdict.superseded_by.is_none() && self.sights.has(&verdict.agent) {
            let sight = Sight::read(&self.compute.borders, &verdict.agent, &kept);
            self.sights.put(&verdict.agent, Some(sight));
        }
        self.revision.store(verdict.revision, Ordering::Release);
    }

    /// Chips by their ids, those that exist; read from the store where they are not known.
    pub(crate) async fn chips(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Found>, Trouble> {
        let changes = self.changes.registry();
        let mut found = BTreeMap::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.known(id, changes) {
                Some(known) => drop(found.insert(id.clone(), known)),
                None => missing.push(id.clone()),
            }
        }
        if !missing.is_empty() {
            // Before the store is asked, so that what comes meanwhile is not taken for known.
            let revision = self.revision();
            for placed in self.store.placed(&missing).await? {
                let id = placed.chip.clone();
                found.insert(id, self.keep(placed, changes, revision));
            }
        }
        Ok(found)
    }

    fn known(&self, id: &str, changes: u64) -> Option<Found> {
        let chip = self.chips.get(id)?;
        if chip.changes != changes || chip.read.elapsed() > CHIP_AGE_MAX {
            return None;
        }
        let sight = match &chip.placed.agent {
            None => None,
            Some(agent) => self.sights.get(agent)?,
        };
        Some((chip.placed, sight))
    }

    /// Keeps what the store said when `changes` and `revision` were known.
    fn keep(&self, chip: PlacedChip, changes: u64, revision: i64) -> Found {
        let PlacedChip { chip: id, sku, tenant, holder, parties, retired, agent, verdict } = chip;
        let borders = &self.compute.borders;
        let sight = match (&agent, &verdict) {
            (Some(agent), Some(verdict)) => Some(Sight::read(borders, agent, verdict)),
            _ => None,
        };
        if let Some(agent) = &agent {
            self.sights.put(agent, sight.clone());
            if self.revision() != revision {
                // A verdict came meanwhile, and may have been this agent's: the next who asks reads again.
                self.sights.forget(agent);
            }
        }
        let record = Record {
            holder,
            parties: parties.into_iter().collect(),
            ..Record::of(Kind::Chip, id.as_str(), tenant)
        };
        let placed = Arc::new(Placed { id: id.clone(), record, sku, is_retired: retired, agent });
        self.chips.put(&id, Chip { placed: Arc::clone(&placed), changes, read: Instant::now() });
        (placed, sight)
    }
}

/// A bounded map in parts.
struct Shelf<T> {
    parts: Vec<Mutex<LruCache<String, T>>>,
    hash: std::hash::RandomState,
}

impl<T: Clone> Shelf<T> {
    fn new() -> Self {
        let most = NonZeroUsize::new(KEPT_MAX / PARTS).unwrap_or(NonZeroUsize::MIN);
        let part = |_| Mutex::new(LruCache::new(most));
        Self { parts: (0..PARTS).map(part).collect(), hash: std::hash::RandomState::new() }
    }

    fn get(&self, key: &str) -> Option<T> {
        self.part(key).get(key).cloned()
    }

    fn has(&self, key: &str) -> bool {
        self.part(key).contains(key)
    }

    fn put(&self, key: &str, value: T) {
        self.part(key).put(key.to_owned(), value);
    }

    fn forget(&self, key: &str) {
        self.part(key).pop(key);
    }

    fn part(&self, key: &str) -> MutexGuard<'_, LruCache<String, T>> {
        let at = self.hash.hash_one(key) as usize % PARTS;
        self.parts[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
