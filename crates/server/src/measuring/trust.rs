//! Trust groups: which landmarks could lie together, and what a landmark's word is worth about an owner's agent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lightcone_core::Affiliation;
use lightcone_core::affiliation::{Affiliated, groups, is_same};
use lightcone_store::LandmarkState;

use super::roster::{Directory, Known};
use super::{Measuring, Trouble};

/// The trust group of each landmark by its id. One that is retired ties nobody to anybody. One whose affiliation
/// cannot be read is left out: it could lie together with anybody.
pub(super) fn grouped<'k>(known: impl Iterator<Item = &'k Known>) -> HashMap<String, String> {
    let (mut living, mut named) = (Vec::new(), HashMap::new());
    for known in known {
        let record = &known.record;
        match &known.affiliation {
            None => {}
            Some(_) if record.state == LandmarkState::Retired => {
                named.insert(record.id.clone(), record.trust_group.clone());
            }
            Some(affiliation) => {
                living.push(Affiliated {
                    name: &record.id,
                    group: &record.trust_group,
                    affiliation,
                    is_vouched: !record.affiliation.is_empty(),
                });
            }
        }
    }
    let groups = groups(&living);
    named.extend(
        living.iter().zip(groups).map(|(landmark, group)| (landmark.name.to_owned(), group.to_owned())),
    );
    named
}

impl Measuring {
    /// Landmarks with their trust groups, those among them that were entered just now.
    pub(crate) async fn trust_groups(&self, ids: &[&str]) -> Result<Arc<Directory>, Trouble> {
        let directory = self.roster.all().await?;
        let is_known = ids.iter().all(|id| directory.get(id).is_some());
        Ok(if is_known { directory } else { self.roster.now().await? })
    }
}

/// Trust groups that turned out to be one, while the server runs.
#[derive(Debug, Default)]
pub(super) struct Mergers(Mutex<Merging>);

#[derive(Debug, Default)]
struct Merging {
    /// Landmarks of groups that became one since the last look.
    fresh: Vec<BTreeSet<String>>,
    /// Those whose verdicts are to be looked at once more.
    again: Vec<BTreeSet<String>>,
}

impl Mergers {
    /// Notes what became one from a directory to the next. Every directory that anybody judged by comes by here.
    pub(super) fn note(&self, before: &Directory, now: &Directory) {
        let mut members: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for known in now.all() {
            let id = known.record.id.as_str();
            if let Some((group, was)) = now.group(id).zip(before.group(id)) {
                members.entry(group).or_default().push((id, was));
            }
        }
        let merged = members.into_values().filter(|members| {
            let groups: BTreeSet<&str> = members.iter().map(|(_, was)| *was).collect();
            groups.len() > 1
        });
        let merged = merged.map(|members| members.into_iter().map(|(id, _)| id.to_owned()).collect());
        self.lock().fresh.extend(merged);
    }

    /// Landmarks whose verdicts are to be judged again, and whether for the first time. Twice, since a verdict may have
    /// been on its way when the first look was taken.
    pub(super) fn to_rejudge(&self) -> Vec<(BTreeSet<String>, bool)> {
        let mut merging = self.lock();
        let fresh = std::mem::take(&mut merging.fresh);
        let again = std::mem::replace(&mut merging.again, fresh.clone());
        let first = fresh.into_iter().map(|merged| (merged, true));
        first.chain(again.into_iter().map(|merged| (merged, false))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Merging> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What landmarks' words are worth about the agents of one owner.
pub(super) struct Weights<'d> {
    directory: &'d Directory,
    owner: &'d str,
    /// Groups with landmarks of the owner's: about its own agents they are one.
    own: BTreeSet<&'d str>,
}

impl<'d> Weights<'d> {
    /// The weights about agents of this tenant; empty, as in development mode: of nobody's, and nobody is no owner who
    /// could lie.
    pub(super) fn about(directory: &'d Directory, owner: &'d str) -> Self {
        let is_own = |known: &Known| !owner.is_empty() && is_own(known, owner);
        let own = directory.all().filter(|known| is_own(known));
        let own = own.filter_map(|known| directory.group(&known.record.id)).collect();
        Self { directory, owner, own }
    }

    /// The group that a landmark's word counts for; none: it has no weight. What is the owner's own counts only
    /// where somebody else has the keys of the room, and then as one group altogether.
    pub(super) fn group(&self, known: &Known) -> Option<&'d str> {
        let group = self.directory.group(&known.record.id)?;
        if !self.own.contains(group) {
            return Some(group);
        }
        let is_kept_by_owner = is_own(known, self.owner) && !is_kept_by_another(known, self.owner);
        self.own.first().copied().filter(|_| !is_kept_by_owner)
    }
}

/// Whether a landmark is an owner's own: run, housed or kept by it.
fn is_own(known: &Known, owner: &str) -> bool {
    let in_hands = |affiliation: &Affiliation| affiliation.is_in_hands_of(owner);
    known.record.tenant == owner || known.affiliation.as_ref().is_some_and(in_hands)
}

/// Whether somebody else has the keys of its room.
fn is_kept_by_another(known: &Known, owner: &str) -> bool {
    let Some(affiliation) = &known.affiliation else { return false };
    let is_run_by_owner = known.record.tenant == owner || is_same(&affiliation.operator, owner);
    match affiliation.custodian.trim() {
        "" => !is_run_by_owner,
        custodian => !is_same(custodian, owner),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use lightcone_store::Landmark;

    use super::*;

    /// A landmark of a tenant that runs it, but for what is changed.
    pub(in crate::measuring) fn known(
        id: &str,
        tenant: &str,
        change: impl FnOnce(&mut Affiliation),
    ) -> Known {
        let mut affiliation = Affiliation { operator: tenant.to_owned(), ..Affiliation::default() };
        change(&mut affiliation);
        let record = Landmark {
            id: id.to_owned(),
            etag: String::new(),
            create_time: 0,
            update_time: 0,
            state: LandmarkState::Active,
            latitude_nd: 0,
            longitude_nd: 0,
            position_error_mm: 0,
            clock_error_ns: 0,
            operator: affiliation.operator.clone(),
            trust_group: affiliation.operator.clone(),
            signing_key: [0; 32],
            exchange_key: [0; 32],
            addresses: Vec::new(),
            stated_area: String::new(),
            position_version: 1,
            state_reason: String::new(),
            tenant: tenant.to_owned(),
            affiliation: String::new(),
        };
        Known { record, affiliation: Some(affiliation), versions: Vec::new() }
    }

    /// The group that each landmark's word counts for about agents of `owner`, `-` for none.
    fn weights(known: Vec<Known>, owner: &str) -> Vec<String> {
        let ids: Vec<String> = known.iter().map(|known| known.record.id.clone()).collect();
        let directory = Directory::of(known);
        let weights = Weights::about(&directory, owner);
        let group = |id: &String| weights.group(directory.get(id)?).map(str::to_owned);
        ids.iter().map(|id| group(id).unwrap_or("-".to_owned())).collect()
    }

    #[test]
    fn what_is_retired_ties_nobody_and_what_cannot_be_read_has_no_group() {
        let mut bridge = known("c", "y", |it| it.operator = "x".into());
        let all =
            |bridge: Known| vec![known("a", "x", |_| ()), known("b", "z", |it| it.site = "s".into()), bridge];
        bridge.affiliation.as_mut().unwrap().site = "s".into();
        assert_eq!(weights(all(bridge), "")[..2], ["x", "x"]);
        let mut bridge = known("c", "y", |it| it.site = "s".into());
        bridge.record.state = LandmarkState::Retired;
        assert_eq!(weights(all(bridge), ""), ["x", "z", "y"]);
        let mut garbled = known("c", "y", |_| ());
        garbled.affiliation = None;
        assert_eq!(weights(all(garbled), ""), ["x", "z", "-"]);
    }

    #[test]
    fn groups_that_become_one_are_looked_at_twice() {
        let mergers = Mergers::default();
        let all = |bridge: &[&str]| {
            let at = |site: &str| {
                let site = site.to_owned();
                move |it: &mut Affiliation| it.site = site
            };
            let mut all = vec![known("a", "x", at("s")), known("b", "y", at("t")), known("c", "z", |_| ())];
            let bridges = bridge.iter().map(|site| known(&format!("on {site}"), "bridge", at(site)));
            all.extend(bridges);
            Directory::of(all)
        };
        let mut before = Directory::default();
        let mut look = |bridge: &[&str]| {
            let now = all(bridge);
            mergers.note(&std::mem::take(&mut before), &now);
            before = now;
            mergers.to_rejudge()
        };
        let merged: BTreeSet<String> = ["a", "b", "on s"].map(str::to_owned).into();
        assert_eq!(look(&[]), []);
        // Somebody who is new at one of them changes nothing for what was judged.
        assert_eq!(look(&["s"]), []);
        assert_eq!(look(&["s", "t"]), [(merged.clone(), true)]);
        assert_eq!(look(&["s", "t"]), [(merged, false)]);
        assert_eq!(look(&["s", "t"]), []);
        // Falling apart again takes nothing from what was proven.
        assert_eq!(look(&[]), []);
    }

    #[test]
    fn an_owners_own_landmark_has_no_weight_about_it() {
        let all = || vec![known("a", "owner", |_| ()), known("b", "other", |_| ())];
        assert_eq!(weights(all(), "owner"), ["-", "other"]);
        assert_eq!(weights(all(), "other"), ["owner", "-"]);
        assert_eq!(weights(all(), "third"), ["owner", "other"]);
        // Nobody's agents have no owner who could lie.
        assert_eq!(weights(vec![known("a", "", |_| ())], ""), [""]);
    }

    #[test]
    fn who_has_the_keys_of_the_room_decides() {
        let kept_by = |custodian: &str| {
            let custodian = custodian.to_owned();
            known("a", "other", move |it| it.custodian = custodian)
        };
        assert_eq!(weights(vec![kept_by("Owner")], "owner"), ["-"]);
        assert_eq!(weights(vec![kept_by("third")], "owner"), ["other"]);
        let housed = known("a", "other", |it| it.hosting_provider = "owner".into());
        assert_eq!(weights(vec![housed], "owner"), ["other"]);
        let named_otherwise = known("a", "owner", |it| it.operator = "a firm of its own".into());
        assert_eq!(weights(vec![named_otherwise], "owner"), ["-"]);
    }

    #[test]
    fn all_that_an_owner_runs_is_one_group() {
        let run = |id: &str, custodian: &str| {
            let (operator, custodian) = (format!("firm {id}"), custodian.to_owned());
            known(id, "owner", move |it| (it.operator, it.custodian) = (operator, custodian))
        };
        let all = || vec![run("a", "x"), run("b", "y"), known("c", "z", |_| ())];
        assert_eq!(weights(all(), "third"), ["firm a", "firm b", "z"]);
        assert_eq!(weights(all(), "owner"), ["firm a", "firm a", "z"]);
    }
}
