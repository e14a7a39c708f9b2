//! From the chips of a place to the answer for it: the weakest of them speaks for all.

use std::sync::Arc;
use std::time::Duration;

use lightcone_policy::{Date, Outcome, Ruling};

use super::court::{Answer, Court, Key};
use super::sight::Sight;
use super::view::Found;
use crate::limits::PLACEMENT_VERDICTS_MAX;

/// How long an answer may be used at most: rules can be changed, and whoever wants to know at once watches.
const USE_MAX: Duration = Duration::from_secs(3_600);

/// What can be said of one chip before the rules are asked.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// There is nothing to judge by, and what would help.
    Unknown(&'static str, Option<Arc<Sight>>),
    /// This is to be judged.
    Judge(Key, Arc<Sight>),
}

impl Standing {
    /// Of a chip at a moment of verdict time.
    pub(super) fn of(court: &Court, (chip, sight): &Found, now_ns: i64, max_age: Duration) -> Self {
        let unknown = |why| Self::Unknown(why, sight.clone());
        if chip.is_retired {
            return unknown("the chip is retired");
        }
        if chip.agent.is_none() {
            return unknown("no agent answers for the chip: pair it");
        }
        let Some(sight) = sight else { return unknown("its agent was never measured: summon it") };
        let age = now_ns.saturating_sub(sight.seen_ns);
        if age > i64::try_from(max_age.as_nanos()).unwrap_or(i64::MAX) {
            return unknown("its latest verdict is older than `max_age`: summon its agent");
        }
        if sight.possible.is_empty() {
            return unknown("its latest verdict bounds no place: see that verdict, and summon its agent");
        }
        if !court.knows(&chip.sku) {
            return unknown("neither the rule book nor the tenant knows the figures of its SKU: enter them");
        }
        let key = Key { sku: chip.sku.clone(), possible: sight.possible, is_elsewhere: sight.is_elsewhere };
        Self::Judge(key, Arc::clone(sight))
    }
}

/// What one chip is answered.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// What the rules say; none: there is nothing to judge by.
    pub(super) answer: Option<Arc<Answer>>,
    /// Why there is nothing to judge by.
    pub(super) why: &'static str,
    /// What it leans on.
    pub(super) sight: Option<Arc<Sight>>,
}

/// What one place is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placement {
    /// None: UNKNOWN.
    pub(crate) outcome: Option<Outcome>,
    /// The most lenient that is still possible of the weakest chip.
    pub(crate) best: Option<Ruling>,
    /// The strictest that is still possible of any chip.
    pub(crate) worst: Option<Ruling>,
    /// Rules that it rests on.
    pub(crate) rules: Vec<String>,
    /// What is missing.
    pub(crate) missing: Vec<String>,
    /// Verdicts of the weakest chips.
    pub(crate) verdicts: Vec<String>,
    /// The oldest moment that any of its verdicts speaks of, in verdict time.
    pub(crate) seen_ns: Option<i64>,
    /// The newest revision of its verdicts; none: a chip of it has no verdict to judge by.
    pub(crate) revision: Option<i64>,
    /// What the weakest chip was answered, for the record.
    pub(crate) answer: Option<Arc<Answer>>,
}

impl Placement {
    /// Of the chips of a place; a place without chips is UNKNOWN.
    pub(super) fn of(told: &[&Told]) -> Self {
        let weakest = told.iter().copied().map(rank).max();
        let Some(weakest) = weakest else {
            return Self { missing: vec!["no chip is tied to it: pair one".to_owned()], ..Self::default() };
        };
        let mut placement = Self {
            outcome: told.iter().find(|told| rank(told) == weakest).and_then(|told| outcome(told)),
            // A pool does no better than its weakest member in either case.
            best: told
                .iter()
                .map(|told| told.answer.as_ref().map(|answer| answer.decision.best))
                .max()
                .flatten(),
            worst: told
                .iter()
                .map(|told| told.answer.as_ref().map(|answer| answer.decision.worst))
                .max()
                .flatten(),
            seen_ns: told.iter().filter_map(|told| Some(told.sight.as_ref()?.seen_ns)).min(),
            revision: told
                .iter()
                .copied()
                .map(revision)
                .collect::<Option<Vec<_>>>()
                .and_then(|all| all.into_iter().max()),
            ..Self::default()
        };
        for told in told.iter().filter(|told| rank(told) == weakest) {
            placement.take(told);
        }
        for list in [&mut placement.rules, &mut placement.missing, &mut placement.verdicts] {
            list.sort_unstable();
            list.dedup();
            list.truncate(PLACEMENT_VERDICTS_MAX);
        }
        placement
    }

    fn take(&mut self, told: &Told) {
        // Bounded before they are sorted: a pool may have thousands of members that are answered alike.
        if self.verdicts.len() < PLACEMENT_VERDICTS_MAX {
            self.verdicts.extend(told.sight.iter().map(|sight| sight.verdict.clone()));
        }
        match &told.answer {
            Some(answer) if self.answer.as_ref().is_none_or(|known| !Arc::ptr_eq(known, answer)) => {
                self.rules.extend(answer.rules.iter().cloned());
                self.missing.extend(answer.missing.iter().cloned());
                self.answer = Some(Arc::clone(answer));
            }
            Some(_) => {}
            None => {
                if !self.missing.iter().any(|missing| missing == told.why) {
                    self.missing.push(told.why.to_owned());
                }
            }
        }
    }

    /// Until when it may be used, in nanoseconds of the clock since 1970: while its verdicts are fresh enough, and no longer
    /// than its day's rules are.
    pub(crate) fn valid_until_ns(&self, now_ns: i64, verdict_now_ns: i64, max_age: Duration) -> i64 {
        let nanoseconds = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        let fresh = self.seen_ns.map_or(0, |seen_ns| {
            seen_ns.saturating_add(nanoseconds(max_age)).saturating_sub(verdict_now_ns).max(0)
        });
        let day = Date::of_unix_s(now_ns.div_euclid(1_000_000_000))
            .map_or(now_ns, |day| day.after().unix_s().saturating_mul(1_000_000_000));
        now_ns.saturating_add(fresh.min(nanoseconds(USE_MAX))).min(day)
    }

    /// Whether who keeps the other need not be told of this one.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.outcome == other.outcome
            && self.best == other.best
            && self.worst == other.worst
            && self.rules == other.rules
            && self.missing == other.missing
            && self.verdicts == other.verdicts
            && self.seen_ns == other.seen_ns
    }
}

fn outcome(told: &Told) -> Option<Outcome> {
    told.answer.as_ref().map(|answer| answer.decision.outcome)
}

/// The revision of the verdict that a chip is judged by.
fn revision(told: &Told) -> Option<i64> {
    told.answer.as_ref().and(told.sight.as_ref()).map(|sight| sight.revision)
}

/// How weak a chip is: what is denied speaks before what is not known, and that before what needs a licence or a person.
fn rank(told: &Told) -> u8 {
    match outcome(told) {
        Some(Outcome::Allow) => 0,
        Some(Outcome::Review) => 1,
        Some(Outcome::LicenceRequired) => 2,
        None => 3,
        Some(Outcome::Deny) => 4,
    }
}
