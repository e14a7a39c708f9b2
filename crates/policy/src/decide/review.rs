//! How an application for a licence would be looked at.

use crate::country::Country;
use crate::decision::{Effect, Ground, Missing, Used};
use crate::force::Force;
use crate::rule::{Instrument, Review, ReviewRule};
use crate::sku::Market;
use crate::tri::Tri;

use super::matter::{Goods, Matter};
use super::requirement::{self, Need};
use super::shown::Shown;
use super::{cap, cite, condition, who};

/// How an application would be looked at, as far as it is known.
#[derive(Default)]
pub(crate) struct Policy {
    /// Every way that is possible; none: the book says nothing.
    possible: Vec<Option<Review>>,
    pub(crate) grounds: Vec<Ground>,
    pub(crate) facts: Vec<Used>,
    pub(crate) missing: Vec<Missing>,
}

impl Policy {
    /// The most lenient that is possible.
    pub(crate) fn best(&self) -> Option<Review> {
        self.possible.iter().copied().min().flatten()
    }

    /// The strictest that is possible.
    pub(crate) fn worst(&self) -> Option<Review> {
        self.possible.iter().copied().max().flatten()
    }
}

/// Of the rules that apply the first of the latest instrument counts. Where it is open whether that one applies or its
/// conditions hold, the next is possible too.
pub(crate) fn of(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    need: &Need<'_>,
) -> Policy {
    let mut policy = Policy::default();
    for (instrument, force, rule) in latest_first(matter) {
        if !is_for(matter, rule, need, goods) {
            continue;
        }
        let scope = scope(matter, goods, destination, rule);
        let scope = scope.and(|| cite::in_force(matter, (instrument, force), rule.grade));
        if scope.holds == Tri::No {
            continue;
        }
        let terms = terms(matter, goods, destination, (instrument, rule));
        let settled = scope.holds.must() && (terms.holds.must() || rule.otherwise.is_some());
        policy.note(matter, goods, destination, (instrument, force, rule), (scope, terms));
        if settled {
            return policy;
        }
    }
    policy.possible.push(None);
    policy
}

/// Whether a rule on review is for the requirement and this way of goods, whatever its force.
pub(crate) fn is_for(matter: &Matter<'_>, rule: &ReviewRule, need: &Need<'_>, goods: &Goods) -> bool {
    let of_class = |class: &String| {
        need.rule.classes.contains(class) && goods.of(matter, class, |classed| classed.holds).may()
    };
    let named = |name: &String| *name == need.rule.id || of_class(name);
    (rule.requirements.is_empty() || rule.requirements.iter().any(named))
        && (rule.movements.is_empty() || rule.movements.contains(&matter.transfer().movement))
}

/// Whether a rule on review is about this case.
pub(crate) fn scope(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    rule: &ReviewRule,
) -> Shown {
    let to = |places| requirement::to(matter, destination, places);
    let headquarters = |places| who::headquartered(matter, places);
    let origin = || match (rule.origin, matter.transfer().origin) {
        (None, _) => Shown::YES,
        (Some(origin), Some(from)) => Shown::from(Tri::from(origin == from)),
        (Some(_), None) => Shown::open("origin", "say from where the goods leave"),
    };
    let market = || match rule.market {
        None => Shown::YES,
        Some(market) => condition::lines(matter, goods, &[], Some(market)).because(|| match market {
            Market::Other => format!("`{}` was not made for data centres", goods.name),
            _ => format!("`{}` was made for data centres", goods.name),
        }),
    };
    let place = rule.destinations.as_ref().map_or(Shown::YES, to);
    place.and(|| rule.headquarters.as_ref().map_or(Shown::YES, headquarters)).and(origin).and(market)
}

/// Whether the terms hold on which the policy depends.
fn terms(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    (instrument, rule): (&Instrument, &ReviewRule),
) -> Shown {
    let lines =
        if rule.bounds.is_empty() { Shown::YES } else { condition::lines(matter, goods, &rule.bounds, None) };
    lines
        .and(|| condition::all(matter, &rule.conditions))
        .and(|| cap::all(matter, goods, destination, instrument, &rule.caps))
}

impl Policy {
    fn note(
        &mut self,
        matter: &Matter<'_>,
        goods: &Goods,
        destination: Option<Country>,
        (instrument, force, rule): (&Instrument, Force, &ReviewRule),
        (scope, terms): (Shown, Shown),
    ) {
        let before = self.possible.len();
        if terms.holds.may() {
            self.possible.push(Some(rule.policy));
        }
        if !terms.holds.must() {
            self.possible.extend(rule.otherwise.map(Some));
        }
        let said: Vec<&str> = self.possible[before..].iter().flatten().copied().map(Review::words).collect();
        let mut why = vec![if said.is_empty() { "says nothing".to_owned() } else { said.join(" or ") }];
        why.extend(scope.why);
        why.extend(terms_in_words(matter, goods, destination, (instrument, rule)));
        let rule = (rule.id.as_str(), rule.grade);
        let found = (scope.holds, why.join("; "));
        self.grounds.push(cite::ground(matter.law, (instrument, force), rule, Effect::Reviews, found));
        self.facts.extend(scope.facts.into_iter().chain(terms.facts));
        self.missing.extend(scope.missing.into_iter().chain(terms.missing));
    }
}

/// Each term and how it stands: lines, conditions, caps.
fn terms_in_words(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    (instrument, rule): (&Instrument, &ReviewRule),
) -> Vec<String> {
    let lines = (!rule.bounds.is_empty()).then(|| {
        let keeps = match condition::lines(matter, goods, &rule.bounds, None).holds {
            Tri::Yes => "keeps",
            Tri::No => "does not keep",
            Tri::Open => "may keep",
        };
        format!("`{}` {keeps} the lines", goods.name)
    });
    let caps = rule.caps.iter().filter_map(|id| cap::find(matter, instrument, id));
    let caps = caps.map(|cap| cap::described(matter, goods, destination, cap));
    lines.into_iter().chain(condition::words(matter, &rule.conditions)).chain(caps).collect()
}

fn latest_first<'a>(matter: &'a Matter<'_>) -> impl Iterator<Item = (&'a Instrument, Force, &'a ReviewRule)> {
    let mut instruments: Vec<_> = matter.law.counting().collect();
    instruments.sort_by(|(a, _), (b, _)| (b.in_force, b.known, &b.id).cmp(&(a.in_force, a.known, &a.id)));
    instruments.into_iter().flat_map(|(instrument, force)| {
        let standing = instrument.reviews.iter().filter(|rule| matter.law.stands(&rule.id));
        standing.map(move |rule| (instrument, force, rule)).collect::<Vec<_>>()
    })
}

impl Review {
    /// What it is called in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::PresumptionOfApproval => "presumption of approval",
            Self::CaseByCase => "case by case",
            Self::PresumptionOfDenial => "presumption of denial",
            Self::PolicyOfDenial => "policy of denial",
        }
    }
}
