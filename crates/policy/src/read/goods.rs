//! Transfers in a file of facts.

use std::collections::BTreeMap;

use crate::country::Countries;
use crate::read::facts::{days, texts};
use crate::read::mention::Named;
use crate::read::text::{Table, Value};
use crate::rule::Movement;
use crate::sku::Sku;
use crate::transfer::{Licence, Line, Taken, Transfer};

const KEYS: [&str; 18] = [
    "id",
    "movement",
    "date",
    "lines",
    "origin",
    "destinations",
    "through",
    "onward",
    "exporter",
    "consignee",
    "intermediaries",
    "end_user",
    "uses",
    "licences",
    "conditions",
    "taken",
    "claim_impossible",
    "evidence",
];
const LINE_KEYS: [&str; 2] = ["sku", "units"];
const LICENCE_KEYS: [&str; 9] =
    ["number", "against", "skus", "parties", "destinations", "units_left", "from", "to", "refused"];
const TAKEN_KEYS: [&str; 6] =
    ["consignee_year_tpp", "country_tpp", "capped_units", "home_units", "user_country_tpp", "user_tpp"];

/// Reads a transfer. Chips that are not the file's own must be in the book.
pub(crate) fn transfer(value: Value<'_, '_>, own: &BTreeMap<String, Sku>) -> Option<Transfer> {
    let table = value.table(&KEYS)?;
    let date = table.need("date").and_then(Value::date);
    let movement = table.get("movement").map_or(Some(Movement::Export), Value::word);
    let lines: Vec<Line> = table.list("lines").into_iter().filter_map(|value| line(value, own)).collect();
    if lines.is_empty() {
        table.note("no goods are in it", "write lines = [{ sku = \"H20\", units = 1000 }]");
    }
    Some(Transfer {
        id: optional(&table, "id"),
        movement: movement?,
        lines,
        origin: table.get("origin").and_then(Value::country),
        destinations: countries(&table, "destinations"),
        through: table.countries("through"),
        onward: table.countries("onward"),
        exporter: optional(&table, "exporter"),
        consignee: optional(&table, "consignee"),
        intermediaries: texts(&table, "intermediaries"),
        end_user: optional(&table, "end_user"),
        uses: table.words("uses"),
        date: date?,
        licences: table.list("licences").into_iter().filter_map(licence).collect(),
        conditions: conditions(&table),
        taken: table.get("taken").and_then(taken).unwrap_or_default(),
        claim_impossible: table.flag("claim_impossible"),
        evidence: texts(&table, "evidence"),
    })
}

fn line(value: Value<'_, '_>, own: &BTreeMap<String, Sku>) -> Option<Line> {
    let table = value.table(&LINE_KEYS)?;
    let sku = table.prose("sku");
    if let (Some(sku), Some(value)) = (sku.as_ref().filter(|sku| !own.contains_key(*sku)), table.get("sku")) {
        value.mention(Named::Sku, sku);
    }
    let units = table.need("units").and_then(units);
    Some(Line { sku: sku?, units: units? })
}

fn licence(value: Value<'_, '_>) -> Option<Licence> {
    let table = value.table(&LICENCE_KEYS)?;
    let number = table.prose("number");
    let days = days(&table);
    let units_left = table.get("units_left").map(units);
    let (from, to) = days?;
    Some(Licence {
        number: number?,
        against: texts(&table, "against"),
        skus: texts(&table, "skus"),
        parties: texts(&table, "parties"),
        destinations: countries(&table, "destinations"),
        units_left: match units_left {
            None => None,
            Some(units) => Some(units?),
        },
        from,
        to,
        refused: table.flag("refused"),
    })
}

fn conditions(table: &Table<'_, '_>) -> BTreeMap<String, bool> {
    let entries = table.get("conditions").and_then(Value::entries).unwrap_or_default().into_iter();
    entries.filter_map(|(name, value)| Some((name.to_owned(), value.flag()?))).collect()
}

fn taken(value: Value<'_, '_>) -> Option<Taken> {
    let table = value.table(&TAKEN_KEYS)?;
    let measure = |key| table.get(key).and_then(Value::measure);
    let count = |key| table.get(key).and_then(units);
    Some(Taken {
        consignee_year_tpp: measure("consignee_year_tpp"),
        country_tpp: measure("country_tpp"),
        capped_units: count("capped_units"),
        home_units: count("home_units"),
        user_country_tpp: measure("user_country_tpp"),
        user_tpp: measure("user_tpp"),
    })
}

fn countries<'v>(table: &Table<'v, '_>, key: &'v str) -> Countries {
    table.countries(key).into_iter().collect()
}

/// A whole number of units.
fn units(value: Value<'_, '_>) -> Option<u64> {
    let number = value.measure()?;
    let ratio = number.ratio();
    let whole = if ratio.is_integer() { u64::try_from(ratio.to_integer()).ok() } else { None };
    if whole.is_none() {
        value.note(format!("`{}` is no number of units", String::from(number)), "write a whole number");
    }
    whole
}

fn optional<'v>(table: &Table<'v, '_>, key: &'v str) -> String {
    table.prose_or_empty(key)
}
