//! Ownership rules: whose listing reaches whom.

use crate::read::text::Value;
use crate::read::{bound, licence};
use crate::rule::OwnershipRule;

const KEYS: [&str; 6] = ["id", "lists", "share", "aggregate", "grade", "text"];

/// Reads an ownership rule.
pub(crate) fn read(value: Value<'_, '_>) -> Option<OwnershipRule> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let text = table.prose("text");
    let share_ppm = table.need("share").and_then(bound::share_ppm);
    let aggregate = table.need("aggregate").and_then(Value::flag);
    let lists = licence::lists(&table);
    if lists.is_empty() {
        table.note("the rule is of no list", "write `lists`, such as lists = [\"EL\"]");
    }
    let grade = table.grade();
    Some(OwnershipRule { id: id?, lists, share_ppm: share_ppm?, aggregate: aggregate?, grade, text: text? })
}
