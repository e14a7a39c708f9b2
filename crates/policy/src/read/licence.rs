//! Licence rules: when a licence is needed.

use crate::read::mention::Named;
use crate::read::places::{self, Placed};
use crate::read::text::{Table, Value};
use crate::rule::LicenceRule;

const KEYS: [&str; 12] = [
    "id",
    "classes",
    "movements",
    "origins",
    "destinations",
    "headquarters",
    "lists",
    "uses",
    "uses_in",
    "may",
    "grade",
    "text",
];
/// Lists that can name a party: the thirteen of the Consolidated Screening List, and validated end users.
const LISTS: [&str; 14] =
    ["DPL", "EL", "MEU", "UVL", "ISN", "DTC", "SDN", "SSI", "FSE", "CAP", "CMIC", "MBS", "PLC", "VEU"];

/// Reads a licence rule.
pub(crate) fn read(value: Value<'_, '_>, placed: &mut Vec<Placed>) -> Option<LicenceRule> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let text = table.prose("text");
    let rule = LicenceRule {
        id: id?,
        classes: table.names("classes", Named::Class),
        movements: table.words("movements"),
        origins: places::read(&table, "origins", placed),
        destinations: places::read(&table, "destinations", placed),
        headquarters: places::read(&table, "headquarters", placed),
        lists: lists(&table),
        uses: table.words("uses"),
        uses_in: places::read(&table, "uses_in", placed),
        may: table.flag("may"),
        grade: table.grade(),
        text: text?,
    };
    let reaches = rule.destinations.is_some() || rule.headquarters.is_some();
    if !reaches && rule.lists.is_empty() && rule.uses.is_empty() {
        table.note("the rule reaches nobody", "write `destinations`, `headquarters`, `lists` or `uses`");
    }
    if rule.uses_in.is_some() && rule.uses.is_empty() {
        table.note(
            "`uses_in` says where uses count, and none is named",
            "write `uses`, or take `uses_in` out",
        );
    }
    Some(rule)
}

/// Lists of parties by name.
pub(crate) fn lists(table: &Table<'_, '_>) -> Vec<String> {
    table.list("lists").into_iter().filter_map(list).collect()
}

/// A list of parties by name.
pub(crate) fn list(value: Value<'_, '_>) -> Option<String> {
    let list = value.string()?;
    if !LISTS.contains(&list) {
        let remedy = crate::read::near::remedy(list, LISTS.into_iter(), "write");
        value.note(format!("`{}` is no list", crate::read::text::shown(list)), remedy);
    }
    Some(list.to_owned())
}
