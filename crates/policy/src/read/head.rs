//! `book.toml`: what the book is called and which days it is about.

use crate::book::FORMAT;
use crate::date::Date;
use crate::read::text::{Table, Text, Value, shown};

const KEYS: [&str; 5] = ["format", "name", "since", "as_of", "covers"];

/// The head of a book.
pub(crate) struct Head {
    /// Its name.
    pub name: String,
    /// The first day of which it says anything.
    pub since: Date,
    /// The day up to which texts were looked for.
    pub as_of: Date,
    /// What it is about.
    pub covers: Vec<String>,
}

/// Reads `book.toml`.
pub(crate) fn read(text: &Text<'_>) -> Option<Head> {
    let parsed = text.parse()?;
    let table = Table::root(text, &parsed, &KEYS);
    if let Some(value) = table.need("format")
        && let Some(format) = value.string()
        && format != FORMAT
    {
        value
            .note(format!("`{}` is no format that is read here", shown(format)), format!("write `{FORMAT}`"));
    }
    let name = table.prose("name");
    let since = table.need("since").and_then(Value::date);
    let as_of = table.need("as_of").and_then(Value::date);
    let covers = table.words("covers");
    let (since, as_of) = (since?, as_of?);
    if as_of < since {
        table
            .note(format!("the book ends on {as_of} before it begins on {since}"), "mend `since` or `as_of`");
    }
    Some(Head { name: name?, since, as_of, covers })
}
