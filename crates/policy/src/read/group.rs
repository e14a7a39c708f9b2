//! A file of a group of countries, and the file of places that count as another.

use crate::book::{Group, NamedApart, TreatedAs};
use crate::groups_check::Entry;
use crate::read::membership;
use crate::read::mention::Named;
use crate::read::text::{Table, Text, Value};
use crate::spot::Spot;

const KEYS: [&str; 5] = ["name", "meaning", "note", "members", "disputed"];
const TREATED_KEYS: [&str; 2] = ["treated", "named_apart"];
const TREATED: [&str; 6] = ["country", "counts_as", "from", "grade", "source", "read"];
const APART: [&str; 5] = ["country", "beside", "grade", "source", "read"];

/// A group, and where its parts stand.
pub(crate) struct GroupRead {
    /// The group.
    pub group: Group,
    /// Its members with their places.
    pub entries: Vec<Entry>,
}

/// Reads a group's file. Its name is told even where the rest is wrong.
pub(crate) fn read(text: &Text<'_>) -> (Option<GroupRead>, Option<(String, Spot)>) {
    let Some(parsed) = text.parse() else { return (None, None) };
    let table = Table::root(text, &parsed, &KEYS);
    let given = table.peek("name");
    (group(&table), given)
}

/// Reads places that count as another, and those that stand beside a group in each rule.
pub(crate) fn treated(text: &Text<'_>) -> (Vec<TreatedAs>, Vec<NamedApart>) {
    let Some(parsed) = text.parse() else { return Default::default() };
    let table = Table::root(text, &parsed, &TREATED_KEYS);
    let treated = table.list("treated").into_iter().filter_map(one_treated).collect();
    let apart = table.list("named_apart").into_iter().filter_map(one_apart).collect();
    (treated, apart)
}

fn group(table: &Table<'_, '_>) -> Option<GroupRead> {
    let name = table.prose("name");
    let meaning = table.prose("meaning");
    let note = table.prose_or_empty("note");
    let members = membership::read(table, "members");
    let disputed = membership::disputed(table);
    let (name, meaning) = (name?, meaning?);
    check_path(table, &name);
    for (country, _, spot) in &disputed {
        if members.iter().any(|(member, _)| member.country == *country) {
            let what = format!("`{country}` is a member and disputed");
            table.text().note(spot.fault(what, "take it out of one of them"));
        }
    }
    let entry = |(member, spot): &(_, Spot)| Entry::of(&name, member, spot);
    let entries = members.iter().map(entry).collect();
    let members = members.into_iter().map(|(member, _)| member).collect();
    let disputed = disputed.into_iter().map(|(country, source, _)| (country, source)).collect();
    Some(GroupRead { group: Group { name, meaning, note, members, disputed }, entries })
}

/// `D:5` is in `groups/D5.toml`.
fn check_path(table: &Table<'_, '_>, name: &str) {
    let path = format!("groups/{}.toml", name.replace(':', ""));
    if table.text().path() != path {
        table.note(
            format!("the file is of the group `{name}`"),
            format!("call the file {path}, or mend `name`"),
        );
    }
}

fn one_treated(value: Value<'_, '_>) -> Option<TreatedAs> {
    let table = value.table(&TREATED)?;
    let country = table.need("country").and_then(Value::country);
    let counts_as = table.need("counts_as").and_then(Value::country);
    let from = table.need("from").and_then(Value::date);
    let source = table.source();
    Some(TreatedAs { country: country?, counts_as: counts_as?, from: from?, source: source? })
}

fn one_apart(value: Value<'_, '_>) -> Option<NamedApart> {
    let table = value.table(&APART)?;
    let country = table.need("country").and_then(Value::country);
    let beside = table.need("beside").and_then(|value| value.name(Named::Group));
    let source = table.source();
    Some(NamedApart { country: country?, beside: beside?, source: source? })
}
