//! Classes of a chip under the rules of a law, with every reason and how far it is from every line.

use serde::{Deserialize, Serialize};

use crate::decision::{Effect, Ground, Margin, Missing, Used};
use crate::figures::Figures;
use crate::force::{self, Force};
use crate::formula;
use crate::judge::{Exhibit, Judged};
use crate::law::Law;
use crate::margin;
use crate::missing;
use crate::rule::{Announced, Bound, Class, Instrument, ItemRule, RuleId};
use crate::sku::{Market, Sku, Value};
use crate::tri::Tri;
use crate::value::weaker;

/// Whether goods are of a class by one item rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classed {
    /// The class.
    pub class: Class,
    /// The item rule.
    pub rule: RuleId,
    /// Its instrument.
    pub instrument: RuleId,
    /// Whether the goods are of the class by this rule, where the rule counts.
    pub holds: Tri,
    /// Whether this is the class that counts for them: where a rule overlaps with others of its instrument that hold
    /// too, theirs does.
    pub counts: Tri,
    /// Why.
    pub ground: Ground,
}

/// Whether goods are within the lines that a rule on review or an exception draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The rule.
    pub rule: RuleId,
    /// Whether they are within all lines.
    pub within: Tri,
    /// How well the lines and the figures are known.
    pub ground: Ground,
    /// How far they are from each line. `caught`: outside.
    pub margins: Vec<Margin>,
}

/// What a chip is under the rules of a law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// The goods, by name.
    pub sku: String,
    /// Whether they are of any class, by rules that count: exact where single classes are open but one of them must hold.
    pub caught: Tri,
    /// Every class of the rules that count or may, in the book's order.
    pub classes: Vec<Classed>,
    /// What bills, announcements and texts that are not applied would do, in the book's order: shown, never applied.
    pub would: Vec<Ground>,
    /// Lines of rules on review and of exceptions.
    pub windows: Vec<Window>,
    /// How far they are from every line of the item rules that count or may.
    pub margins: Vec<Margin>,
    /// Their metrics.
    pub values: Vec<Value>,
    /// The figures that this leans on.
    pub facts: Vec<Used>,
    /// What would settle the classes that are open.
    pub missing: Vec<Missing>,
}

impl Classification {
    /// Whether the goods are of a class.
    #[must_use]
    pub fn of(&self, class: &str) -> Tri {
        Tri::any(self.classes.iter().filter(|classed| classed.class == class).map(|classed| classed.holds))
    }
}

impl Law<'_> {
    /// What a chip is under these rules.
    #[must_use]
    pub fn classify(&self, sku: &Sku) -> Classification {
        let exhibit = Exhibit::of(sku);
        let mut classes: Vec<Classed> = self.items().map(|item| self.classed(item, &exhibit)).collect();
        prefer(&mut classes, &self.items().map(|(_, _, rule)| rule).collect::<Vec<_>>());
        let margins = self.items().flat_map(|(_, _, rule)| margin::of_item(rule, &exhibit)).collect();
        let caught = self.in_any(sku, |_| true);
        Classification {
            sku: sku.name.clone(),
            caught,
            would: self.would(&exhibit),
            windows: self.windows(&exhibit),
            margins,
            facts: missing::facts(self, sku),
            missing: missing::settling(self, &exhibit.figures, sku),
            values: exhibit.values,
            classes,
        }
    }

    /// Whether a chip is of any of the classes that are wanted. Where it is open which one, it may still be sure that it
    /// is one of them.
    #[must_use]
    pub fn in_any(&self, sku: &Sku, wanted: impl Fn(&str) -> bool) -> Tri {
        let named = self.items().filter(|(_, _, rule)| wanted(&rule.class) && rule.name_of(sku).is_some());
        let named = Tri::any(named.map(|(_, force, _)| force.counts()));
        named | self.in_any_by_figures(&Figures::of(sku), wanted)
    }

    /// The same by figures alone, whatever names rules name.
    pub(crate) fn in_any_by_figures(&self, figures: &Figures, wanted: impl Fn(&str) -> bool) -> Tri {
        let of = |counts: Tri| -> Vec<&ItemRule> {
            let items =
                self.items().filter(|(_, force, rule)| force.counts() >= counts && wanted(&rule.class));
            items.map(|(_, _, rule)| rule).collect()
        };
        let (sure, all) = (of(Tri::Yes), of(Tri::Open));
        let must = formula::any_of(&sure, figures);
        if must.must() || all.len() == sure.len() {
            return must;
        }
        must | (formula::any_of(&all, figures) & Tri::Open)
    }

    /// Item rules that count, or may.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&Instrument, Force, &ItemRule)> {
        self.counting().flat_map(|(instrument, force)| {
            let standing = instrument.items.iter().filter(|rule| self.stands(&rule.id));
            standing.map(move |rule| (instrument, force, rule))
        })
    }

    fn classed(
        &self,
        (instrument, force, rule): (&Instrument, Force, &ItemRule),
        exhibit: &Exhibit<'_>,
    ) -> Classed {
        let judged = exhibit.judge(rule);
        let holds = judged.holds & force.counts();
        let judged = Judged { holds, ..judged };
        Classed {
            class: rule.class.clone(),
            rule: rule.id.clone(),
            instrument: instrument.id.clone(),
            holds,
            counts: holds,
            ground: self.ground(instrument, force, &rule.id, Effect::Classifies, judged),
        }
    }

    /// What texts would do that are not applied.
    fn would(&self, exhibit: &Exhibit<'_>) -> Vec<Ground> {
        let shown = self.instruments().filter(|(_, force)| is_shown(*force));
        let grounds = shown.flat_map(|(instrument, force)| {
            let items = instrument.items.iter().map(|rule| (&rule.id, exhibit.judge(rule)));
            let named = instrument.announced.iter().filter(|said| names(said, exhibit.sku));
            let announced = named.map(|said| (&said.id, says(said)));
            let ground = |(rule, judged)| self.ground(instrument, force, rule, Effect::WouldApply, judged);
            items.chain(announced).map(ground).collect::<Vec<_>>()
        });
        grounds.collect()
    }

    fn windows(&self, exhibit: &Exhibit<'_>) -> Vec<Window> {
        let windows = self.counting().flat_map(|(instrument, force)| {
            let window = |rule: &RuleId, effect: Effect, bounds: &[Bound], market: Option<Market>, grade| {
                let judged = exhibit.within(bounds, market, grade);
                let within = judged.holds & force.counts();
                let judged = Judged { holds: within, ..judged };
                Window {
                    rule: rule.clone(),
                    within,
                    ground: self.ground(instrument, force, rule, effect, judged),
                    margins: margin::of_window(bounds, rule, exhibit),
                }
            };
            let reviews = instrument.reviews.iter().filter(|rule| self.stands(&rule.id));
            let reviews = reviews.filter(|rule| !rule.bounds.is_empty() || rule.market.is_some());
            let exceptions = instrument.exceptions.iter().filter(|rule| self.stands(&rule.id));
            let exceptions = exceptions.filter(|rule| !rule.bounds.is_empty() || rule.market.is_some());
            let reviews =
                reviews.map(|rule| window(&rule.id, Effect::Reviews, &rule.bounds, rule.market, rule.grade));
            let exceptions = exceptions
                .map(|rule| window(&rule.id, Effect::Excepts, &rule.bounds, rule.market, rule.grade));
            reviews.chain(exceptions).collect::<Vec<_>>()
        });
        windows.collect()
    }

    fn ground(
        &self,
        instrument: &Instrument,
        force: Force,
        rule: &RuleId,
        effect: Effect,
        judged: Judged,
    ) -> Ground {
        let phase = force::phase(instrument, self.stand()).map(|phase| phase.source.grade);
        let text = phase.map_or(instrument.source.grade, |phase| phase.min(instrument.source.grade));
        Ground {
            rule: rule.clone(),
            effect,
            applies: judged.holds,
            force,
            citation: instrument.citation.clone(),
            grade: weaker(Some(text), judged.grade).unwrap_or(text),
            why: judged.why,
        }
    }
}

/// Whether a text that does not count is shown: it was said, proposed or written, and has neither ended nor was it unknown.
const fn is_shown(force: Force) -> bool {
    match force {
        Force::Announced | Force::Proposed | Force::NotYet | Force::NotEnforced | Force::Suspended => true,
        Force::NotKnown | Force::Ended | Force::Drafted | Force::Unverified | Force::InForce => false,
    }
}

fn names(said: &Announced, sku: &Sku) -> bool {
    said.skus.iter().any(|named| sku.is_called(named))
}

fn says(said: &Announced) -> Judged {
    Judged { holds: Tri::Yes, grade: None, why: said.says.clone() }
}

/// Of several classes that overlap the one that the rule names counts.
fn prefer(classes: &mut [Classed], items: &[&ItemRule]) {
    let held: Vec<(RuleId, Tri)> =
        classes.iter().map(|classed| (classed.rule.clone(), classed.holds)).collect();
    for (classed, item) in classes.iter_mut().zip(items) {
        let before = held.iter().filter(|(rule, _)| item.overlaps.contains(rule));
        classed.counts = classed.holds & !Tri::any(before.map(|(_, holds)| *holds));
    }
}

#[cfg(test)]
#[path = "classify_tests.rs"]
pub(crate) mod tests;
