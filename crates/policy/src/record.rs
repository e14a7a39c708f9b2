//! A consignee's record: what speaks for it, and which of the house's own checks may be lighter because of it.
//!
//! A record never touches a rule. [`Check`] holds only what the house orders by itself, no function here takes a rule or
//! gives a decision, and a decision that leaves anything but ALLOW possible is looked at as if there were no record.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::decision::{Decision, Ruling};
use crate::flag::Sign;
use crate::links::receiver;
use crate::transfer::Past;

/// What happened longer ago neither speaks for a party nor against it, in days.
pub const MEMORY_DAYS: i64 = 1_826;
/// What speaks against a party holds it on the lowest level for so long, in days.
pub const BLEMISH_DAYS: i64 = 730;
/// An inspection counts for so long, in days.
pub const INSPECTION_DAYS: i64 = 730;

/// Flags that may be looked at by sample: they tell of habits, not of this transfer.
pub const SOFT_SIGNS: [Sign; 3] =
    [Sign::FirstOrderAfterControls, Sign::DoubtfulWebPresence, Sign::SharedForwarder];

const SECONDS_A_DAY: i64 = 86_400;

/// How well a party is known. From little to much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// Nothing speaks for it yet, or something against it.
    Unproven,
    /// It received goods that stayed in place.
    Known,
    /// It did so for a year, several times, and was inspected.
    Proven,
    /// It did so for years.
    Trusted,
}

/// What a level asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asks {
    /// Transfers whose goods were proven in place ever since.
    pub kept: usize,
    /// Days since the first of them.
    pub days: i64,
    /// Inspections that were passed and still count.
    pub inspections: usize,
}

/// A check that the house orders by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// A person looks at an order because of flags that are soft.
    SoftFlags,
    /// A share of the chips of a site is challenged in each session.
    Sampling,
    /// A visit each year.
    Visit,
}

/// How often a check of the house is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Often {
    /// Each time.
    Always,
    /// One time in so many; two or more.
    OneIn(u32),
}

/// An inspection of a site of the party.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Inspection {
    /// Its record.
    pub id: String,
    /// When.
    pub date: Date,
    /// Whether it was passed.
    pub passed: bool,
}

/// A span in which answers were owed and none came, that nobody explained.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Silence {
    /// Its record.
    pub id: String,
    /// From this day.
    pub from: Date,
    /// To this day, included.
    pub to: Date,
}

/// A red flag that was up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Seen {
    /// The flag.
    pub flag: String,
    /// The transfer.
    pub transfer: String,
    /// When it came up.
    pub date: Date,
    /// Whether a person cleared it, and when; none: it is still up.
    pub cleared: Option<Date>,
}

/// What else is known of a party's conduct.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Conduct {
    /// Inspections.
    pub inspections: Vec<Inspection>,
    /// Silences that were not explained.
    pub silences: Vec<Silence>,
    /// Red flags that were up.
    pub flags: Vec<Seen>,
}

/// A party's record on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The party.
    pub party: String,
    /// The day.
    pub on: Date,
    /// How well it is known.
    pub level: Level,
    /// What speaks for it.
    pub reasons: Vec<String>,
    /// What speaks against it; while there is any, the level is the lowest.
    pub against: Vec<String>,
    /// What is missing for the next level.
    pub missing: Vec<String>,
}

/// A party's record on a day.
#[must_use]
pub fn of(party: &str, pasts: &[Past], conduct: &Conduct, on: Date) -> Record {
    let received: Vec<&Past> = received(party, pasts, on);
    let facts = Facts::of(&received, conduct, on);
    let against = against(&received, conduct, on);
    let reached = |level: &Level| facts.lacks(level.asks()).is_empty();
    let steps = [Level::Known, Level::Proven, Level::Trusted];
    let level = match against.is_empty() {
        true => steps.iter().take_while(|level| reached(level)).last().copied().unwrap_or(Level::Unproven),
        false => Level::Unproven,
    };
    let next = steps.into_iter().find(|step| *step > level);
    let mut missing: Vec<String> = against.iter().map(|fact| format!("settle: {fact}")).collect();
    missing.extend(next.map(|next| facts.lacks(next.asks())).unwrap_or_default());
    Record { party: party.to_owned(), on, level, reasons: facts.words(), against, missing }
}

impl Level {
    /// What it asks for.
    #[must_use]
    pub const fn asks(self) -> Asks {
        match self {
            Self::Unproven => Asks { kept: 0, days: 0, inspections: 0 },
            Self::Known => Asks { kept: 1, days: 90, inspections: 0 },
            Self::Proven => Asks { kept: 3, days: 365, inspections: 1 },
            Self::Trusted => Asks { kept: 10, days: 730, inspections: 2 },
        }
    }

    /// How often a check of the house is made.
    #[must_use]
    pub const fn often(self, check: Check) -> Often {
        match (self, check) {
            (Self::Unproven, _) | (Self::Known, Check::SoftFlags | Check::Visit) => Often::Always,
            (Self::Known, Check::Sampling) | (Self::Proven, _) => Often::OneIn(2),
            (Self::Trusted, _) => Often::OneIn(4),
        }
    }
}

impl Record {
    /// How often a person looks at an order for which flags ask for it. Only of an order that is allowed whatever is
    /// still unknown, and whose flags are all soft, is that lightened; what the decision says stays.
    #[must_use]
    pub fn look_at_flags(&self, decision: &Decision) -> Often {
        let allowed = decision.best == Ruling::Allow && decision.worst == Ruling::Allow;
        let soft = decision.flags.iter().all(|flag| SOFT_SIGNS.contains(&flag.sign));
        if allowed && soft && !decision.flags.is_empty() {
            self.level.often(Check::SoftFlags)
        } else {
            Often::Always
        }
    }
}

/// What speaks for a party.
struct Facts {
    kept: usize,
    days: i64,
    inspections: usize,
    cleared: usize,
}

impl Facts {
    fn of(received: &[&Past], conduct: &Conduct, on: Date) -> Self {
        let kept = received.iter().filter(|past| past.proven_in_place == Some(true));
        let first = kept.clone().map(|past| past.transfer.date).min();
        // Of one day only one inspection counts, however often it was entered.
        let passed = conduct.inspections.iter().filter(|inspection| {
            inspection.passed && (0..=INSPECTION_DAYS).contains(&days(inspection.date, on))
        });
        let cleared = conduct.flags.iter().filter(|seen| seen.cleared.is_some_and(|cleared| cleared <= on));
        Self {
            kept: kept.count(),
            days: first.map_or(0, |first| days(first, on)),
            inspections: passed.map(|inspection| inspection.date).collect::<BTreeSet<_>>().len(),
            cleared: cleared.count(),
        }
    }

    fn words(&self) -> Vec<String> {
        let facts = [
            (self.kept, format!("{} transfers whose goods were proven in place ever since", self.kept)),
            (self.days.max(0) as usize, format!("{} days since the first of them", self.days)),
            (self.inspections, format!("{} inspections passed", self.inspections)),
            (self.cleared, format!("{} red flags that a person cleared", self.cleared)),
        ];
        facts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect()
    }

    fn lacks(&self, asks: Asks) -> Vec<String> {
        let mut lacks = Vec::new();
        if self.kept < asks.kept {
            lacks.push(format!("{} of {} transfers whose goods are proven in place", self.kept, asks.kept));
        }
        if self.days < asks.days {
            lacks.push(format!("{} of {} days since the first of them", self.days, asks.days));
        }
        if self.inspections < asks.inspections {
            lacks.push(format!("{} of {} inspections passed", self.inspections, asks.inspections));
        }
        lacks
    }
}

/// Transfers that a party received up to a day, each once, of the time that is remembered.
fn received<'p>(party: &str, pasts: &'p [Past], on: Date) -> Vec<&'p Past> {
    let mut seen = BTreeSet::new();
    let of_party = pasts.iter().filter(|past| receiver(&past.transfer) == party);
    let remembered = of_party.filter(|past| (0..=MEMORY_DAYS).contains(&days(past.transfer.date, on)));
    remembered.filter(|past| seen.insert(past.transfer.id.as_str())).collect()
}

fn against(received: &[&Past], conduct: &Conduct, on: Date) -> Vec<String> {
    let mut against: BTreeSet<String> = BTreeSet::new();
    for past in received.iter().filter(|past| past.proven_in_place == Some(false)) {
        against.insert(format!("goods of `{}` were found out of place", past.transfer.id));
    }
    let recent = |date: Date| (0..=BLEMISH_DAYS).contains(&days(date, on));
    for inspection in conduct.inspections.iter().filter(|it| !it.passed && recent(it.date)) {
        against.insert(format!("inspection `{}` was not passed on {}", inspection.id, inspection.date));
    }
    for silence in conduct.silences.iter().filter(|it| it.from <= on && (it.to > on || recent(it.to))) {
        against.insert(format!("silence `{}` from {} to {}", silence.id, silence.from, silence.to));
    }
    // A flag of a day that was cleared on a later day than the record's was still up.
    let up = |seen: &&Seen| seen.date <= on && seen.cleared.is_none_or(|cleared| cleared > on);
    for seen in conduct.flags.iter().filter(up) {
        against.insert(format!("flag {} of `{}` is up since {}", seen.flag, seen.transfer, seen.date));
    }
    against.into_iter().collect()
}

fn days(from: Date, to: Date) -> i64 {
    (to.unix_s() - from.unix_s()) / SECONDS_A_DAY
}
