//! From files to a book. Every mistake is told, with file, line and remedy, not only the first.

mod announced;
mod bound;
mod cap;
mod chips;
mod classes;
mod clause;
mod exception;
pub(crate) mod facts;
mod flag;
mod goods;
mod group;
mod head;
mod instrument;
mod item;
mod kind;
mod licence;
mod membership;
mod mention;
mod names;
mod near;
mod ownership;
mod people;
mod phase;
mod places;
mod review;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::book::{BYTES_MAX, Book, FILES_MAX, Files, Group, NamedApart, TreatedAs};
use crate::date::Date;
use crate::digest;
use crate::fault::Fault;
use crate::groups_check::Table;
use crate::read::head::Head;
use crate::read::kind::FileKind;
use crate::read::mention::{Mention, Named, Names};
use crate::read::places::Placed;
use crate::read::text::Text;
use crate::sku::Sku;
use crate::spot::Spot;

/// The most mistakes that are told of a book.
pub const FAULTS_MAX: usize = 1_000;
const HEAD: &str = "book.toml";

impl Book {
    /// Reads a book from its files.
    ///
    /// # Errors
    /// Every mistake, by file and line, at most [`FAULTS_MAX`].
    pub fn read(files: &Files) -> Result<Self, Vec<Fault>> {
        let mut faults = too_much(files);
        if faults.is_empty() {
            let mut reading = Reading::default();
            let book = reading.book(files);
            faults = reading.faults;
            faults.sort();
            faults.dedup();
            faults.truncate(FAULTS_MAX);
            if let (Some(book), true) = (book, faults.is_empty()) {
                return Ok(book);
            }
        }
        Err(faults)
    }
}

/// Chips of a file of its own, in the form of `chips.toml`.
///
/// # Errors
/// Every mistake, by file and line.
pub fn chips_of(path: &str, text: &str) -> Result<Vec<Sku>, Vec<Fault>> {
    if text.len() > BYTES_MAX {
        let what = format!("the file has {} bytes", text.len());
        return Err(vec![Spot::file(path).fault(what, format!("keep to {BYTES_MAX}"))]);
    }
    let text = Text::new(path, text);
    let chips = chips::read(&text).into_iter().map(|(sku, _)| sku).collect();
    let (mut faults, _) = text.into_notes();
    faults.sort();
    if faults.is_empty() { Ok(chips) } else { Err(faults) }
}

/// A book while it is read.
#[derive(Default)]
struct Reading {
    faults: Vec<Fault>,
    mentions: Vec<Mention>,
    names: Names,
    placed: Vec<Placed>,
    table: Table,
    apart: Vec<NamedApart>,
}

impl Reading {
    fn book(&mut self, files: &Files) -> Option<Book> {
        let head = self.head(files);
        let as_of = head.as_ref().map_or(Date::MAX, |head| head.as_of);
        let mut book = empty(head, files);
        for (path, content) in files.iter().filter(|(path, _)| *path != HEAD) {
            let text = Text::of_book(path, content, as_of);
            self.file(&text, &mut book);
            self.take(text);
        }
        let unparsed = self.faults.iter().any(|fault| fault.what.starts_with(text::NO_TOML));
        if !unparsed {
            // A file that could not be read at all may give the names that seem to be missing.
            self.faults.extend(self.names.unknown(&self.mentions));
        }
        self.faults.extend(self.table.conflicts());
        self.check_apart();
        book.instruments.sort_by(|a, b| (a.known, &a.id).cmp(&(b.known, &b.id)));
        book.named_apart = std::mem::take(&mut self.apart);
        (!book.name.is_empty()).then_some(book)
    }

    fn head(&mut self, files: &Files) -> Option<Head> {
        let Some(content) = files.get(HEAD) else {
            self.faults.push(
                Spot::file(HEAD).fault("the file is missing", "write it; docs/rules.md says what is in it"),
            );
            return None;
        };
        let text = Text::new(HEAD, content);
        let head = head::read(&text);
        self.take(text);
        head
    }

    fn file(&mut self, text: &Text<'_>, book: &mut Book) {
        match FileKind::of(text.path()) {
            Some(FileKind::Instrument) => self.instrument(text, book),
            Some(FileKind::Group) => self.group(text, &mut book.groups),
            Some(FileKind::Treated) => self.treated(text, &mut book.treated_as),
            Some(FileKind::Flags) => {
                let (flags, ids) = flag::read(text);
                book.flags = flags;
                self.ids(ids);
            }
            Some(FileKind::Chips) => self.chips(text, book),
            Some(FileKind::Watch) => book.watch = flag::watch(text),
            Some(FileKind::Example) => {
                facts::of(text);
            }
            None => {
                let what = "there is no such file in a book";
                text.note(Spot::file(text.path()).fault(what, kind::REMEDY));
            }
        }
    }

    fn instrument(&mut self, text: &Text<'_>, book: &mut Book) {
        let read = instrument::read(text);
        self.ids(read.given.ids);
        for class in &read.given.classes {
            self.names.add(Named::Class, class);
            self.names.add(Named::Requirement, class);
        }
        self.placed.extend(read.placed);
        book.instruments.extend(read.instrument);
    }

    fn group(&mut self, text: &Text<'_>, groups: &mut BTreeMap<String, Group>) {
        let (read, given) = group::read(text);
        if let Some((name, spot)) = given {
            self.names.add(Named::Group, &name);
            self.faults.extend(self.names.add_id(&[], &name, &spot));
        }
        if let Some(read) = read {
            self.table.entries.extend(read.entries);
            groups.insert(read.group.name.clone(), read.group);
        }
    }

    fn chips(&mut self, text: &Text<'_>, book: &mut Book) {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for (sku, spot) in chips::read(text) {
            for name in sku.aliases.iter().chain([&sku.name]) {
                self.names.add(Named::Sku, name);
                if let Some(line) = names.insert(name.to_ascii_lowercase(), spot.line) {
                    let what = format!("the chip `{name}` is there twice: first in line {line}");
                    self.faults.push(spot.fault(what, "give each its own name, or take one out"));
                }
            }
            book.skus.insert(sku.name.clone(), sku);
        }
    }

    fn treated(&mut self, text: &Text<'_>, treated_as: &mut Vec<TreatedAs>) {
        let (treated, apart) = group::treated(text);
        *treated_as = treated;
        self.apart = apart;
    }

    fn ids(&mut self, ids: Vec<(&'static [Named], String, Spot)>) {
        for (kinds, id, spot) in ids {
            self.faults.extend(self.names.add_id(kinds, &id, &spot));
        }
    }

    fn take(&mut self, text: Text<'_>) {
        let (faults, mentions) = text.into_notes();
        self.faults.extend(faults);
        self.mentions.extend(mentions);
    }

    /// A place that is named apart must stand beside its group in every rule.
    fn check_apart(&mut self) {
        for apart in &self.apart {
            let (country, group) = (apart.country, &apart.beside);
            for (places, spot) in &self.placed {
                let within = places.groups.contains(group) && !places.countries.contains(country);
                let without = places.not_groups.contains(group) && !places.not_countries.contains(country);
                if within || without {
                    let key = if within { "countries" } else { "not_countries" };
                    let what = format!("`{group}` is named without `{country}`, which is not in it");
                    self.faults.push(spot.fault(what, format!("write `{country}` in `{key}` beside it")));
                }
            }
        }
    }
}

fn too_much(files: &Files) -> Vec<Fault> {
    let mut faults = Vec::new();
    let bytes: usize = files.values().map(String::len).sum();
    let book = |what, remedy| Spot::file(HEAD).fault(what, remedy);
    if files.len() > FILES_MAX {
        faults.push(book(format!("the book has {} files", files.len()), format!("keep to {FILES_MAX}")));
    }
    if bytes > BYTES_MAX {
        faults.push(book(format!("the book has {bytes} bytes"), format!("keep to {BYTES_MAX}")));
    }
    faults
}

/// A book without rules; without a name if its head could not be read.
fn empty(head: Option<Head>, files: &Files) -> Book {
    let none = Head { name: String::new(), since: Date::MIN, as_of: Date::MIN, covers: Vec::new() };
    let Head { name, since, as_of, covers } = head.unwrap_or(none);
    Book {
        name,
        since,
        as_of,
        covers,
        digest: digest::of(files),
        instruments: Vec::new(),
        groups: BTreeMap::new(),
        treated_as: Vec::new(),
        named_apart: Vec::new(),
        skus: BTreeMap::new(),
        flags: Vec::new(),
        watch: Vec::new(),
    }
}
