//! Auditing the mesh: who contradicts whom, who is suspended for it, who has earned trust.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lightcone::v1;
use lightcone::v1::alert::Kind;
use lightcone_store::{Landmark, LandmarkState, MeshPair, StoreError};

use super::clock::now_ns;
use super::roster::Directory;
use super::{Measuring, Trouble};
use crate::compute::Errand;
use crate::pace;
use crate::wire::{MeshCase, MeshFindings, judge_mesh};

/// What audits remember of one another while the server runs.
#[derive(Debug, Default)]
pub(crate) struct Audits {
    round: AtomicU64,
    /// Landmarks whose misplacement was told, with the version that it was told of.
    told: Mutex<BTreeSet<(String, i32)>>,
    /// Landmarks whose verdicts were judged again.
    rejudged: Mutex<BTreeSet<String>>,
}

impl Audits {
    /// The number of the next round.
    pub(super) fn next_round(&self) -> u64 {
        self.round.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether a misplacement is new.
    fn is_news(&self, landmark: &str, version: i32) -> bool {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert((landmark.to_owned(), version))
    }

    /// Those of the suspended whose verdicts were not judged again yet. One that is trusted again is forgotten.
    pub(super) fn to_rejudge(&self, suspended: &BTreeSet<String>) -> Vec<String> {
        let mut rejudged = self.rejudged.lock().unwrap_or_else(PoisonError::into_inner);
        rejudged.retain(|landmark| suspended.contains(landmark));
        suspended.iter().filter(|landmark| !rejudged.contains(*landmark)).cloned().collect()
    }

    /// A landmark's verdicts were judged again.
    pub(super) fn rejudged(&self, landmark: &str) {
        self.rejudged.lock().unwrap_or_else(PoisonError::into_inner).insert(landmark.to_owned());
    }
}

impl Measuring {
    /// What the landmarks say about one another, and when the oldest word of it was measured.
    pub(crate) async fn audit(
        &self,
        errand: Errand,
    ) -> Result<(v1::AuditLandmarksResponse, Option<i64>), Trouble> {
        let directory = self.roster.now().await?;
        let found = self.find(errand, &directory).await?;
        Ok((found.audit, found.pairs.iter().map(|pair| pair.observe_time).min()))
    }

    async fn find(&self, errand: Errand, directory: &Directory) -> Result<MeshFindings, Trouble> {
        let mut pairs = self.store.mesh_pairs().await?.best;
        let counts =
            |id: &str| directory.get(id).is_some_and(|known| known.record.state != LandmarkState::Retired);
        pairs.retain(|pair| counts(&pair.first) && counts(&pair.second));
        let landmarks: Vec<Landmark> = directory
            .all()
            .filter(|known| known.record.state != LandmarkState::Retired)
            .map(|known| known.record.clone())
            .collect();
        let cost = pace::table_cost(pairs.len() + landmarks.len());
        let (case, compute) = (MeshCase { landmarks, pairs }, Arc::clone(&self.compute));
        let found = self
            .compute
            .run(errand, cost, move |token| judge_mesh(&compute.borders, case, &|| token.is_stopped()));
        Ok(found.await?)
    }

    /// Audits and acts on it: suspends, trusts, alerts.
    pub(super) async fn audit_and_follow(&self) -> Result<(), Trouble> {
        let directory = self.roster.now().await?;
        let found = self.find(self.errand(), &directory).await?;
        for (id, why) in &found.suspended {
            let Some(known) = directory.get(id).filter(|known| known.measures()) else { continue };
            let reason = format!("mesh audit: {why}");
            if self.turn(&known.record, LandmarkState::Suspended, reason.clone()).await? {
                self.raise(Kind::LandmarkSuspended, format!("landmarks/{id}"), reason).await;
            }
        }
        for (id, detail) in &found.misplaced {
            let version = directory.get(id).map_or(0, |known| known.record.position_version);
            if self.audits.is_news(id, version) {
                self.raise(Kind::LandmarkMisplaced, format!("landmarks/{id}"), detail.clone()).await;
            }
        }
        let agreeing = agreeing(&directory, &found.pairs, &found.contradicted);
        for known in directory.all().filter(|known| known.record.state == LandmarkState::Probation) {
            let groups = agreeing.get(&known.record.id).map_or(0, BTreeSet::len);
            if groups > self.rules.liars as usize {
                tracing::info!(
                    landmark = known.record.id,
                    groups,
                    "agrees with the mesh: it counts from now on"
                );
                self.turn(&known.record, LandmarkState::Active, String::new()).await?;
            }
        }
        Ok(())
    }

    /// Puts a landmark into another state, unless somebody changed it meanwhile.
    async fn turn(&self, record: &Landmark, state: LandmarkState, reason: String) -> Result<bool, Trouble> {
        let etag = record.etag.clone();
        let record = Landmark { state, state_reason: reason, update_time: now_ns(), ..record.clone() };
        match self.store.update(record, Some(&etag), None).await {
            Ok(_) => Ok(true),
            Err(StoreError::EtagMismatch { .. } | StoreError::WrongState { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The trust groups, other than its own, that each landmark measured with and does not contradict.
fn agreeing(
    directory: &Directory,
    pairs: &[MeshPair],
    contradicted: &BTreeSet<String>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut agreeing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let group = |id: &str| directory.get(id).map(|known| known.record.trust_group.clone());
    for MeshPair { first, second, .. } in pairs {
        let Some((one, other)) = group(first).zip(group(second)) else { continue };
        if one == other || contradicted.contains(first) || contradicted.contains(second) {
            continue;
        }
        agreeing.entry(first.clone()).or_default().insert(other);
        agreeing.entry(second.clone()).or_default().insert(one);
    }
    agreeing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_suspended_is_judged_again_once() {
        let audits = Audits::default();
        let suspended: BTreeSet<String> = ["a", "b"].map(str::to_owned).into();
        assert_eq!(audits.to_rejudge(&suspended), ["a", "b"]);
        audits.rejudged("a");
        assert_eq!(audits.to_rejudge(&suspended), ["b"]);
        assert!(audits.to_rejudge(&BTreeSet::new()).is_empty());
        assert_eq!(audits.to_rejudge(&suspended), ["a", "b"]);
    }

    #[test]
    fn a_misplacement_is_told_once_a_version() {
        let audits = Audits::default();
        assert!(audits.is_news("a", 1) && !audits.is_news("a", 1) && audits.is_news("a", 2));
    }
}
