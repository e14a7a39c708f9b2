//! Phases: from when to when a text is applied. Without gap or overlap, for each day on which it is known.

use crate::date::Date;
use crate::read::mention::Named;
use crate::read::text::{Table, Value};
use crate::rule::Phase;
use crate::spot::Spot;

const KEYS: [&str; 8] = ["from", "to", "state", "known", "by", "grade", "source", "read"];

/// Reads the phases of an instrument.
pub(crate) fn read(table: &Table<'_, '_>) -> Vec<(Phase, Spot)> {
    let list = table.list("phases").into_iter();
    list.filter_map(|value| Some((one(value)?, value.spot()))).collect()
}

/// Notes gaps and overlaps, given when the text is known and from when to when it is in force.
pub(crate) fn check(table: &Table<'_, '_>, phases: &[(Phase, Spot)], known: Date, (from, to): (Date, Date)) {
    let text = table.text();
    for (phase, spot) in phases {
        if phase.from < from || phase.to > to {
            let what = format!(
                "the phase {} is outside of the text's {}",
                span(phase.from, phase.to),
                span(from, to)
            );
            text.note(spot.fault(what, "end it there, or mend `in_force` and `to`"));
        }
        if phase.known < known {
            let what = format!("the phase is known on {} before the text itself on {known}", phase.known);
            text.note(spot.fault(what, "mend `known` of one of them"));
        }
    }
    let mut sorted: Vec<_> = phases.iter().collect();
    sorted.sort_by_key(|(phase, _)| (phase.known, phase.from));
    overlaps(table, &sorted);
    // What is known later is laid over what was known before, so that only the first layer must be whole.
    let mut first: Vec<_> = sorted.into_iter().filter(|(phase, _)| phase.known <= known).collect();
    first.sort_by_key(|(phase, _)| phase.from);
    if !phases.is_empty() {
        gaps(table, &first, from, to);
    }
}

fn one(value: Value<'_, '_>) -> Option<Phase> {
    let table = value.table(&KEYS)?;
    let from = table.need("from").and_then(Value::date);
    let to = table.get("to").map_or(Some(Date::MAX), Value::date);
    let state = table.need("state").and_then(|value| value.word());
    let known = table.known();
    let by = table.get("by").and_then(|value| value.name(Named::Instrument)).unwrap_or_default();
    let source = table.source();
    let phase = Phase { from: from?, to: to?, state: state?, known: known?, by, source: source? };
    if phase.from > phase.to {
        let what = format!("the phase ends on {} before it begins on {}", phase.to, phase.from);
        table.note(what, "mend `from` or `to`; `to` is included");
        return None;
    }
    Some(phase)
}

fn overlaps(table: &Table<'_, '_>, sorted: &[&(Phase, Spot)]) {
    for pair in sorted.windows(2) {
        let [(first, first_spot), (second, spot)] = pair else { continue };
        if first.known == second.known && second.from <= first.to {
            let what = format!(
                "this phase overlaps the one of line {} from {} to {}",
                first_spot.line,
                second.from,
                first.to.min(second.to)
            );
            let remedy = format!("let one end on {} or begin on {}", second.from.before(), first.to.after());
            table.text().note(spot.fault(what, remedy));
        }
    }
}

fn gaps(table: &Table<'_, '_>, first: &[&(Phase, Spot)], from: Date, to: Date) {
    let gap = |spot: &Spot, from: Date, to: Date| {
        let what = format!("there is a gap: no phase covers {}", span(from, to));
        let remedy = "let a phase begin earlier or end later, or add one with state = \"unverified\"";
        table.text().note(spot.fault(what, remedy));
    };
    let mut next = from;
    let mut last = table.spot();
    for (phase, spot) in first {
        if phase.from > next {
            gap(spot, next, phase.from.before());
        }
        (next, last) = (next.max(phase.to.after()), spot);
        if phase.to >= to {
            return;
        }
    }
    gap(last, next, to);
}

fn span(from: Date, to: Date) -> String {
    if to == Date::MAX { format!("{from} and later") } else { format!("{from} to {to}") }
}
