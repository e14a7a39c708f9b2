//! One rule held against one chip: whether it holds, how well that is known, and why in plain words.

use crate::figures::Figures;
use crate::formula;
use crate::rule::{Bound, Clause, ItemRule, Side};
use crate::sku::{Market, Metric, Sku, Value};
use crate::source::Grade;
use crate::tri::Tri;
use crate::value::weaker;

/// A chip, ready to be held against rules.
pub(crate) struct Exhibit<'s> {
    pub(crate) sku: &'s Sku,
    pub(crate) figures: Figures,
    /// Its metrics, in the order of [`Metric::ALL`].
    pub(crate) values: Vec<Value>,
}

/// Whether something holds of a chip.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) holds: Tri,
    /// The weakest grade of what it leans on; none: on the text alone.
    pub(crate) grade: Option<Grade>,
    pub(crate) why: String,
}

impl<'s> Exhibit<'s> {
    pub(crate) fn of(sku: &'s Sku) -> Self {
        let values = Metric::ALL.into_iter().map(|metric| sku.value(metric)).collect();
        Self { sku, figures: Figures::of(sku), values }
    }

    /// Whether the chip is of the rule's class.
    pub(crate) fn judge(&self, rule: &ItemRule) -> Judged {
        if let Some(name) = rule.name_of(self.sku) {
            return Judged { holds: Tri::Yes, grade: rule.grade, why: format!("the text names `{name}`") };
        }
        let holds = formula::any_of(&[rule], &self.figures);
        let any: Vec<Judged> = rule.any.iter().map(|clause| self.clause(clause)).collect();
        let except: Vec<Judged> = rule.except.iter().map(|clause| self.clause(clause)).collect();
        let (grade, why) = match holds {
            Tri::Yes => caught(&any, &except),
            Tri::No => free(&any, &except),
            Tri::Open => open(&any, &except),
        };
        let grade = weaker(grade, rule.grade);
        Judged { holds, grade, why: if why.is_empty() { "the text has no line".to_owned() } else { why } }
    }

    /// Whether all lines are kept, and the market is the named one.
    pub(crate) fn within(&self, bounds: &[Bound], market: Option<Market>, grade: Option<Grade>) -> Judged {
        let holds = formula::all_of(bounds, market, &self.figures);
        let clause = Clause { name: String::new(), bounds: bounds.to_vec(), market, grade };
        Judged { holds, ..self.clause(&clause) }
    }

    pub(crate) fn value(&self, metric: Metric) -> Option<&Value> {
        self.values.iter().find(|value| value.metric == metric)
    }

    fn clause(&self, clause: &Clause) -> Judged {
        let bounds = clause.bounds.iter().map(|bound| self.bound(*bound));
        let parts: Vec<Judged> = bounds.chain(clause.market.map(|market| self.market(market))).collect();
        let holds = Tri::all(parts.iter().map(|part| part.holds));
        let deciding: Vec<&Judged> = parts.iter().filter(|part| part.holds == holds).collect();
        let (grade, why) = match holds {
            // One line that is missed is enough: the one that is known best.
            Tri::No => {
                strongest(&deciding).map_or((None, String::new()), |part| (part.grade, part.why.clone()))
            }
            Tri::Open | Tri::Yes => (weakest(&deciding), listed(&deciding, " and ")),
        };
        let name = if clause.name.is_empty() { String::new() } else { format!("{}: ", clause.name) };
        Judged { holds, grade: weaker(grade, clause.grade), why: format!("{name}{why}") }
    }

    fn bound(&self, bound: Bound) -> Judged {
        let holds = self.figures.keep(bound);
        let name = bound.metric.words();
        if !self.figures.has(bound.metric) {
            return Judged { holds, grade: None, why: format!("{name} is not asked of such goods") };
        }
        let value = self.value(bound.metric);
        let has = value.map_or_else(String::new, |value| value.span.to_string());
        let (side, unit) = (bound.side, bound.metric.unit());
        let why = match holds {
            Tri::Yes => format!("{name} {has} is {} {} {unit}", side.words(), bound.line),
            Tri::No => format!("{name} {has} is {} {} {unit}", side.opposite().words(), bound.line),
            Tri::Open => format!("{name} {has} may be {} {} {unit}", side.words(), bound.line),
        };
        Judged { holds, grade: value.and_then(|value| value.grade), why }
    }

    fn market(&self, market: Market) -> Judged {
        let holds = self.figures.made_for(market);
        let made = match self.figures.market {
            Market::DataCentre => "made for data centres",
            Market::Other => "not made for data centres",
            Market::Unknown => "nobody said whether it was made for data centres",
        };
        Judged { holds, grade: None, why: made.to_owned() }
    }
}

/// It is of the class: by the clause that is known best, and nothing takes it out.
fn caught(any: &[Judged], except: &[Judged]) -> (Option<Grade>, String) {
    let holding: Vec<&Judged> = any.iter().filter(|clause| clause.holds == Tri::Yes).collect();
    // None by itself: whatever the figures are, one of them does.
    let (grade, mut why) = match strongest(&holding) {
        Some(clause) => (clause.grade, clause.why.clone()),
        None => {
            let all: Vec<&Judged> = any.iter().filter(|clause| clause.holds.may()).collect();
            (weakest(&all), format!("whichever it is: {}", listed(&all, ", or ")))
        }
    };
    let mut grade = grade;
    for clause in except {
        grade = weaker(grade, clause.grade);
        why = format!("{why}; not taken out by {}", clause.why);
    }
    (grade, why)
}

/// It is not of the class: taken out, or every clause misses.
fn free(any: &[Judged], except: &[Judged]) -> (Option<Grade>, String) {
    let taking: Vec<&Judged> = except.iter().filter(|clause| clause.holds == Tri::Yes).collect();
    let all: Vec<&Judged> = any.iter().collect();
    match strongest(&taking) {
        Some(clause) if any.iter().any(|clause| clause.holds.may()) => {
            (clause.grade, format!("taken out by {}", clause.why))
        }
        _ => (weakest(&all), listed(&all, "; ")),
    }
}

/// It may be: by the clauses that are open, or because what would take it out is.
fn open(any: &[Judged], except: &[Judged]) -> (Option<Grade>, String) {
    let may: Vec<&Judged> = any.iter().filter(|clause| clause.holds.may()).collect();
    let out: Vec<&Judged> = except.iter().filter(|clause| clause.holds.may()).collect();
    let mut why = listed(&may, ", or ");
    if !out.is_empty() {
        why = format!("{why}; may be taken out by {}", listed(&out, ", or "));
    }
    (weaker(weakest(&may), weakest(&out)), why)
}

fn weakest(parts: &[&Judged]) -> Option<Grade> {
    parts.iter().fold(None, |grade, part| weaker(grade, part.grade))
}

/// The part that is known best; the text alone is known better than any figure.
fn strongest<'j>(parts: &[&'j Judged]) -> Option<&'j Judged> {
    parts.iter().copied().reduce(|best, next| match (best.grade, next.grade) {
        (Some(best_grade), Some(grade)) if grade > best_grade => next,
        (Some(_), None) => next,
        _ => best,
    })
}

fn listed(parts: &[&Judged], between: &str) -> String {
    let mut words: Vec<&str> = parts.iter().map(|part| part.why.as_str()).collect();
    words.dedup();
    words.join(between)
}

impl Metric {
    /// What it is called in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Tpp => "TPP",
            Self::PerformanceDensity => "performance density",
            Self::Interconnect => "interconnect",
            Self::MemoryBandwidth => "memory bandwidth",
            Self::TotalBandwidth => "memory and interconnect bandwidth",
            Self::MemoryBandwidthDensity => "memory bandwidth density",
        }
    }
}

impl Side {
    /// Where it is from the line.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at or above",
            Self::Above => "above",
            Self::Below => "below",
            Self::AtMost => "at or below",
        }
    }

    /// The other side of the line.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::AtLeast => Self::Below,
            Self::Above => Self::AtMost,
            Self::Below => Self::AtLeast,
            Self::AtMost => Self::Above,
        }
    }
}
