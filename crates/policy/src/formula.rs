//! Rules as formulas over lines: whether a chip within the figures can make one true, and whether it can make it false.

use crate::feasible;
use crate::figures::Figures;
use crate::rule::{Bound, Clause, ItemRule};
use crate::sku::Market;
use crate::tri::Tri;

/// The most steps of a search. Rules of today take a few dozen; beyond, the answer is that it may be.
const STEPS_MAX: usize = 20_000;

/// A statement about a chip, without negations but at its leaves.
enum Formula<'r> {
    /// A line is kept (`true`), or not.
    Line(&'r Bound, bool),
    /// It was made for the market (`true`), or for the other one.
    Market(Market, bool),
    /// All of them.
    All(Vec<Self>),
    /// Any of them.
    Any(Vec<Self>),
}

/// Whether a chip within the figures is of any of these rules by its figures, names left aside: exactly, also where
/// each rule by itself is open.
pub(crate) fn any_of(rules: &[&ItemRule], figures: &Figures) -> Tri {
    let rules: Vec<Lines<'_>> = rules.iter().map(|rule| (&*rule.any, &*rule.except)).collect();
    any_of_lines(&rules, figures)
}

/// Whether all lines are kept, and the market is the named one.
pub(crate) fn all_of(bounds: &[Bound], market: Option<Market>, figures: &Figures) -> Tri {
    let clause = Clause { name: String::new(), bounds: bounds.to_vec(), market, grade: None };
    any_of_lines(&[(&[clause], &[])], figures)
}

/// Clauses of which any makes it so, and clauses of which any takes it out again.
type Lines<'r> = (&'r [Clause], &'r [Clause]);

fn any_of_lines(rules: &[Lines<'_>], figures: &Figures) -> Tri {
    match Tri::any(rules.iter().map(|rule| by_spans(*rule, figures))) {
        Tri::Open => {
            let truth = |wanted| can_be(&Formula::rules(rules, wanted), figures);
            match (truth(true), truth(false)) {
                (true, false) => Tri::Yes,
                (false, true) => Tri::No,
                // Neither: the figures contradict one another, so that nothing can be said.
                _ => Tri::Open,
            }
        }
        settled => settled,
    }
}

/// The same, each line by itself: right where it is yes or no, and open too often.
fn by_spans((any, except): Lines<'_>, figures: &Figures) -> Tri {
    let clause = |clause: &Clause| {
        Tri::all(clause.bounds.iter().map(|bound| figures.keep(*bound)))
            & clause.market.map_or(Tri::Yes, |market| figures.made_for(market))
    };
    Tri::any(any.iter().map(clause)) & !Tri::any(except.iter().map(clause))
}

impl<'r> Formula<'r> {
    /// Some rule holds, or none does.
    fn rules(rules: &[Lines<'r>], wanted: bool) -> Self {
        let rules = rules.iter().map(|(any, except)| {
            let clauses = |clauses: &'r [Clause], wanted| {
                let clauses = clauses.iter().map(|clause| Self::clause(clause, wanted)).collect();
                if wanted { Self::Any(clauses) } else { Self::All(clauses) }
            };
            let (any, except) = (clauses(any, wanted), clauses(except, !wanted));
            if wanted { Self::All(vec![any, except]) } else { Self::Any(vec![any, except]) }
        });
        if wanted { Self::Any(rules.collect()) } else { Self::All(rules.collect()) }
    }

    fn clause(clause: &'r Clause, wanted: bool) -> Self {
        let lines = clause.bounds.iter().map(|bound| Self::Line(bound, wanted));
        let parts = lines.chain(clause.market.map(|market| Self::Market(market, wanted))).collect();
        if wanted { Self::All(parts) } else { Self::Any(parts) }
    }
}

/// Whether a chip within the figures can make it true.
fn can_be(formula: &Formula<'_>, figures: &Figures) -> bool {
    let mut search = Search { figures, steps: 0, lines: Vec::new() };
    search.can_be(&mut vec![formula], figures.market)
}

struct Search<'f> {
    figures: &'f Figures,
    steps: usize,
    /// Lines that are settled so far, of those that the figures leave open.
    lines: Vec<(Bound, bool)>,
}

impl<'r> Search<'_> {
    /// Whether all that is left to do can be true together with the lines so far and the market.
    fn can_be(&mut self, todo: &mut Vec<&'r Formula<'r>>, market: Market) -> bool {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return true;
        }
        let Some(next) = todo.pop() else { return true };
        match next {
            Formula::Line(bound, wanted) => self.line(**bound, *wanted, todo, market),
            Formula::Market(of, wanted) => {
                let of = if *wanted { *of } else { other(*of) };
                let fits = of == Market::Unknown || market == Market::Unknown || of == market;
                fits && self.can_be(todo, if of == Market::Unknown { market } else { of })
            }
            Formula::All(parts) => {
                todo.extend(parts);
                self.can_be(todo, market)
            }
            Formula::Any(parts) => parts.iter().any(|part| {
                let mut todo = todo.clone();
                todo.push(part);
                self.can_be(&mut todo, market)
            }),
        }
    }

    fn line(&mut self, bound: Bound, wanted: bool, todo: &mut Vec<&'r Formula<'r>>, market: Market) -> bool {
        let kept = self.figures.keep(bound);
        match if wanted { kept } else { !kept } {
            Tri::No => false,
            Tri::Yes => self.can_be(todo, market),
            Tri::Open => {
                self.lines.push((bound, wanted));
                let found = feasible::can_be(self.figures, &self.lines) && self.can_be(todo, market);
                self.lines.pop();
                found
            }
        }
    }
}

const fn other(market: Market) -> Market {
    match market {
        Market::DataCentre => Market::Other,
        Market::Other => Market::DataCentre,
        Market::Unknown => Market::Unknown,
    }
}

#[cfg(test)]
#[path = "formula_tests.rs"]
mod tests;
