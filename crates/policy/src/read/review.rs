//! Review rules: how applications for licences are looked at.

use crate::read::clause;
use crate::read::mention::Named;
use crate::read::places::{self, Placed};
use crate::read::text::Value;
use crate::rule::ReviewRule;

const KEYS: [&str; 14] = [
    "id",
    "requirements",
    "destinations",
    "headquarters",
    "movements",
    "origin",
    "market",
    "bounds",
    "conditions",
    "caps",
    "policy",
    "otherwise",
    "grade",
    "text",
];

/// Reads a review rule.
pub(crate) fn read(value: Value<'_, '_>, placed: &mut Vec<Placed>) -> Option<ReviewRule> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let text = table.prose("text");
    let policy = table.need("policy").and_then(|value| value.word());
    let bounds = clause::bounds(table.list("bounds"));
    if let Some(value) = table.get("bounds") {
        clause::whole(value, &bounds);
    }
    Some(ReviewRule {
        id: id?,
        requirements: table.names("requirements", Named::Requirement),
        destinations: places::read(&table, "destinations", placed),
        headquarters: places::read(&table, "headquarters", placed),
        movements: table.words("movements"),
        origin: table.get("origin").and_then(Value::country),
        market: table.get("market").and_then(|value| value.word()),
        bounds,
        conditions: table.words("conditions"),
        caps: table.names("caps", Named::Cap),
        policy: policy?,
        otherwise: table.get("otherwise").and_then(|value| value.word()),
        grade: table.grade(),
        text: text?,
    })
}
