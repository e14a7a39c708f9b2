//! How far a chip is from the lines of a rule.

use crate::decision::Margin;
use crate::judge::Exhibit;
use crate::measure::{Measure, Span};
use crate::rule::{Bound, ItemRule};

/// Lines of an item rule, each once; of clauses that take out again the controlled side is the other one. Lines of
/// metrics that are not asked of such goods are left out.
pub(crate) fn of_item(rule: &ItemRule, exhibit: &Exhibit<'_>) -> Vec<Margin> {
    let lines = |clauses: &[crate::rule::Clause], takes_out: bool| {
        let bounds = clauses.iter().flat_map(|clause| &clause.bounds);
        bounds.map(|bound| (*bound, takes_out)).collect::<Vec<_>>()
    };
    let mut all = lines(&rule.any, false);
    all.extend(lines(&rule.except, true));
    margins(&all, &rule.id, &rule.class, exhibit)
}

/// Lines within which a rule on review or an exception applies: the controlled side is outside.
pub(crate) fn of_window(bounds: &[Bound], rule: &str, exhibit: &Exhibit<'_>) -> Vec<Margin> {
    let lines: Vec<_> = bounds.iter().map(|bound| (*bound, true)).collect();
    margins(&lines, rule, "", exhibit)
}

fn margins(lines: &[(Bound, bool)], rule: &str, class: &str, exhibit: &Exhibit<'_>) -> Vec<Margin> {
    let figures = &exhibit.figures;
    let mut seen: Vec<&(Bound, bool)> = Vec::new();
    for line in lines {
        if figures.has(line.0.metric) && !seen.contains(&line) {
            seen.push(line);
        }
    }
    let margin = |&&(bound, takes_out): &&(Bound, bool)| {
        let span = figures.metric(bound.metric);
        let kept = figures.keep(bound);
        let distance = from_line(span, bound.line);
        Margin {
            sku: exhibit.sku.name.clone(),
            rule: rule.to_owned(),
            class: class.to_owned(),
            bound,
            caught: if takes_out { !kept } else { kept },
            has: format!("{span} {}", bound.metric.unit()),
            distance,
            distance_ppm: distance.and_then(|distance| distance.ppm_of(bound.line)),
        }
    };
    seen.iter().map(margin).collect()
}

/// From a span's nearer end to a line; none where the line is within the span.
fn from_line(span: Span, line: Measure) -> Option<Measure> {
    if span.lo >= line {
        span.lo.minus(line)
    } else {
        span.hi.filter(|hi| *hi < line).and_then(|hi| line.minus(hi))
    }
}
