//! What texts would do that are not applied: announced, proposed, not yet in force, not enforced, suspended. Shown only.

use crate::country::Country;
use crate::decision::{Effect, Ground};
use crate::force::Force;
use crate::rule::{Announced, Instrument, LicenceRule};
use crate::source::Grade;
use crate::tri::Tri;

use super::combine::words;
use super::matter::{Goods, Matter};
use super::requirement::{self, Need};
use super::shown::Shown;
use super::{cite, exception, review, who};

/// Every rule that would do something about these goods if its text were applied.
pub(crate) fn would(
    matter: &Matter<'_>,
    goods: &Goods,
    destination: Option<Country>,
    needs: &[&Need<'_>],
) -> Vec<Ground> {
    let texts = matter.law.instruments().filter(|(_, force)| is_shown(*force));
    let grounds = texts.flat_map(|text| {
        let shadow = Shadow { matter, goods, destination, text };
        let mut grounds = shadow.licences();
        grounds.extend(shadow.items());
        grounds.extend(shadow.ownership());
        grounds.extend(shadow.announced());
        grounds.extend(shadow.reviews(needs));
        grounds.extend(shadow.exceptions(needs));
        grounds
    });
    grounds.collect()
}

/// Whether a text that does not count is shown: it was said, proposed or written, and has neither ended nor was it
/// unknown.
const fn is_shown(force: Force) -> bool {
    match force {
        Force::Announced | Force::Proposed | Force::NotYet | Force::NotEnforced | Force::Suspended => true,
        Force::NotKnown | Force::Ended | Force::Drafted | Force::Unverified | Force::InForce => false,
    }
}

struct Shadow<'a> {
    matter: &'a Matter<'a>,
    goods: &'a Goods,
    destination: Option<Country>,
    text: (&'a Instrument, Force),
}

impl Shadow<'_> {
    fn licences(&self) -> Vec<Ground> {
        let asks = |rule: &LicenceRule| {
            let class = || self.of_class(&rule.classes);
            let asks = requirement::asks(self.matter, rule, self.destination, &class);
            self.ground(&rule.id, rule.grade, &asks.because(|| "a licence would be needed".to_owned()))
        };
        self.text.0.licences.iter().filter_map(asks).collect()
    }

    /// Classes by counting rules, and by the text's own.
    fn of_class(&self, classes: &[String]) -> Shown {
        let counting = requirement::of_class(self.matter, self.goods, classes);
        let items = self.text.0.items.iter().filter(|item| classes.contains(&item.class));
        let own = items.map(|item| {
            let would = &self.goods.classification.would;
            let holds =
                would.iter().find(|ground| ground.rule == item.id).map_or(Tri::No, |ground| ground.applies);
            Shown::from(holds).because(|| format!("`{}` would be of {}", self.goods.name, item.class))
        });
        counting.or(Shown::any(own))
    }

    fn items(&self) -> Vec<Ground> {
        let items = &self.text.0.items;
        let would = self.goods.classification.would.iter();
        let own =
            would.filter(|ground| ground.applies.may() && items.iter().any(|item| item.id == ground.rule));
        own.cloned().collect()
    }

    fn ownership(&self) -> Vec<Ground> {
        let rules = self.text.0.ownership.iter();
        let reaches = rules.filter_map(|rule| {
            let hands = self.matter.everybody.iter();
            let reached = hands.map(|hand| who::reached(self.matter, hand, rule, &rule.lists));
            self.ground(&rule.id, rule.grade, &Shown::any(reached))
        });
        reaches.collect()
    }

    fn announced(&self) -> Vec<Ground> {
        let named = self.text.0.announced.iter().filter(|said| self.names(said));
        named.filter_map(|said| self.ground(&said.id, None, &Shown::yes(said.says.clone()))).collect()
    }

    fn names(&self, said: &Announced) -> bool {
        let goods = said.skus.is_empty() || said.skus.iter().any(|sku| self.goods.sku.is_called(sku));
        let to = |country| {
            said.destinations.contains(country)
                || said.destinations.contains(self.matter.law.counts_as(country))
        };
        goods && (said.destinations.is_empty() || self.destination.is_none_or(to))
    }

    fn reviews(&self, needs: &[&Need<'_>]) -> Vec<Ground> {
        let for_any = |rule: &&crate::rule::ReviewRule| {
            needs.iter().any(|need| review::is_for(self.matter, rule, need, self.goods))
        };
        let rules = self.text.0.reviews.iter().filter(for_any);
        let would = rules.filter_map(|rule| {
            let scope = review::scope(self.matter, self.goods, self.destination, rule);
            self.ground(
                &rule.id,
                rule.grade,
                &scope.because(|| format!("review would be: {}", rule.policy.words())),
            )
        });
        would.collect()
    }

    fn exceptions(&self, needs: &[&Need<'_>]) -> Vec<Ground> {
        let against =
            |rule: &&crate::rule::ExceptionRule| needs.iter().any(|need| exception::is_against(rule, need));
        let rules = self.text.0.exceptions.iter().filter(against);
        let would = rules.filter_map(|rule| {
            let rule_of = (self.text.0, rule);
            let applies =
                exception::excepts(self.matter, self.goods, self.destination, rule_of, &|_| (0, u64::MAX));
            let applies = applies.because(|| format!("exception {} would do without a licence", rule.name));
            self.ground(&rule.id, rule.grade, &applies)
        });
        would.collect()
    }

    fn ground(&self, rule: &str, grade: Option<Grade>, shown: &Shown) -> Option<Ground> {
        let why = (shown.holds, words(shown));
        let ground = || cite::ground(self.matter.law, self.text, (rule, grade), Effect::WouldApply, why);
        shown.holds.may().then(ground)
    }
}
