//! What is told of a place: the jurisdictions still possible, so that asking again and again tells nothing more.
//!
//! Each session's region is another sample of the same place: where its edge falls on a border tells how far the border
//! is. One set told once is the promise; a hundred sets, each as that session had it, would be a map. So one answer is
//! made of all sessions of all agents at a site in an epoch, and over the epochs that answer changes only when it must:
//!
//! - Nothing is told before some sessions were judged: a set of few is smaller than what comes after, and what it then
//!   grows by gives away the border that lies between.
//! - It stays while what was found is within it. A smaller set is no reason: that it is sometimes smaller is what
//!   gives the border away.
//! - It grows by what was found and is not in it: otherwise it would be false. What it grew by stays, so that each
//!   jurisdiction comes at most once.
//! - It begins anew where nothing of it is possible any more: the chips are somewhere else.
//! - It begins anew when the owner changed its record of the site: that is the owner's to spend.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::answer::Contact;

/// How many sessions are judged before a place is told: a day of them.
pub(crate) const SESSIONS_MIN: usize = 12;

/// Codes of destinations.
pub(crate) type Jurisdictions = BTreeSet<String>;

/// What is told of a place in an epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Told {
    /// The jurisdictions still possible; empty: nothing was proven of late.
    pub(crate) jurisdictions: Jurisdictions,
    /// The cell that the owner claims; empty: it claims none.
    pub(crate) cell: String,
    /// The agents there that ever answered, as they were when this was found. Of one that came later nothing is told in
    /// the epoch: whether its measurements fit would be another sample.
    agents: BTreeMap<String, Mark>,
    /// The last set that was not empty.
    stem: Jurisdictions,
    /// The version of the owner's record.
    record: String,
}

/// How an agent was when its site was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    /// Whether it answered.
    pub(crate) contact: Contact,
    /// How well its key is tied to a chip, as the contract counts.
    pub(crate) residency: i32,
    /// Whether where it may be is among what is told.
    pub(crate) is_placed: bool,
}

/// What measuring shows of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The jurisdictions in which any of its agents may be by its latest session.
    pub(crate) latest: Jurisdictions,
    /// Those in which any may be by any session of late, the latest among them.
    pub(crate) of_late: Jurisdictions,
    /// How many sessions that is made of.
    pub(crate) sessions: usize,
    /// Its agents that ever answered.
    pub(crate) agents: BTreeMap<String, Mark>,
}

/// What the owner declares of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    /// The version of its record.
    pub(crate) record: String,
    /// The cell that it claims; empty: none.
    pub(crate) cell: String,
}

impl Told {
    /// What is told next, where `found` is possible by what was measured of late.
    pub(crate) fn next(before: Option<&Self>, found: Found, declared: &Declared) -> Self {
        let Found { latest, of_late, sessions, agents } = found;
        let kept = before.filter(|before| before.record == declared.record && !before.stem.is_empty());
        let stem = match kept.map(|before| &before.stem) {
            Some(stem) if latest.is_empty() => stem.clone(),
            Some(stem) if !latest.is_disjoint(stem) => stem.union(&of_late).cloned().collect(),
            Some(_) => latest.clone(),
            None if sessions < SESSIONS_MIN => Jurisdictions::new(),
            None => of_late,
        };
        Self {
            jurisdictions: if latest.is_empty() { Jurisdictions::new() } else { stem.clone() },
            cell: declared.cell.clone(),
            agents,
            stem,
            record: declared.record.clone(),
        }
    }

    /// How an agent was when this was found; none: it had not answered yet, or could not be there.
    pub(crate) fn mark(&self, agent: &str) -> Option<Mark> {
        self.agents.get(agent).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(codes: &str) -> Jurisdictions {
        codes.split_whitespace().map(str::to_owned).collect()
    }

    fn found(codes: &str) -> Found {
        let mark = Mark { contact: Contact::Answering, residency: 1, is_placed: true };
        let agents = BTreeMap::from([("a1".to_owned(), mark)]);
        Found { latest: set(codes), of_late: set(codes), sessions: SESSIONS_MIN, agents }
    }

    fn declared(record: &str) -> Declared {
        Declared { record: record.to_owned(), cell: "N01E103".to_owned() }
    }

    fn weeks(each: &[&str]) -> Vec<String> {
        let mut before: Option<Told> = None;
        let mut told = Vec::new();
        for codes in each {
            let next = Told::next(before.as_ref(), found(codes), &declared("1"));
            told.push(next.jurisdictions.iter().map(String::as_str).collect::<Vec<_>>().join(" "));
            before = Some(next);
        }
        told
    }

    #[test]
    fn a_set_stays_while_what_is_found_is_within_it() {
        assert_eq!(weeks(&["MY SG", "SG", "MY SG", "SG", "MY"]), ["MY SG"; 5]);
    }

    #[test]
    fn a_set_grows_once_by_what_is_not_in_it() {
        assert_eq!(
            weeks(&["SG", "MY SG", "SG", "ID SG", "SG"]),
            ["SG", "MY SG", "MY SG", "ID MY SG", "ID MY SG"]
        );
    }

    #[test]
    fn a_week_without_proof_is_told_and_changes_nothing_after() {
        assert_eq!(weeks(&["", "MY SG", "", "SG"]), ["", "MY SG", "", "MY SG"]);
    }

    #[test]
    fn a_set_begins_anew_elsewhere_and_when_the_owner_changes_its_record() {
        assert_eq!(weeks(&["MY SG", "CN"]), ["MY SG", "CN"]);
        let before = Told::next(None, found("MY SG"), &declared("1"));
        assert_eq!(Told::next(Some(&before), found("SG"), &declared("2")).jurisdictions, set("SG"));
    }

    /// What is told always holds what was found: it is proven as much as that is.
    #[test]
    fn what_is_told_holds_what_was_found() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut before: Option<Told> = None;
        let mut changes = 0;
        for _ in 0..10_000 {
            let mut codes = vec!["CN", "ID", "MY", "SG", "TH"];
            codes.retain(|_| random.u8(..) < 40);
            let found = set(&codes.join(" "));
            let next = Told::next(before.as_ref(), super::tests::found(&codes.join(" ")), &declared("1"));
            assert!(found.is_subset(&next.jurisdictions));
            let was = before.as_ref().map(|before| &before.stem);
            changes += usize::from(was.is_some_and(|was| !was.is_disjoint(&found) && *was != next.stem));
            before = Some(next);
        }
        assert!(changes < 200, "sets settle: {changes}");
    }

    #[test]
    fn nothing_is_told_of_few_sessions() {
        let few = Found { sessions: SESSIONS_MIN - 1, ..found("SG") };
        let told = Told::next(None, few, &declared("1"));
        assert_eq!(told.jurisdictions, set(""));
        let later = Found { latest: set("SG"), of_late: set("ID SG"), ..found("SG") };
        assert_eq!(Told::next(Some(&told), later, &declared("1")).jurisdictions, set("ID SG"));
    }

    /// Sessions of before a move would keep the old place in what is told.
    #[test]
    fn a_move_is_told_by_the_latest_sessions_alone() {
        let before = Told::next(None, found("MY SG"), &declared("1"));
        let moved = Found { latest: set("CN"), of_late: set("CN MY SG"), ..found("CN") };
        assert_eq!(Told::next(Some(&before), moved, &declared("1")).jurisdictions, set("CN"));
    }

    #[test]
    fn an_agent_that_came_later_has_no_mark() {
        let told = Told::next(None, found("MY SG"), &declared("1"));
        assert!(told.mark("a1").is_some_and(|mark| mark.is_placed));
        assert_eq!(told.mark("a2"), None);
    }
}
