//! Exception rules: when no licence is needed after all.

use crate::read::clause;
use crate::read::mention::Named;
use crate::read::places::{self, Placed};
use crate::read::text::Value;
use crate::rule::ExceptionRule;

const KEYS: [&str; 13] = [
    "id",
    "name",
    "classes",
    "movements",
    "bounds",
    "market",
    "destinations",
    "not_headquarters",
    "conditions",
    "caps",
    "requirements",
    "grade",
    "text",
];

/// Reads an exception.
pub(crate) fn read(value: Value<'_, '_>, placed: &mut Vec<Placed>) -> Option<ExceptionRule> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let name = table.prose("name");
    let text = table.prose("text");
    let bounds = clause::bounds(table.list("bounds"));
    if let Some(value) = table.get("bounds") {
        clause::whole(value, &bounds);
    }
    Some(ExceptionRule {
        id: id?,
        name: name?,
        classes: table.names("classes", Named::Class),
        movements: table.words("movements"),
        bounds,
        market: table.get("market").and_then(|value| value.word()),
        destinations: places::read(&table, "destinations", placed),
        not_headquarters: places::read(&table, "not_headquarters", placed),
        conditions: table.words("conditions"),
        caps: table.names("caps", Named::Cap),
        requirements: table.names("requirements", Named::Licence),
        grade: table.grade(),
        text: text?,
    })
}
