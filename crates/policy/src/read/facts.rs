//! Facts of a case, and what is expected of it.

use std::collections::BTreeMap;

use crate::date::Date;
use crate::decision::Outcome;
use crate::example::{At, EXPECTED_MAX, Example, Expected};
use crate::fault::Fault;
use crate::party::Parties;
use crate::read::text::{Table, Text, Value};
use crate::read::{chips, goods, people};
use crate::replay::Inputs;
use crate::sku::Sku;
use crate::spot::Spot;

const KEYS: [&str; 5] = ["title", "transfer", "parties", "chips", "expect"];
const EXPECT_KEYS: [&str; 8] = ["on", "drafts", "under", "outcome", "best", "worst", "rules", "shown"];

/// Reads a file of facts.
pub(crate) fn read(path: &str, text: &str) -> Result<Example, Vec<Fault>> {
    let text = Text::new(path, text);
    let example = of(&text);
    let (mut faults, _) = text.into_notes();
    faults.sort();
    faults.dedup();
    let missing =
        || vec![Spot::file(path).fault("there are no facts in it", "write [transfer] and [[parties]]")];
    match example {
        Some(example) if faults.is_empty() => Ok(example),
        _ if faults.is_empty() => Err(missing()),
        _ => Err(faults),
    }
}

/// Reads it, and leaves what is wrong with the text.
pub(crate) fn of(text: &Text<'_>) -> Option<Example> {
    let parsed = text.parse()?;
    let table = Table::root(text, &parsed, &KEYS);
    let title = table.prose("title");
    let transfer = table.need("transfer").and_then(goods::transfer);
    let parties = parties(&table);
    let skus = own(&table);
    let expected = table.list("expect").into_iter().filter_map(expected).collect::<Vec<_>>();
    if expected.len() > EXPECTED_MAX {
        table.note(format!("{} are expected", expected.len()), format!("keep to {EXPECTED_MAX}"));
    }
    let inputs = Inputs { transfer: transfer?, parties, skus, flags: Vec::new() };
    for id in unnamed(&inputs) {
        let remedy = "add it as [[parties]] with what is known of it, or mend the identifier";
        table.note(format!("party `{id}` is named and not described"), remedy);
    }
    Some(Example { title: title?, inputs, expected })
}

fn parties(table: &Table<'_, '_>) -> Parties {
    let mut parties = Parties::new();
    for value in table.list("parties") {
        let Some(party) = people::party(value) else { continue };
        if parties.contains_key(&party.id) {
            value.note(format!("party `{}` is there twice", party.id), "give each its own `id`");
        }
        parties.insert(party.id.clone(), party);
    }
    parties
}

fn own(table: &Table<'_, '_>) -> BTreeMap<String, Sku> {
    let chips = table.list("chips").into_iter().filter_map(chips::chip);
    chips.map(|sku| (sku.name.clone(), sku)).collect()
}

/// Identifiers of parties that nobody describes.
fn unnamed(inputs: &Inputs) -> Vec<String> {
    let transfer = &inputs.transfer;
    let named = [&transfer.exporter, &transfer.consignee, &transfer.end_user].into_iter();
    let owners = inputs.parties.values().flat_map(|party| party.stakes.iter().map(|stake| &stake.owner));
    let named = named.chain(&transfer.intermediaries).chain(owners);
    let unnamed = named.filter(|id| !id.is_empty() && !inputs.parties.contains_key(*id));
    unnamed.cloned().collect()
}

fn expected(value: Value<'_, '_>) -> Option<Expected> {
    let table = value.table(&EXPECT_KEYS)?;
    let outcome: Option<Outcome> = table.need("outcome").and_then(Value::word);
    let at = at(&table);
    let word = |key| table.get(key).map(Value::word::<Outcome>);
    let (best, worst) = (word("best"), word("worst"));
    Some(Expected {
        at: at?,
        outcome: outcome?,
        best: best.flatten(),
        worst: worst.flatten(),
        rules: texts(&table, "rules"),
        shown: texts(&table, "shown"),
        spot: table.spot().clone(),
    })
}

fn at(table: &Table<'_, '_>) -> Option<At> {
    let drafts = texts(table, "drafts");
    match (table.get("on"), table.get("under")) {
        (Some(day), None) => Some(At::Day(day.date()?, drafts)),
        (None, Some(version)) => {
            if !drafts.is_empty() {
                table.note(
                    "`drafts` stands beside `under`",
                    "name a day with `on`: a version has its own drafts",
                );
            }
            Some(At::Version(version.string()?.to_owned()))
        }
        (None, None) | (Some(_), Some(_)) => {
            table.note("either `on` or `under` is needed", "write on = 2026-01-16, or under = \"P13\"");
            None
        }
    }
}

/// A list of plain texts.
pub(crate) fn texts<'v>(table: &Table<'v, '_>, key: &'v str) -> Vec<String> {
    table.list(key).into_iter().filter_map(|value| Some(value.string()?.to_owned())).collect()
}

/// The first and the last day of something; without an end if none is given.
pub(crate) fn days(table: &Table<'_, '_>) -> Option<(Date, Date)> {
    let from = table.need("from").and_then(Value::date)?;
    let to = table.get("to").map_or(Some(Date::MAX), Value::date)?;
    if to < from {
        table.note(format!("it ends on {to} before it begins on {from}"), "mend `from` or `to`");
    }
    Some((from, to))
}
