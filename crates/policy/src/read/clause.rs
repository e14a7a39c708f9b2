//! Clauses: lines that hold together.

use crate::read::bound;
use crate::read::text::Value;
use crate::region::Region;
use crate::rule::{Bound, Clause};

const KEYS: [&str; 4] = ["name", "bounds", "market", "grade"];

/// Reads a clause: a list of lines, or a table with a name, lines, a market and a grade.
pub(crate) fn read(value: Value<'_, '_>) -> Option<Clause> {
    let clause = if value.is_table() { table(value)? } else { plain(value)? };
    if clause.bounds.is_empty() && clause.market.is_none() {
        value.note("the clause is empty and would catch everything", "write at least one line");
    }
    whole(value, &clause.bounds);
    Some(clause)
}

/// Reads lines that hold together.
pub(crate) fn bounds(lines: Vec<Value<'_, '_>>) -> Vec<Bound> {
    lines.into_iter().filter_map(bound::read).collect()
}

/// Notes that no goods can keep all of these lines.
pub(crate) fn whole(value: Value<'_, '_>, bounds: &[Bound]) {
    if let Some(metric) = Region::of(bounds).empty() {
        let lines = bounds.iter().filter(|bound| bound.metric == metric).map(bound::write);
        let lines = lines.collect::<Vec<_>>().join(", ");
        value.note(
            format!("no `{}` is on the right side of all lines: {lines}", metric.name()),
            "mend a line or its side, so that the upper one is above the lower one",
        );
    }
}

fn table(value: Value<'_, '_>) -> Option<Clause> {
    let table = value.table(&KEYS)?;
    Some(Clause {
        name: table.prose_or_empty("name"),
        bounds: bounds(table.list("bounds")),
        market: table.get("market").and_then(|value| value.word()),
        grade: table.grade(),
    })
}

fn plain(value: Value<'_, '_>) -> Option<Clause> {
    let bounds = bounds(value.list()?);
    Some(Clause { name: String::new(), bounds, market: None, grade: None })
}
