//! Rule books in folders, and the rules of a day out of one.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use lightcone_policy::book::{BYTES_MAX, FILES_MAX};
use lightcone_policy::rule::Kind;
use lightcone_policy::{Book, Date, Example, Fault, Files, Sense, Stand, built_in, example};

use crate::args::{BookArgs, StandArgs};
use crate::exit::{Failure, Outcome};

/// The files of a book: of a folder, or those that are built in.
pub(crate) fn files(folder: Option<&Path>) -> Outcome<Files> {
    folder.map_or_else(|| Ok(built_in::files()), in_folder)
}

/// A book: of a folder, or the one that is built in.
pub(crate) fn open(args: &BookArgs) -> Outcome<Book> {
    read(&files(args.rules.as_deref())?, args.rules.as_deref())
}

/// A book from its files. Every mistake is told.
pub(crate) fn read(files: &Files, folder: Option<&Path>) -> Outcome<Book> {
    Book::read(files).map_err(|faults| told(&faults, folder))
}

/// Mistakes, each with the file as the caller knows it, one a line.
pub(crate) fn told(faults: &[Fault], folder: Option<&Path>) -> Failure {
    let count = match faults.len() {
        1 => "1 mistake".to_owned(),
        count => format!("{count} mistakes"),
    };
    let lines = faults.iter().map(|fault| match folder {
        None => fault.to_string(),
        Some(folder) => format!("{}/{fault}", folder.display()),
    });
    let lines: Vec<String> = std::iter::once(count).chain(lines).collect();
    Failure::input(lines.join("\n"))
}

/// Facts of a case in a file. Every mistake is told.
pub(crate) fn facts(path: &Path) -> Outcome<Example> {
    let text = text(path, example::BYTES_MAX)?;
    Example::read(&path.display().to_string(), &text).map_err(|faults| told(&faults, None))
}

/// By which rules.
pub(crate) fn stand(book: &Book, args: &StandArgs) -> Outcome<Stand> {
    let mut stand = match &args.under {
        Some(id) => version(book, id)?,
        None => Stand::on(args.on.map_or_else(today, Ok)?),
    };
    if args.under.is_none() && stand.valid_on < book.since {
        return Err(Failure::usage(format!(
            "`{}` is before the rule book begins: it tells of {} and later",
            stand.valid_on, book.since
        )));
    }
    if let Some(known) = args.known {
        stand.known_on = known;
    }
    if args.as_written {
        stand.sense = Sense::AsWritten;
    }
    for id in &args.draft {
        stand.drafts.insert(draft(book, id)?);
    }
    Ok(stand)
}

/// The rules of a version such as `P02`, or of a day.
pub(crate) fn stand_of(book: &Book, when: &str) -> Outcome<Stand> {
    match when.parse::<Date>() {
        Ok(day) => Ok(Stand::on(day)),
        Err(_) => version(book, when),
    }
}

/// A bill that is applied as if it were law.
pub(crate) fn draft(book: &Book, id: &str) -> Outcome<String> {
    let bills = book.instruments.iter().filter(|text| text.kind == Kind::Bill);
    let known: Vec<&str> = bills.map(|text| text.id.as_str()).collect();
    match known.contains(&id) {
        true => Ok(id.to_owned()),
        false => {
            let has = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            Err(Failure::usage(format!("`{id}` is no bill of this rule book; it has {has}")))
        }
    }
}

/// Today, by this machine's clock, in UTC.
pub(crate) fn today() -> Outcome<Date> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let seconds = since.and_then(|since| i64::try_from(since.as_secs()).ok());
    let remedy = "this machine's clock shows no day after 1970: set it, or name a day with --on";
    seconds.and_then(Date::of_unix_s).ok_or_else(|| Failure::machine(remedy))
}

fn version(book: &Book, id: &str) -> Outcome<Stand> {
    let versions = book.versions();
    if let Some(version) = versions.iter().find(|version| version.id == id) {
        return Ok(version.stand());
    }
    let ids: Vec<&str> = versions.iter().map(|version| version.id.as_str()).collect();
    let why = match book.instrument(id) {
        Some(text) if text.in_force.is_none() => "was only announced: it changes no rules",
        Some(_) => "changes no rules that this book tells of",
        None => "is neither a day such as 2026-01-16 nor a text of this rule book",
    };
    Err(Failure::usage(format!("`{id}` {why}; its versions are {}", ids.join(", "))))
}

fn in_folder(folder: &Path) -> Outcome<Files> {
    let mut files = Files::new();
    let mut bytes_left = BYTES_MAX;
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in listed(&next)? {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = text(&path, bytes_left)?;
            bytes_left = bytes_left.saturating_sub(text.len());
            files.insert(within(folder, &path)?, text);
            if files.len() > FILES_MAX {
                let folder = folder.display();
                return Err(Failure::input(format!(
                    "`{folder}` has more than {FILES_MAX} files: give the rule book's folder"
                )));
            }
        }
    }
    Ok(files)
}

/// What is in a folder, but for hidden files.
fn listed(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let entries = entries.map_err(|error| unread(folder, &error))?;
    let is_hidden =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    Ok(entries.into_iter().map(|entry| entry.path()).filter(|path| !is_hidden(path)).collect())
}

fn text(path: &Path, bytes_max: usize) -> Outcome<String> {
    let mut text = String::new();
    let file = File::open(path).map_err(|error| unread(path, &error))?;
    let read =
        file.take(bytes_max as u64 + 1).read_to_string(&mut text).map_err(|error| unread(path, &error))?;
    if read > bytes_max {
        let path = path.display();
        return Err(Failure::input(format!("`{path}` is too long: {bytes_max} bytes are left for it")));
    }
    Ok(text)
}

/// A path as the book has it: parts with `/` between them.
fn within(folder: &Path, path: &Path) -> Outcome<String> {
    let parts = path.strip_prefix(folder).ok().map(|path| path.iter().map(|part| part.to_str()));
    let parts: Option<Vec<&str>> = parts.and_then(|mut parts| {
        parts.try_fold(Vec::new(), |mut all, part| {
            all.push(part?);
            Some(all)
        })
    });
    let parts =
        parts.ok_or_else(|| Failure::input(format!("`{}` has a name that is no UTF-8", path.display())))?;
    Ok(parts.join("/"))
}

fn unread(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("cannot read `{}`: {error}", path.display()))
}
