//! Landmarks as the registry has them, for a moment: so that no report costs a question to the store.

use std::collections::HashMap;
use std::net::{SocketAddrV4, SocketAddrV6};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ed25519_dalek::VerifyingKey;
use lightcone_core::{Affiliation, Point};
use lightcone_probe::LandmarkId;
use lightcone_store::{
    Filter, LIST_MAX, Landmark, LandmarkState, LandmarkVersion, PageRequest, Store, StoreError,
};

use super::trust;
use crate::wire::affiliation;

/// How long what was read counts as what is: a suspension is seen as soon as that.
const FRESH: Duration = Duration::from_millis(500);

/// A landmark with all its places and keys.
#[derive(Debug)]
pub(crate) struct Known {
    /// As it is now.
    pub(crate) record: Landmark,
    /// Whose hands it is in; none if that cannot be read.
    pub(crate) affiliation: Option<Affiliation>,
    /// Where it stood and what keys it had, the oldest first.
    pub(crate) versions: Vec<Version>,
}

/// Place and keys of a landmark from a moment on.
#[derive(Debug)]
pub(crate) struct Version {
    /// As the store has it.
    pub(crate) record: LandmarkVersion,
    /// Its name on the wire.
    pub(crate) wire_id: LandmarkId,
    /// What its reports are signed with; none if the bytes are no key.
    pub(crate) key: Option<VerifyingKey>,
}

/// All landmarks at one moment.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    by_id: HashMap<String, Arc<Known>>,
    /// The trust groups of those whose affiliation can be read.
    groups: HashMap<String, String>,
}

/// See the module.
pub(crate) struct Roster {
    store: Arc<dyn Store>,
    known: Mutex<(Option<Instant>, Arc<Directory>)>,
    /// Which trust groups became one from one reading to the next.
    pub(super) mergers: trust::Mergers,
    /// One reader at a time; those who wait find what it read.
    turn: tokio::sync::Mutex<()>,
}

impl Known {
    /// The version that counted at a moment: what an assignment of then named.
    pub(crate) fn at(&self, time_ns: i64) -> Option<&Version> {
        let before = self.versions.iter().rev().find(|version| version.record.from_time <= time_ns);
        before.or(self.versions.first())
    }

    /// The version of that number.
    pub(crate) fn version(&self, number: i32) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.record.position_version == number)
    }

    /// Where it stands.
    pub(crate) fn point(&self) -> Option<Point> {
        Point::from_ndeg(self.record.latitude_nd, self.record.longitude_nd)
    }

    /// Whether it may measure.
    pub(crate) fn measures(&self) -> bool {
        matches!(self.record.state, LandmarkState::Active | LandmarkState::Probation)
    }

    /// Where agents reach it: the first address of each family.
    pub(crate) fn addresses(&self) -> (Option<SocketAddrV4>, Option<SocketAddrV6>) {
        let addresses = &self.record.addresses;
        let v4 = addresses.iter().find_map(|address| address.parse::<SocketAddrV4>().ok());
        let v6 = addresses.iter().find_map(|address| address.parse::<SocketAddrV6>().ok());
        (v4, v6)
    }
}

impl Directory {
    /// A directory of these.
    pub(super) fn of(known: impl IntoIterator<Item = impl Into<Arc<Known>>>) -> Self {
        let known = known.into_iter().map(Into::into);
        let by_id: HashMap<String, Arc<Known>> =
            known.map(|known| (known.record.id.clone(), known)).collect();
        let groups = trust::grouped(by_id.values().map(AsRef::as_ref));
        Self { by_id, groups }
    }

    /// A landmark.
    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Known>> {
        self.by_id.get(id)
    }

    /// The trust group of a landmark: with whom it could lie together, by all that landmarks have in common. None: it
    /// is not known, or could lie with anybody.
    pub(crate) fn group(&self, id: &str) -> Option<&str> {
        self.groups.get(id).map(String::as_str)
    }

    /// All, in no order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Known>> {
        self.by_id.values()
    }
}

impl Roster {
    /// A roster of what this store has.
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            known: Mutex::default(),
            mergers: trust::Mergers::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// All landmarks, at most [`FRESH`] old.
    pub(crate) async fn all(&self) -> Result<Arc<Directory>, StoreError> {
        if let Some(directory) = self.fresh() {
            return Ok(directory);
        }
        let _turn = self.turn.lock().await;
        match self.fresh() {
            Some(directory) => Ok(directory),
            None => self.read().await,
        }
    }

    /// All landmarks as they are now.
    pub(crate) async fn now(&self) -> Result<Arc<Directory>, StoreError> {
        let _turn = self.turn.lock().await;
        self.read().await
    }

    /// All landmarks; where none may measure, one that was entered just now is looked for.
    pub(crate) async fn in_use(&self) -> Result<Arc<Directory>, StoreError> {
        let directory = self.all().await?;
        if directory.all().any(|known| known.measures()) { Ok(directory) } else { self.now().await }
    }

    /// A landmark; one that was entered just now is found.
    pub(crate) async fn get(&self, id: &str) -> Result<Option<Arc<Known>>, StoreError> {
        if let Some(known) = self.all().await?.get(id) {
            return Ok(Some(Arc::clone(known)));
        }
        match self.store.get(id).await {
            Ok(Landmark { .. }) => Ok(self.now().await?.get(id).cloned()),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn fresh(&self) -> Option<Arc<Directory>> {
        let known = lock(&self.known);
        known.0.is_some_and(|read| read.elapsed() < FRESH).then(|| Arc::clone(&known.1))
    }

    async fn read(&self) -> Result<Arc<Directory>, StoreError> {
        let (began, before) = (Instant::now(), Arc::clone(&lock(&self.known).1));
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = PageRequest { after: after.take(), size: LIST_MAX };
            let records: Vec<Landmark> = self.store.list(&Filter::default(), &page).await?;
            let is_last = records.len() < LIST_MAX as usize;
            after = records.last().map(|record| record.id.clone());
            for record in records {
                all.push(self.known(record, &before).await?);
            }
            if is_last {
                break;
            }
        }
        let directory = Arc::new(Directory::of(all));
        self.mergers.note(&before, &directory);
        *lock(&self.known) = (Some(began), Arc::clone(&directory));
        Ok(directory)
    }

    /// A landmark whose versions are read only where they changed.
    async fn known(&self, record: Landmark, before: &Directory) -> Result<Arc<Known>, StoreError> {
        match before.by_id.get(&record.id) {
            Some(known) if known.record == record => Ok(Arc::clone(known)),
            _ => {
                let versions = self.store.landmark_versions(&record.id).await?;
                let affiliation = affiliation::opened(&record).inspect_err(|garbled| {
                    tracing::error!(%garbled, "a landmark without a trust group: it has no weight");
                });
                Ok(Arc::new(Known {
                    versions: versions.into_iter().map(version).collect(),
                    affiliation: affiliation.ok(),
                    record,
                }))
            }
        }
    }
}

fn version(record: LandmarkVersion) -> Version {
    let key = VerifyingKey::from_bytes(&record.signing_key).ok();
    Version { wire_id: LandmarkId::of(&record.exchange_key), key, record }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
