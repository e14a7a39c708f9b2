//! The files of red flags and of watched destinations.

use std::collections::BTreeMap;

use crate::book::Membership;
use crate::flag::FlagRule;
use crate::measure::Measure;
use crate::read::membership;
use crate::read::mention::Named;
use crate::read::names::Ids;
use crate::read::text::{Table, Text, Value};

const KEYS: [&str; 8] = ["id", "sign", "text", "known", "limits", "grade", "source", "read"];
/// The most figures of a sign.
const LIMITS_MAX: usize = 16;

/// Reads red flags.
pub(crate) fn read(text: &Text<'_>) -> (Vec<FlagRule>, Ids) {
    let Some(parsed) = text.parse() else { return Default::default() };
    let table = Table::root(text, &parsed, &["flags"]);
    let ids = table.peek_each("flags", "id").into_iter();
    let ids = ids.map(|(id, spot)| (&[Named::Flag] as &'static [Named], id, spot)).collect();
    (table.list("flags").into_iter().filter_map(one).collect(), ids)
}

/// Reads watched destinations.
pub(crate) fn watch(text: &Text<'_>) -> Vec<Membership> {
    let Some(parsed) = text.parse() else { return Vec::new() };
    let table = Table::root(text, &parsed, &["watch"]);
    membership::read(&table, "watch").into_iter().map(|(member, _)| member).collect()
}

fn one(value: Value<'_, '_>) -> Option<FlagRule> {
    let table = value.table(&KEYS)?;
    let id = table.prose("id");
    let sign = table.need("sign").and_then(|value| value.word());
    let text = table.prose("text");
    let source = table.source();
    let known = table.known();
    let limits = table.get("limits").map(limits).unwrap_or_default();
    Some(FlagRule { id: id?, sign: sign?, text: text?, source: source?, known: known?, limits })
}

fn limits(value: Value<'_, '_>) -> BTreeMap<String, Measure> {
    let limits = value.entries().unwrap_or_default();
    if limits.len() > LIMITS_MAX {
        value.note(format!("there are {} limits", limits.len()), format!("write at most {LIMITS_MAX}"));
    }
    limits.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.measure()?))).collect()
}
