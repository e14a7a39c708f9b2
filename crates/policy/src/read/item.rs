//! Item rules: which goods are of a class.

use crate::read::clause;
use crate::read::mention::Named;
use crate::read::text::Table;
use crate::rule::{Clause, ItemRule, RuleId};
use crate::spot::Spot;

const KEYS: [&str; 9] = ["id", "class", "any", "except", "named", "overlaps", "next_to", "grade", "text"];

/// An item rule with what is needed to check it against its neighbours.
pub(crate) struct ItemRead {
    /// The rule.
    pub rule: ItemRule,
    /// Where it begins.
    pub spot: Spot,
    /// Where each of its alternatives stands.
    pub any_spots: Vec<Spot>,
    /// Rules of which the classes begin where this one ends.
    pub next_to: Vec<(RuleId, Spot)>,
}

/// Reads an item rule.
pub(crate) fn read(value: crate::read::text::Value<'_, '_>) -> Option<ItemRead> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let class = table.prose("class");
    let any = clauses(&table, "any");
    let except = clauses(&table, "except").into_iter().map(|(clause, _)| clause).collect();
    let named = table.names("named", Named::Sku);
    let overlaps = table.names("overlaps", Named::Item);
    let next_to = table.list("next_to").into_iter();
    let next_to = next_to.filter_map(|value| Some((value.name(Named::Item)?, value.spot()))).collect();
    let grade = table.grade();
    let text = table.prose("text");
    if any.is_empty() && named.is_empty() {
        table.note("the rule catches nothing", "write alternatives in `any`, or chips in `named`");
    }
    let (any, any_spots) = any.into_iter().unzip();
    let rule = ItemRule { id: id?, class: class?, any, except, named, overlaps, grade, text: text? };
    Some(ItemRead { rule, spot: table.spot().clone(), any_spots, next_to })
}

fn clauses<'v>(table: &Table<'v, '_>, key: &'v str) -> Vec<(Clause, Spot)> {
    let list = table.list(key).into_iter();
    list.filter_map(|value| Some((clause::read(value)?, value.spot()))).collect()
}
