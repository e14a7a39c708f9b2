//! One file while it is read: values with their places, and every mistake, not only the first.
//!
//! Rule files are not read by `serde`'s derived readers: those stop at the first mistake, and an author who mends one
//! at a time needs a round for each. Here each value is asked for by itself; what is wrong is noted and `None` comes
//! back, and the reader goes on.

use std::cell::RefCell;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as WordError;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::country::Country;
use crate::date::Date;
use crate::fault::Fault;
use crate::iso;
use crate::read::mention::{Mention, Named};
use crate::read::near;
use crate::source::{Grade, Source};
use crate::spot::Spot;

/// How the mistake begins that a file is no TOML at all.
pub(crate) const NO_TOML: &str = "this is no TOML";
/// The most characters of a value that a fault shows.
const SHOWN_MAX: usize = 60;

/// One file while it is read.
pub(crate) struct Text<'t> {
    path: &'t str,
    text: &'t str,
    /// The day up to which the book's author looked.
    as_of: Date,
    faults: RefCell<Vec<Fault>>,
    mentions: RefCell<Vec<Mention>>,
}

impl<'t> Text<'t> {
    /// A file by its path in the book.
    pub(crate) const fn new(path: &'t str, text: &'t str) -> Self {
        Self::of_book(path, text, Date::MAX)
    }

    /// A file of a book whose author looked up to a day.
    pub(crate) const fn of_book(path: &'t str, text: &'t str, as_of: Date) -> Self {
        Self { path, text, as_of, faults: RefCell::new(Vec::new()), mentions: RefCell::new(Vec::new()) }
    }

    /// Its path.
    pub(crate) const fn path(&self) -> &'t str {
        self.path
    }

    /// Its values; none if it is no TOML, which is noted.
    pub(crate) fn parse(&self) -> Option<Spanned<DeTable<'t>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let spot = error.span().map_or_else(|| Spot::file(self.path), |span| self.spot(span.start));
            let what = format!("{NO_TOML}: {}", one_line(error.message()));
            self.note(
                spot.fault(what, "mend it; dates are bare, such as 2023-11-17, and texts stand in quotes"),
            );
        }
        errors.is_empty().then_some(table)
    }

    /// The place of a byte.
    pub(crate) fn spot(&self, at: usize) -> Spot {
        Spot::at(self.path, self.text, at)
    }

    /// Notes a mistake.
    pub(crate) fn note(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    /// How many mistakes were noted so far.
    pub(crate) fn count(&self) -> usize {
        self.faults.borrow().len()
    }

    /// Notes that something is named that must be somewhere in the book.
    pub(crate) fn mention(&self, mention: Mention) {
        self.mentions.borrow_mut().push(mention);
    }

    /// What was wrong, and what was named.
    pub(crate) fn into_notes(self) -> (Vec<Fault>, Vec<Mention>) {
        (self.faults.into_inner(), self.mentions.into_inner())
    }
}

/// A table of a file, all of whose keys are known.
pub(crate) struct Table<'v, 't> {
    text: &'v Text<'t>,
    table: &'v DeTable<'t>,
    spot: Spot,
}

impl<'v, 't> Table<'v, 't> {
    /// A file's outermost table. Keys that are not among the known are noted.
    pub(crate) fn root(text: &'v Text<'t>, table: &'v Spanned<DeTable<'t>>, keys: &[&str]) -> Self {
        let table = Self { text, table: table.get_ref(), spot: Spot::file(text.path) };
        table.refuse_unknown(keys);
        table
    }

    /// Where it begins.
    pub(crate) fn spot(&self) -> &Spot {
        &self.spot
    }

    /// The file.
    pub(crate) const fn text(&self) -> &'v Text<'t> {
        self.text
    }

    /// Notes a mistake of the table as a whole.
    pub(crate) fn note(&self, what: impl Into<String>, remedy: impl Into<String>) {
        self.text.note(self.spot.fault(what, remedy));
    }

    /// A value, if it is there.
    pub(crate) fn get(&self, key: &'v str) -> Option<Value<'v, 't>> {
        let value = self.table.get(key)?;
        Some(Value { text: self.text, key, value })
    }

    /// A value; that it is missing is noted.
    pub(crate) fn need(&self, key: &'v str) -> Option<Value<'v, 't>> {
        let value = self.get(key);
        if value.is_none() {
            self.note(format!("`{key}` is missing"), remedy_of(key));
        }
        value
    }

    /// A list of values; none at all if the key is absent.
    pub(crate) fn list(&self, key: &'v str) -> Vec<Value<'v, 't>> {
        self.get(key).and_then(Value::list).unwrap_or_default()
    }

    /// A list of words; none at all if the key is absent.
    pub(crate) fn words<T: for<'de> Deserialize<'de>>(&self, key: &'v str) -> Vec<T> {
        self.list(key).into_iter().filter_map(|value| value.word()).collect()
    }

    /// A list of names of things that must be somewhere in the book.
    pub(crate) fn names(&self, key: &'v str, kind: Named) -> Vec<String> {
        self.list(key).into_iter().filter_map(|value| value.name(kind)).collect()
    }

    /// A list of destinations.
    pub(crate) fn countries(&self, key: &'v str) -> Vec<Country> {
        self.list(key).into_iter().filter_map(|value| value.country()).collect()
    }

    /// Plain text; that it is missing or empty is noted.
    pub(crate) fn prose(&self, key: &'v str) -> Option<String> {
        let value = self.need(key)?;
        let prose = value.string()?.split_whitespace().collect::<Vec<_>>().join(" ");
        if prose.is_empty() {
            value.note(format!("`{key}` is empty"), remedy_of(key));
        }
        Some(prose)
    }

    /// Plain text that may be absent.
    pub(crate) fn prose_or_empty(&self, key: &'v str) -> String {
        self.get(key).and_then(|_| self.prose(key)).unwrap_or_default()
    }

    /// Yes or no; no if it is absent.
    pub(crate) fn flag(&self, key: &'v str) -> bool {
        self.get(key).and_then(Value::flag).unwrap_or_default()
    }

    /// A grade that may be absent.
    pub(crate) fn grade(&self) -> Option<Grade> {
        self.get("grade").and_then(|value| value.word())
    }

    /// Where the table's facts are from: `grade`, `source` and, perhaps, `read`.
    pub(crate) fn source(&self) -> Option<Source> {
        let grade = self.need("grade").and_then(|value| value.word());
        let source = self.prose("source");
        let read = self.get("read").and_then(Value::date);
        Some(Source { grade: grade?, source: source?, read })
    }

    /// A text of a key, without a note if there is none.
    pub(crate) fn peek(&self, key: &str) -> Option<(String, Spot)> {
        peek(self.text, self.table, key)
    }

    /// The texts of a key of each table of a list, without a note where there is none.
    pub(crate) fn peek_each(&self, list: &str, key: &str) -> Vec<(String, Spot)> {
        let list = self.table.get(list).and_then(|list| list.get_ref().as_array());
        let tables =
            list.into_iter().flat_map(|list| list.iter().filter_map(|item| item.get_ref().as_table()));
        tables.filter_map(|table| peek(self.text, table, key)).collect()
    }

    /// Since when something is known, which is not after the book.
    pub(crate) fn known(&self) -> Option<Date> {
        let value = self.need("known")?;
        let known = value.date()?;
        if known > self.text.as_of {
            let what = format!("it is known since {known}, after the book's `as_of` {}", self.text.as_of);
            value.note(what, "mend the day, or `as_of` in book.toml");
        }
        Some(known)
    }

    fn refuse_unknown(&self, keys: &[&str]) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) {
                let what = format!("`{}` is no key here", shown(name));
                let spot = self.text.spot(key.span().start);
                self.text.note(
                    spot.fault(what, near::remedy(name, keys.iter().copied(), "take it out, or write")),
                );
            }
        }
    }
}

/// A value of a file.
#[derive(Clone, Copy)]
pub(crate) struct Value<'v, 't> {
    text: &'v Text<'t>,
    key: &'v str,
    value: &'v Spanned<DeValue<'t>>,
}

impl<'v, 't> Value<'v, 't> {
    /// Where it stands.
    pub(crate) fn spot(self) -> Spot {
        self.text.spot(self.value.span().start)
    }

    /// Notes a mistake of it.
    pub(crate) fn note(self, what: impl Into<String>, remedy: impl Into<String>) {
        self.text.note(self.spot().fault(what, remedy));
    }

    /// Whether it is a table.
    pub(crate) fn is_table(self) -> bool {
        self.value.get_ref().is_table()
    }

    /// A string.
    pub(crate) fn string(self) -> Option<&'v str> {
        let string = self.value.get_ref().as_str();
        self.expect(string, "a text in quotes")
    }

    /// Yes or no.
    pub(crate) fn flag(self) -> Option<bool> {
        self.expect(self.value.get_ref().as_bool(), "true or false")
    }

    /// A list.
    pub(crate) fn list(self) -> Option<Vec<Self>> {
        let array = self.expect(self.value.get_ref().as_array(), "a list in [ ]")?;
        Some(array.iter().map(|value| Self { value, ..self }).collect())
    }

    /// A table, all of whose keys are known.
    pub(crate) fn table(self, keys: &[&str]) -> Option<Table<'v, 't>> {
        let table = self.expect(self.value.get_ref().as_table(), "a table")?;
        let table = Table { text: self.text, table, spot: self.spot() };
        table.refuse_unknown(keys);
        Some(table)
    }

    /// A table of any keys.
    pub(crate) fn entries(self) -> Option<Vec<(&'v str, Self)>> {
        let table = self.expect(self.value.get_ref().as_table(), "a table")?;
        Some(table.iter().map(|(key, value)| (key.get_ref().as_ref(), Self { value, ..self })).collect())
    }

    /// A day, bare or in quotes.
    pub(crate) fn date(self) -> Option<Date> {
        let written = match self.value.get_ref() {
            DeValue::Datetime(day) => day.to_string(),
            DeValue::String(day) => day.to_string(),
            _ => return self.expect(None, "a day, such as 2023-11-17"),
        };
        self.parse(&written)
    }

    /// A quantity without a unit, as a number or in quotes.
    pub(crate) fn measure(self) -> Option<crate::measure::Measure> {
        let written = match self.value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            DeValue::String(number) => number,
            _ => return self.expect(None, "a number"),
        };
        self.parse(written)
    }

    /// A destination by its code.
    pub(crate) fn country(self) -> Option<Country> {
        let code = self.string()?;
        let country: Country = self.parse(code)?;
        if iso::is_code(country) {
            return Some(country);
        }
        let remedy = iso::mistaken(code).map_or_else(
            || "look it up in ISO 3166-1; the sea is XZ".to_owned(),
            |meant| format!("write {meant}"),
        );
        self.note(format!("`{code}` is the code of no country"), remedy);
        None
    }

    /// One of a few words.
    pub(crate) fn word<T: for<'de> Deserialize<'de>>(self) -> Option<T> {
        let word = self.string()?;
        let read: Result<T, WordError> = T::deserialize(word.into_deserializer());
        if let Err(error) = &read {
            let error = error.to_string();
            let one_of = error.split_once("expected ").map_or(error.as_str(), |(_, words)| words);
            self.note(format!("`{}` is no {}", shown(word), self.key), format!("write {one_of}"));
        }
        read.ok()
    }

    /// The name of something that must be somewhere in the book.
    pub(crate) fn name(self, kind: Named) -> Option<String> {
        let name = self.string()?.to_owned();
        self.mention(kind, &name);
        Some(name)
    }

    /// Notes that it names something that must be somewhere in the book.
    pub(crate) fn mention(self, kind: Named, name: &str) {
        self.text.mention(Mention { kind, name: name.to_owned(), spot: self.spot() });
    }

    /// Something that says itself how it is written.
    fn parse<T: FromStr<Err: std::fmt::Display>>(self, written: &str) -> Option<T> {
        let read = written.parse::<T>();
        if let Err(error) = &read {
            let error = error.to_string();
            let (what, remedy) = error.split_once(": ").unwrap_or((&error, "mend it"));
            self.note(what, remedy);
        }
        read.ok()
    }

    fn expect<T>(self, value: Option<T>, meant: &str) -> Option<T> {
        if value.is_none() {
            let found = self.value.get_ref().type_str();
            self.note(format!("`{}` is of type {found}", self.key), format!("write {meant}"));
        }
        value
    }
}

fn peek(text: &Text<'_>, table: &DeTable<'_>, key: &str) -> Option<(String, Spot)> {
    let value = table.get(key)?;
    Some((value.get_ref().as_str()?.to_owned(), text.spot(value.span().start)))
}

/// What a fault shows of a value.
pub(crate) fn shown(value: &str) -> String {
    let clean = one_line(value);
    match clean.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn remedy_of(key: &str) -> String {
    match key {
        "grade" => "say how well it is known: V primary text, S secondary, K common knowledge, I inferred, U unverified",
        "source" => "say in a few words from where it is known",
        "known" => "say since which day it is known, such as known = 2023-10-25",
        "in_force" => "say from which day the text is in force; an announcement or bill has none",
        "text" => "say in plain words what the rule does",
        _ => return format!("add `{key} = …`; docs/rules.md explains it"),
    }
    .to_owned()
}
