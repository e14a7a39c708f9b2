//! A truth with what it rests on, so that a decision can say why.

use std::collections::BTreeSet;

use crate::decision::{Missing, Used};
use crate::tri::Tri;

/// A truth with what it rests on. What does not hold rests on nothing that is kept: most rules do not apply, and that
/// must be cheap.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) holds: Tri,
    /// Why it holds or may, in plain words.
    pub(crate) why: Vec<String>,
    /// Facts that it leans on.
    pub(crate) facts: Vec<Used>,
    /// What would settle it, where it is open.
    pub(crate) missing: BTreeSet<Missing>,
}

impl From<Tri> for Shown {
    fn from(holds: Tri) -> Self {
        Self::of(holds)
    }
}

impl Shown {
    /// It does not hold.
    pub(crate) const NO: Self = Self::of(Tri::No);
    /// It holds, and needs no words.
    pub(crate) const YES: Self = Self::of(Tri::Yes);

    const fn of(holds: Tri) -> Self {
        Self { holds, why: Vec::new(), facts: Vec::new(), missing: BTreeSet::new() }
    }

    /// It holds, because.
    pub(crate) fn yes(why: String) -> Self {
        Self { why: vec![why], ..Self::YES }
    }

    /// It is open, and what would settle it.
    pub(crate) fn open(fact: impl Into<String>, remedy: impl Into<String>) -> Self {
        let missing = Missing { fact: fact.into(), remedy: remedy.into() };
        Self { missing: BTreeSet::from([missing]), ..Self::of(Tri::Open) }
    }

    /// With one more reason, unless it does not hold.
    pub(crate) fn because(mut self, why: impl FnOnce() -> String) -> Self {
        if self.holds.may() {
            self.why.push(why());
        }
        self
    }

    /// With facts that it leans on, unless it does not hold.
    pub(crate) fn leaning_on(mut self, facts: impl IntoIterator<Item = Used>) -> Self {
        if self.holds.may() {
            self.facts.extend(facts);
        }
        self
    }

    /// Both hold: it rests on both.
    pub(crate) fn and(self, other: impl FnOnce() -> Self) -> Self {
        if self.holds == Tri::No {
            return Self::NO;
        }
        let other = other();
        if other.holds == Tri::No {
            return Self::NO;
        }
        let holds = self.holds & other.holds;
        self.joined(other, holds)
    }

    /// One of them holds: it rests on those that hold most.
    pub(crate) fn or(self, other: Self) -> Self {
        match self.holds.cmp(&other.holds) {
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Equal => {
                let holds = self.holds;
                self.joined(other, holds)
            }
        }
    }

    /// Any of them holds.
    pub(crate) fn any(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::NO, Self::or)
    }

    fn joined(mut self, other: Self, holds: Tri) -> Self {
        self.why.extend(other.why);
        self.facts.extend(other.facts);
        self.missing.extend(other.missing);
        Self { holds, ..self }
    }
}
