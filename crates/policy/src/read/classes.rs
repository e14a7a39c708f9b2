//! Item rules of one instrument against each other: no undeclared overlap, no hole where one class ends and the next
//! begins.

use crate::read::bound;
use crate::read::item::ItemRead;
use crate::read::text::Text;
use crate::region::Region;
use crate::rule::{Bound, Clause, Side};
use crate::spot::Spot;

/// Notes overlaps and holes.
pub(crate) fn check(text: &Text<'_>, items: &[ItemRead]) {
    for (at, later) in items.iter().enumerate() {
        for earlier in &items[..at] {
            overlap(text, earlier, later);
        }
        for (next, spot) in &later.next_to {
            if let Some(next) = items.iter().find(|item| item.rule.id == *next) {
                border(text, later, next, spot);
            } else {
                let what = format!("`{next}` is not of this instrument");
                text.note(spot.fault(what, "name a rule of the same file, or take it out"));
            }
        }
    }
}

/// Two rules of different classes catch the same goods, and neither says that it gives way.
fn overlap(text: &Text<'_>, earlier: &ItemRead, later: &ItemRead) {
    if earlier.rule.class == later.rule.class {
        return;
    }
    let gives_way = |one: &ItemRead, other: &ItemRead| one.rule.overlaps.contains(&other.rule.id);
    match (gives_way(earlier, later), gives_way(later, earlier)) {
        (true, true) => {
            let what = format!("`{}` and `{}` give way to each other", earlier.rule.id, later.rule.id);
            text.note(later.spot.fault(what, "let only one of them name the other in `overlaps`"));
        }
        (false, false) => {
            for (clause, spot) in later.rule.any.iter().zip(&later.any_spots) {
                if let Some(first) = earlier.rule.any.iter().position(|other| meet(clause, other)) {
                    undeclared(text, earlier, later, (spot, first));
                }
            }
        }
        _ => {}
    }
}

fn undeclared(text: &Text<'_>, earlier: &ItemRead, later: &ItemRead, (spot, first): (&Spot, usize)) {
    let line = earlier.any_spots.get(first).map_or(0, |spot| spot.line);
    let (one, other) = (&later.rule.id, &earlier.rule.id);
    let what = format!("this alternative of `{one}` overlaps the one of `{other}` in line {line}");
    let remedy = format!("mend a line, or write overlaps = [\"{other}\"] where `{one}` gives way to it");
    text.note(spot.fault(what, remedy));
}

fn meet(one: &Clause, other: &Clause) -> bool {
    let same_market = one.market.is_none() || other.market.is_none() || one.market == other.market;
    same_market && Region::of(&one.bounds).with(&other.bounds).empty().is_none()
}

/// Each upper line of a rule must be a lower line of the next one.
fn border(text: &Text<'_>, rule: &ItemRead, next: &ItemRead, spot: &Spot) {
    let next_lines: Vec<_> = next.rule.any.iter().flat_map(|clause| &clause.bounds).collect();
    let clauses = rule.rule.any.iter().zip(&rule.any_spots);
    let mut any = false;
    for (clause, spot) in clauses {
        for upper in clause.bounds.iter().filter(|bound| matches!(bound.side, Side::Below | Side::AtMost)) {
            any = true;
            let begins = Bound { side: opposite(upper.side), ..*upper };
            if !next_lines.contains(&&begins) {
                hole(text, next, &next_lines, (upper, &begins, spot));
            }
        }
    }
    if !any {
        let what = format!("`{}` has no upper line at which `{}` could begin", rule.rule.id, next.rule.id);
        text.note(spot.fault(what, "write one, or take `next_to` out"));
    }
}

fn hole(text: &Text<'_>, next: &ItemRead, lines: &[&Bound], (upper, begins, spot): (&Bound, &Bound, &Spot)) {
    let lower = lines
        .iter()
        .filter(|line| line.metric == upper.metric && matches!(line.side, Side::AtLeast | Side::Above));
    let distance = |line: &Bound| {
        let (a, b) = (line.line.ratio(), upper.line.ratio());
        if a < b { b - a } else { a - b }
    };
    let id = &next.rule.id;
    let ends = bound::write(upper);
    let Some(nearest) = lower.min_by_key(|line| distance(line)) else {
        let what = format!("this ends at `{ends}`, and `{id}` has no lower line of it");
        text.note(spot.fault(what, format!("write `{}` in `{id}`", bound::write(begins))));
        return;
    };
    let leaves = if nearest.line > upper.line || (nearest.line == upper.line && upper.side == Side::Below) {
        "a hole"
    } else {
        "an overlap"
    };
    let what = format!(
        "this ends at `{ends}` and `{id}` begins at `{}`: {leaves} is between",
        bound::write(nearest)
    );
    text.note(spot.fault(
        what,
        format!("write the same line in both: `{ends}` here, `{}` there", bound::write(begins)),
    ));
}

const fn opposite(side: Side) -> Side {
    match side {
        Side::AtLeast => Side::Below,
        Side::Above => Side::AtMost,
        Side::Below => Side::AtLeast,
        Side::AtMost => Side::Above,
    }
}
