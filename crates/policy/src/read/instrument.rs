//! An instrument's file.

use crate::date::Date;
use crate::read::mention::Named;
use crate::read::places::Placed;
use crate::read::text::{Table, Text, Value};
use crate::read::{announced, cap, classes, exception, item, licence, names, ownership, phase, review};
use crate::rule::{Instrument, Kind};

const KEYS: [&str; 22] = [
    "id",
    "authority",
    "title",
    "citation",
    "kind",
    "known",
    "in_force",
    "to",
    "grade",
    "source",
    "read",
    "summary",
    "left_out",
    "replaces",
    "phases",
    "items",
    "licences",
    "reviews",
    "exceptions",
    "caps",
    "ownership",
    "announced",
];

/// An instrument with what is needed to check it against the rest of the book.
#[derive(Default)]
pub(crate) struct InstrumentRead {
    /// The instrument; none if anything is missing that it cannot be without.
    pub instrument: Option<Instrument>,
    /// The places that its rules name.
    pub placed: Vec<Placed>,
    /// Identifiers and classes that it gives, even where the rest is wrong.
    pub given: names::Given,
}

/// Reads an instrument's file.
pub(crate) fn read(text: &Text<'_>) -> InstrumentRead {
    let Some(parsed) = text.parse() else { return InstrumentRead::default() };
    let table = Table::root(text, &parsed, &KEYS);
    let mut placed = Vec::new();
    let head = head(&table);
    let whole = rules(&table, &mut placed, head);
    if let Some(instrument) = &whole {
        check_kind(&table, instrument);
        check_path(&table, instrument);
    }
    InstrumentRead { instrument: whole, placed, given: names::given(&table) }
}

/// What stands before the first rule.
fn head(table: &Table<'_, '_>) -> Option<Instrument> {
    let id = table.prose("id");
    let authority = table.need("authority").and_then(Value::country);
    let title = table.prose("title");
    let citation = table.prose("citation");
    let kind = table.need("kind").and_then(|value| value.word());
    let known = table.known();
    let in_force = table.get("in_force").map(Value::date);
    let to = table.get("to").map_or(Some(Date::MAX), Value::date);
    let phases = phase::read(table);
    let source = table.source();
    let summary = table.prose("summary");
    let left_out = table.prose_or_empty("left_out");
    let replaces = table.names("replaces", Named::Rule);
    // A day that is written wrong is no day that is left out.
    let (known, in_force, to) = (known?, in_force.map_or(Some(None), |day| day.map(Some))?, to?);
    check_days(table, &phases, known, in_force, to);
    Some(Instrument {
        id: id?,
        authority: authority?,
        title: title?,
        citation: citation?,
        kind: kind?,
        known,
        in_force,
        to,
        phases: phases.into_iter().map(|(phase, _)| phase).collect(),
        source: source?,
        summary: summary?,
        left_out,
        replaces,
        items: Vec::new(),
        licences: Vec::new(),
        reviews: Vec::new(),
        exceptions: Vec::new(),
        caps: Vec::new(),
        ownership: Vec::new(),
        announced: Vec::new(),
    })
}

/// Reads all rules, so that their mistakes are noted even where the head is wrong.
fn rules(table: &Table<'_, '_>, placed: &mut Vec<Placed>, head: Option<Instrument>) -> Option<Instrument> {
    let each = |key| table.list(key).into_iter();
    let before = table.text().count();
    let items: Vec<_> = each("items").filter_map(item::read).collect();
    if table.text().count() == before {
        // A line that could not be read would only show as a hole.
        classes::check(table.text(), &items);
    }
    let licences = each("licences").filter_map(|value| licence::read(value, placed)).collect();
    let reviews = each("reviews").filter_map(|value| review::read(value, placed)).collect();
    let exceptions = each("exceptions").filter_map(|value| exception::read(value, placed)).collect();
    let caps = each("caps").filter_map(cap::read).collect();
    let ownership = each("ownership").filter_map(ownership::read).collect();
    let announced = each("announced").filter_map(announced::read).collect();
    let items = items.into_iter().map(|item| item.rule).collect();
    Some(Instrument { items, licences, reviews, exceptions, caps, ownership, announced, ..head? })
}

fn check_days(
    table: &Table<'_, '_>,
    phases: &[(crate::rule::Phase, crate::spot::Spot)],
    known: Date,
    in_force: Option<Date>,
    to: Date,
) {
    let Some(from) = in_force else {
        if !phases.is_empty() {
            table.note(
                "there are phases of a text that is not in force",
                "write `in_force`, or take them out",
            );
        }
        return;
    };
    if let Some(value) = table.get("to").filter(|_| to < from) {
        value.note(
            format!("the text ends on {to} before it is in force on {from}"),
            "mend `to` or `in_force`",
        );
        return;
    }
    phase::check(table, phases, known, (from, to));
}

fn check_kind(table: &Table<'_, '_>, instrument: &Instrument) {
    let lawless = matches!(instrument.kind, Kind::Announcement | Kind::Bill);
    match (lawless, table.get("in_force")) {
        (true, Some(value)) => {
            value.note("an announcement or bill is not in force", "take `in_force` out, or mend `kind`");
        }
        (false, None) => {
            table.note("`in_force` is missing", "say from which day the text is in force, or mend `kind`");
        }
        _ => {}
    }
    if instrument.kind == Kind::Announcement {
        for key in ["items", "licences", "reviews", "exceptions", "caps", "ownership", "phases"] {
            if let Some(value) = table.get(key) {
                value.note(
                    format!("an announcement has no `{key}`: there is no text that could be applied"),
                    "say it under [[announced]], or mend `kind`",
                );
            }
        }
    }
}

/// `us/P02.toml` is of the authority `US` and has the identifier `P02`; identifiers of its rules begin with that.
fn check_path(table: &Table<'_, '_>, instrument: &Instrument) {
    let Instrument { id, authority, .. } = instrument;
    let path = format!("{}/{id}.toml", authority.code().to_ascii_lowercase());
    if table.text().path() != path {
        let remedy = format!("call the file {path}, or mend `id` or `authority`");
        table.note(format!("the file is of `{id}` of the authority {authority}"), remedy);
    }
    for (_, rule, spot) in names::given(table).ids {
        if rule != *id && !rule.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with('.')) {
            let what = format!("the identifier `{rule}` does not begin with that of its instrument");
            table.text().note(spot.fault(what, format!("call it `{id}.{rule}`")));
        }
    }
}
