//! Auditing the mesh: who contradicts whom, who is suspended for it, who has earned trust.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lightcone::v1;
use lightcone::v1::alert::Kind;
use lightcone_store::{Landmark, LandmarkState, MeshPair, StoreError};

use super::clock::now_ns;
use super::roster::{Directory, Known};
use super::{Measuring, Trouble};
use crate::compute::Errand;
use crate::pace;
use crate::wire::{MeshCase, MeshFindings, Suspect, judge_mesh};

/// How the reason of a conviction begins.
const CONVICTED: &str = "mesh audit: ";
/// How the reason of a tie begins: it is cleared as soon as others decide.
const TIED: &str = "mesh audit, a tie: ";

/// How many rounds a tie waits for a third party.
const TIE_ROUNDS: i64 = 3;
/// How often the verdicts that leaned on a suspended landmark are looked at.
const LOOKS: u32 = 2;

/// What audits remember of one another while the server runs.
#[derive(Debug, Default)]
pub(crate) struct Audits {
    round: AtomicU64,
    /// Whether something was measured since the last audit.
    measured: AtomicBool,
    /// Whether somebody came who may never have been measured.
    came: AtomicBool,
    /// Landmarks whose misplacement was told, with the version that it was told of.
    told: Mutex<BTreeSet<(String, i32)>>,
    /// How often the verdicts that leaned on a suspended landmark were judged again.
    rejudged: Mutex<BTreeMap<String, u32>>,
}

impl Audits {
    /// The number of the next round.
    pub(super) fn next_round(&self) -> u64 {
        self.round.fetch_add(1, Ordering::Relaxed)
    }

    /// Landmarks measured one another: an audit is due.
    pub(super) fn measured(&self) {
        self.measured.store(true, Ordering::Relaxed);
    }

    /// A landmark on probation came: whoever never measured it should.
    pub(super) fn came(&self) {
        self.came.store(true, Ordering::Relaxed);
    }

    /// Whether an audit is due, and whether newcomers wait; both are dealt with from here on.
    pub(super) fn due(&self) -> (bool, bool) {
        let [measured, came] = [&self.measured, &self.came].map(|flag| flag.swap(false, Ordering::Relaxed));
        (measured, came)
    }

    /// Whether a misplacement is new.
    fn is_news(&self, landmark: &str, version: i32) -> bool {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert((landmark.to_owned(), version))
    }

    /// Those of the suspended whose verdicts are to be judged again, and whether for the first time. Twice, since a
    /// verdict may have been on its way when the first look was taken. One that is trusted again is forgotten.
    pub(super) fn to_rejudge(&self, suspended: &BTreeSet<String>) -> Vec<(String, bool)> {
        let mut rejudged = self.rejudged.lock().unwrap_or_else(PoisonError::into_inner);
        rejudged.retain(|landmark, _| suspended.contains(landmark));
        let looks = suspended.iter().map(|landmark| (landmark, rejudged.get(landmark).copied().unwrap_or(0)));
        looks
            .filter(|(_, looks)| *looks < LOOKS)
            .map(|(landmark, looks)| (landmark.clone(), looks == 0))
            .collect()
    }

    /// A landmark's verdicts were judged again.
    pub(super) fn rejudged(&self, landmark: &str) {
        let mut rejudged = self.rejudged.lock().unwrap_or_else(PoisonError::into_inner);
        *rejudged.entry(landmark.to_owned()).or_default() += 1;
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
            .map(|known| {
                let record = known.record.clone();
                let group = directory.group(&record.id).map(str::to_owned);
                Landmark { trust_group: group.unwrap_or_else(|| record.trust_group.clone()), ..record }
            })
            .collect();
        let cost = pace::table_cost(pairs.len() + landmarks.len());
        let (case, compute) = (MeshCase { landmarks, pairs }, Arc::clone(&self.compute));
        let found = self
            .compute
            .run(errand, cost, move |token| judge_mesh(&compute.borders, case, &|| token.is_stopped()));
        Ok(found.await?)
    }

    /// Audits and acts on it: suspends, clears, trusts, alerts.
    pub(super) async fn audit_and_follow(&self) -> Result<(), Trouble> {
        let directory = self.roster.now().await?;
        let found = self.find(self.errand(), &directory).await?;
        for suspect in found.suspended.iter().filter(|suspect| self.is_ripe(&directory, &found, suspect)) {
            self.suspend(&directory, suspect).await?;
        }
        for (id, detail) in &found.misplaced {
            let version = directory.get(id).map_or(0, |known| known.record.position_version);
            if self.audits.is_news(id, version) {
                self.raise(Kind::LandmarkMisplaced, format!("landmarks/{id}"), detail.clone()).await;
            }
        }
        let agreeing = agreeing(&directory, &found);
        for known in directory.all() {
            let (record, id) = (&known.record, &known.record.id);
            let groups = agreeing.get(id).map_or(0, BTreeSet::len);
            let is_suspect = found.suspended.iter().any(|suspect| suspect.id == *id);
            if is_suspect {
                continue;
            }
            if record.state == LandmarkState::Suspended && record.state_reason.starts_with(TIED) {
                tracing::info!(landmark = id, "others decided the tie for it: it is on probation again");
                self.turn(record, LandmarkState::Probation, String::new()).await?;
            } else if record.state == LandmarkState::Probation && groups > self.rules.liars as usize {
                tracing::info!(landmark = id, groups, "agrees with the mesh: it counts from now on");
                self.turn(record, LandmarkState::Active, String::new()).await?;
            }
        }
        Ok(())
    }

    /// Whether a suspicion is to be acted on. A tie waits until everyone who listens has measured both ends, since a
    /// third party may decide it: but not for ever.
    fn is_ripe(&self, directory: &Directory, found: &MeshFindings, suspect: &Suspect) -> bool {
        let Some(other) = &suspect.tied_with else { return true };
        let of = |one: &str, other: &str| {
            let is_both = |pair: &&MeshPair| {
                [&pair.first, &pair.second].iter().all(|end| **end == one || **end == other)
            };
            found.pairs.iter().find(is_both).map(|pair| pair.observe_time)
        };
        let is_in_use =
            |id: &String| directory.get(id).is_some_and(|known| known.record.state != LandmarkState::Retired);
        let listening: Vec<String> = self.landmarks.listening().into_iter().filter(is_in_use).collect();
        let is_known = |end: &String| listening.iter().all(|peer| peer == end || of(end, peer).is_some());
        let patience = self.rules.mesh_interval.map_or(0, |interval| TIE_ROUNDS * interval.as_nanos() as i64);
        let is_old = of(&suspect.id, other).is_none_or(|at| now_ns().saturating_sub(at) > patience);
        is_old || (is_known(&suspect.id) && is_known(other))
    }

    /// Suspends a landmark, or convicts one that was in a tie. A newcomer's word alone does not suspend one that
    /// counts.
    async fn suspend(&self, directory: &Directory, suspect: &Suspect) -> Result<(), Trouble> {
        let is_decided = |known: &&Arc<Known>| {
            known.measures() || (suspect.tied_with.is_none() && known.record.state_reason.starts_with(TIED))
        };
        let Some(known) = directory.get(&suspect.id).filter(is_decided) else { return Ok(()) };
        let state_of = |id: &String| directory.get(id).map(|known| known.record.state);
        let accuser = suspect.tied_with.as_ref().and_then(state_of);
        if known.record.state == LandmarkState::Active && accuser == Some(LandmarkState::Probation) {
            return Ok(());
        }
        let prefix = if suspect.tied_with.is_some() { TIED } else { CONVICTED };
        let reason = format!("{prefix}{}", suspect.why);
        if self.turn(&known.record, LandmarkState::Suspended, reason.clone()).await? {
            self.raise(Kind::LandmarkSuspended, format!("landmarks/{}", suspect.id), reason).await;
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

/// The trust groups, other than its own, that each landmark measured with and agrees with. Who is under suspicion
/// vouches for nobody.
fn agreeing(directory: &Directory, found: &MeshFindings) -> BTreeMap<String, BTreeSet<String>> {
    let mut agreeing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let group = |id: &str| directory.group(id).map(str::to_owned);
    let is_suspect = |id: &str| found.suspended.iter().any(|suspect| suspect.id == *id);
    for MeshPair { first, second, .. } in &found.pairs {
        let Some((one, other)) = group(first).zip(group(second)) else { continue };
        let contradicts = found.contradictions.contains(&(first.clone(), second.clone()));
        if one == other || contradicts || is_suspect(first) || is_suspect(second) {
            continue;
        }
        agreeing.entry(first.clone()).or_default().insert(other);
        agreeing.entry(second.clone()).or_default().insert(one);
    }
    agreeing
}

#[cfg(test)]
mod tests {
    use super::super::trust::tests::known;
    use super::*;

    #[test]
    fn who_was_suspended_is_looked_at_twice() {
        let (audits, none) = (Audits::default(), BTreeSet::new());
        let suspended: BTreeSet<String> = ["a".to_owned()].into();
        let look =
            |suspended| audits.to_rejudge(suspended).into_iter().map(|(_, first)| first).collect::<Vec<_>>();
        assert_eq!(look(&suspended), [true]);
        audits.rejudged("a");
        assert_eq!(look(&suspended), [false]);
        audits.rejudged("a");
        assert!(look(&suspended).is_empty() && look(&none).is_empty());
        // Trusted again in between, it is suspended anew.
        assert_eq!(look(&suspended), [true]);
    }

    #[test]
    fn newcomers_are_trusted_by_groups_and_not_by_landmarks() {
        let at = |id: &str, site: &str| {
            let site = site.to_owned();
            known(id, id, move |it| it.site = site)
        };
        let pair = |second: &str| MeshPair {
            first: "new".to_owned(),
            second: second.to_owned(),
            first_version: 1,
            second_version: 1,
            rtt_ns: 1,
            eps_ns: 0,
            observe_time: 0,
        };
        let groups = |known: Vec<Known>, contradictions: &[(&str, &str)]| {
            let owned = |(one, other): &(&str, &str)| ((*one).to_owned(), (*other).to_owned());
            let found = MeshFindings {
                audit: v1::AuditLandmarksResponse::default(),
                suspended: Vec::new(),
                misplaced: Default::default(),
                contradictions: contradictions.iter().map(owned).collect(),
                pairs: ["a", "b", "c"].map(pair).to_vec(),
            };
            agreeing(&Directory::of(known), &found).remove("new").map_or(0, |groups| groups.len())
        };
        let all = |of_b: &str, of_new: &str| {
            vec![at("a", "hall"), at("b", of_b), at("c", "elsewhere"), at("new", of_new)]
        };
        assert_eq!(groups(all("port", "field"), &[]), 3);
        assert_eq!(groups(all("hall", "field"), &[]), 2, "two at one site are one voice");
        assert_eq!(groups(all("hall", "elsewhere"), &[]), 1, "and its own group is none");
        assert_eq!(groups(all("port", "field"), &[("new", "b")]), 2);
    }

    #[test]
    fn a_misplacement_is_told_once_a_version() {
        let audits = Audits::default();
        assert!(audits.is_news("a", 1) && !audits.is_news("a", 1) && audits.is_news("a", 2));
    }
}
