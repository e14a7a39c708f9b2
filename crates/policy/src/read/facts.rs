//! Facts of a case, and what is expected of it.

use std::collections::BTreeMap;

use crate::date::Date;
use crate::decision::Outcome;
use crate::example::{At, EXPECTED_MAX, Example, Expected};
use crate::fault::Fault;
use crate::party::Parties;
use crate::read::mention::Named;
use crate::read::text::{Table, Text, Value};
use crate::read::{chips, goods, people};
use crate::replay::Inputs;
use crate::sku::Sku;
use crate::spot::Spot;
use crate::stand::{Sense, Stand};

const KEYS: [&str; 5] = ["title", "transfer", "parties", "chips", "expect"];
const EXPECT_KEYS: [&str; 14] = [
    "note",
    "on",
    "known",
    "as_written",
    "drafts",
    "under",
    "outcome",
    "best",
    "worst",
    "review",
    "rules",
    "open",
    "shown",
    "flags",
];
/// What says of which day something is expected, beside the day.
const DAY_KEYS: [&str; 3] = ["known", "as_written", "drafts"];

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
    let skus = own(&table);
    let transfer = table.need("transfer").and_then(|value| goods::transfer(value, &skus));
    let parties = parties(&table);
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
    let (best, worst) = (case(&table, "best"), case(&table, "worst"));
    // It says why something is expected, to who reads the file.
    table.prose_or_empty("note");
    Some(Expected {
        at: at?,
        outcome: outcome?,
        best,
        worst,
        review: table.get("review").and_then(Value::word),
        rules: table.names("rules", Named::Rule),
        open: table.names("open", Named::Rule),
        shown: table.names("shown", Named::Rule),
        flags: table.get("flags").map(|_| table.names("flags", Named::Flag)),
        spot: table.spot().clone(),
    })
}

/// A best or worst case, which is never that a person must look.
fn case(table: &Table<'_, '_>, key: &'static str) -> Option<Outcome> {
    let value = table.get(key)?;
    let outcome = value.word()?;
    if outcome == Outcome::Review {
        let remedy = "write ALLOW, LICENCE_REQUIRED or DENY; REVIEW comes where best and worst differ";
        value.note(format!("`REVIEW` is no {key} case"), remedy);
    }
    Some(outcome)
}

fn at(table: &Table<'_, '_>) -> Option<At> {
    let drafts = table.names("drafts", Named::Instrument);
    match (table.get("on"), table.get("under")) {
        (Some(day), None) => {
            let valid_on = day.date()?;
            let known_on = table.get("known").map_or(Some(valid_on), Value::date)?;
            let sense = if table.flag("as_written") { Sense::AsWritten } else { Sense::AsEnforced };
            Some(At::Day(Stand { valid_on, known_on, sense, drafts: drafts.into_iter().collect() }))
        }
        (None, Some(version)) => {
            for key in DAY_KEYS.into_iter().filter(|key| table.get(key).is_some()) {
                table.note(
                    format!("`{key}` stands beside `under`"),
                    "name a day with `on`: a version has its own",
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
