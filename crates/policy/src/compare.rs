//! Two decisions on the same case, held against one another: whether it flips, and why.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::decision::{Decision, Effect, Ground, Outcome, Ruling};
use crate::force::Force;
use crate::rule::{Review, RuleId};
use crate::tri::Tri;

/// A case on which two decisions say different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flip {
    /// What the first says: outcome, best and worst case.
    pub from: Said,
    /// What the second says.
    pub to: Said,
    /// Why, in the order of what a reader asks first.
    pub because: Vec<Because>,
}

/// What a decision says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The outcome.
    pub outcome: Outcome,
    /// The most lenient that is possible.
    pub best: Ruling,
    /// The strictest that is possible.
    pub worst: Ruling,
}

/// One reason of a flip.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Because {
    /// What kind of reason.
    pub change: Change,
    /// The rule, class, fact or flag.
    pub of: RuleId,
    /// In a few plain words.
    pub words: String,
}

/// What kind of reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Change {
    /// A rule applies now that did not.
    Applies,
    /// A rule applied and does not any more.
    AppliesNoMore,
    /// A rule stands otherwise, such as suspended.
    Force,
    /// A rule says something else, or for another reason.
    Says,
    /// The goods are on another side of a line, or the line moved.
    Line,
    /// A fact is another one.
    Fact,
    /// A flag is up or down.
    Flag,
}

/// Whether a case flips, and why; none: outcome, best and worst case are the same.
#[must_use]
pub fn flip(old: &Decision, new: &Decision) -> Option<Flip> {
    let (from, to) = (said(old), said(new));
    if from == to {
        return None;
    }
    let mut because = rules(old, new);
    because.extend(lines(old, new));
    because.extend(facts(old, new));
    because.extend(flags(old, new));
    because.sort();
    because.dedup();
    Some(Flip { from, to, because })
}

const fn said(decision: &Decision) -> Said {
    Said { outcome: decision.outcome, best: decision.best, worst: decision.worst }
}

type Rules<'d> = BTreeMap<(&'d str, bool), &'d Ground>;

/// Rules that do something, once each. A rule that is shown only is kept apart from one that counts.
fn by_rule(decision: &Decision) -> Rules<'_> {
    let grounds = decision.grounds.iter().filter(|ground| ground.applies.may());
    let mut rules = Rules::new();
    for ground in grounds {
        let key = (ground.rule.as_str(), ground.effect == Effect::WouldApply);
        rules.entry(key).or_insert(ground);
    }
    rules
}

fn rules(old: &Decision, new: &Decision) -> Vec<Because> {
    let (before, after) = (by_rule(old), by_rule(new));
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).map(|(rule, _)| *rule).collect();
    let changes = names.into_iter().filter_map(|rule| {
        let counted = |rules: &Rules<'_>| rules.get(&(rule, false)).map(|ground| (*ground).clone());
        let shown = |rules: &Rules<'_>| rules.get(&(rule, true)).map(|ground| (*ground).clone());
        change(rule, (counted(&before), shown(&before)), (counted(&after), shown(&after)))
    });
    changes.collect()
}

/// A rule that counts, or is shown only.
type Standing = (Option<Ground>, Option<Ground>);

fn change(rule: &str, (was, was_shown): Standing, (is, is_shown): Standing) -> Option<Because> {
    let because = |change, words| Some(Because { change, of: rule.to_owned(), words });
    match (was, is) {
        (None, Some(is)) => {
            let before =
                was_shown.map_or_else(String::new, |was| format!(" (before: {})", was.force.words()));
            because(
                Change::Applies,
                format!("{}{}{before}: {}", is.effect.words(), maybe(is.applies), is.why),
            )
        }
        (Some(was), None) => {
            let now = is_shown.map_or_else(String::new, |is| format!(" (now: {})", is.force.words()));
            because(Change::AppliesNoMore, format!("{} no more{now}", was.effect.words()))
        }
        (Some(was), Some(is)) if was.force != is.force => {
            because(Change::Force, format!("{} before, {} now", was.force.words(), is.force.words()))
        }
        (Some(was), Some(is)) if (was.applies, &was.why) != (is.applies, &is.why) => {
            because(Change::Says, format!("before: {}; now: {}", was.why, is.why))
        }
        _ => None,
    }
}

/// Lines on whose other side the goods are now.
fn lines(old: &Decision, new: &Decision) -> Vec<Because> {
    let sides = |decision: &Decision| -> BTreeMap<(String, String, String), Tri> {
        let lines = decision.margins.iter().map(|margin| {
            let (metric, line) = (margin.bound.metric, margin.bound.line);
            let at = format!("{} {} {}", metric.name(), line, metric.unit());
            ((margin.rule.clone(), margin.sku.clone(), at), margin.caught)
        });
        lines.collect()
    };
    let (before, after) = (sides(old), sides(new));
    let crossed = after.into_iter().filter_map(|(key, is)| {
        let was = before.get(&key).copied()?;
        let (rule, sku, at) = key;
        let words = format!("`{sku}` at {at}: {} before, {} now", side(was), side(is));
        (was != is).then_some(Because { change: Change::Line, of: rule, words })
    });
    crossed.collect()
}

fn facts(old: &Decision, new: &Decision) -> Vec<Because> {
    let before: BTreeMap<&str, &str> =
        old.facts.iter().map(|fact| (fact.fact.as_str(), fact.value.as_str())).collect();
    let changed = new.facts.iter().filter_map(|fact| {
        let was = before.get(fact.fact.as_str()).filter(|was| **was != fact.value)?;
        let words = format!("{was} before, {} now", fact.value);
        Some(Because { change: Change::Fact, of: fact.fact.clone(), words })
    });
    changed.collect()
}

fn flags(old: &Decision, new: &Decision) -> Vec<Because> {
    let up = |decision: &Decision| -> BTreeSet<String> {
        decision.flags.iter().map(|flag| flag.id.clone()).collect()
    };
    let (before, after) = (up(old), up(new));
    let flag =
        |id: &String, words: &str| Because { change: Change::Flag, of: id.clone(), words: words.to_owned() };
    let raised = after.difference(&before).map(|id| flag(id, "is up now"));
    raised.chain(before.difference(&after).map(|id| flag(id, "is down now"))).collect()
}

const fn maybe(applies: Tri) -> &'static str {
    if matches!(applies, Tri::Open) { ", maybe" } else { "" }
}

const fn side(caught: Tri) -> &'static str {
    match caught {
        Tri::Yes => "caught",
        Tri::No => "not caught",
        Tri::Open => "open",
    }
}

impl Effect {
    /// What a rule does, in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Classifies => "classifies",
            Self::Requires => "demands a licence",
            Self::Excepts => "demands none after all",
            Self::Licensed => "is covered by a licence",
            Self::Reviews => "says how applications are looked at",
            Self::Caps => "bounds how much may go",
            Self::Forbids => "forbids",
            Self::WouldApply => "would apply",
        }
    }
}

impl Force {
    /// How an instrument stands, in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotKnown => "not known yet",
            Self::Announced => "announced",
            Self::Proposed => "proposed",
            Self::Drafted => "applied as a draft",
            Self::NotYet => "not in force yet",
            Self::Ended => "ended",
            Self::NotEnforced => "not enforced",
            Self::Suspended => "suspended",
            Self::Unverified => "not known to be applied",
            Self::InForce => "in force",
        }
    }
}

impl Ruling {
    /// What it says, in a sentence.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Allow => "allowed".to_owned(),
            Self::LicenceRequired(None) => "licence required".to_owned(),
            Self::LicenceRequired(Some(review)) => {
                format!("licence required, {}", Review::words(review))
            }
            Self::Deny => "denied".to_owned(),
        }
    }
}
