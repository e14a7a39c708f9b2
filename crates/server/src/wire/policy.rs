//! Rule books at the door.

use std::collections::btree_map::Entry;

use lightcone::v1;
use lightcone::v1::policy_version::State;
use lightcone_policy::rule::{Instrument, Kind};
use lightcone_policy::{Book, Date, Fault, Files, Law, Stand, digest, example};
use lightcone_store::{RuleBook, RuleBookState, RuleFile};

use super::Violation;
use super::decision::{force, grade, version_name};
use super::moment::timestamp;
use super::registry::{Page, required};
use super::violation::some_of;
use crate::limits::{
    BOOK_BYTES_MAX, BOOK_FAULTS_MAX, BOOK_FILES_MAX, BOOK_PATH_BYTES_MAX, INSTRUMENTS_MAX, REASON_BYTES_MAX,
};
use crate::rules::{number, sha256};

/// Reads the files of a book; what is in them is not looked at.
pub(crate) fn files(wire: Vec<v1::PolicyFile>) -> Result<Files, Violation> {
    some_of("files", wire.len(), BOOK_FILES_MAX, "send the files of the book, `book.toml` among them")?;
    let bytes: usize = wire.iter().map(|file| file.text.len()).sum();
    if bytes > BOOK_BYTES_MAX {
        return Err(Violation::too_long("files", bytes, BOOK_BYTES_MAX));
    }
    let mut files = Files::new();
    for (index, file) in wire.into_iter().enumerate() {
        let field = |violation: Violation| violation.at("files", index);
        check_path(&file.path).map_err(field)?;
        match files.entry(file.path) {
            Entry::Vacant(place) => drop(place.insert(file.text)),
            Entry::Occupied(taken) => {
                return Err(field(Violation::invalid("path", taken.key(), "a path that no other file has")));
            }
        }
    }
    Ok(files)
}

fn check_path(path: &str) -> Result<(), Violation> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
    if (1..=BOOK_PATH_BYTES_MAX).contains(&path.len()) && path.bytes().all(letter) {
        return Ok(());
    }
    let allowed = format!(
        "1 to {BOOK_PATH_BYTES_MAX} bytes of `a-z`, `A-Z`, `0-9`, `.`, `_`, `-` and `/`, such as us/P02.toml"
    );
    Err(Violation::invalid("path", path, &allowed))
}

/// What is wrong with a book.
pub(crate) fn faults(faults: &[Fault]) -> Vec<v1::PolicyFault> {
    let fault = |fault: &Fault| v1::PolicyFault {
        file: fault.file.clone(),
        line: u32::try_from(fault.line).unwrap_or(u32::MAX),
        column: u32::try_from(fault.column).unwrap_or(u32::MAX),
        what: fault.what.clone(),
        remedy: fault.remedy.clone(),
    };
    faults.iter().take(BOOK_FAULTS_MAX).map(fault).collect()
}

/// The answer on a book that was looked at.
pub(crate) fn validated(files: &Files, read: Result<Book, Vec<Fault>>) -> v1::ValidatePolicyResponse {
    let checked = read.and_then(|book| example::run(&book, files));
    let (checked, faults) = match checked {
        Ok(checked) => (checked, Vec::new()),
        Err(found) => (Vec::new(), faults(&found)),
    };
    let passed = checked.iter().filter(|checked| checked.wrong.is_empty()).count();
    v1::ValidatePolicyResponse {
        faults,
        sha256: digest::of(files),
        examples: checked.len() as u32,
        examples_passed: passed as u32,
    }
}

/// The row of a book that somebody enters.
pub(crate) fn entered(book: &Book, note: String, by: &str, now: i64) -> Option<RuleBook> {
    Some(RuleBook {
        number: 0,
        sha256: sha256(&book.digest)?,
        title: book.name.clone(),
        as_of: book.as_of.to_string(),
        state: RuleBookState::Draft,
        note,
        created_by: by.to_owned(),
        requested_by: String::new(),
        approved_by: String::new(),
        reason: String::new(),
        create_time: now,
        request_time: None,
        activate_time: None,
        retire_time: None,
        signed_by: Vec::new(),
        signature: Vec::new(),
    })
}

/// Why something is done, in a field that must be there.
pub(crate) fn why(field: &str, text: String) -> Result<String, Violation> {
    required(field, text, REASON_BYTES_MAX)
}

/// The number in a name that is of one version; `active` is not.
pub(crate) fn one(name: &str) -> Result<i64, Violation> {
    number("name", name)?.ok_or_else(|| {
        Violation::invalid("name", name, "`policyVersions/{number}`: name the one that you looked at")
    })
}

/// Checks that somebody looked at what a version is.
pub(crate) fn check_seen(told: &str, book: &RuleBook) -> Result<(), Violation> {
    let kept = hex::encode(book.sha256);
    if told.is_empty() {
        return Err(Violation::missing("sha256", "give that of the files that you looked at"));
    }
    if told.eq_ignore_ascii_case(&kept) {
        return Ok(());
    }
    let allowed = format!("`{kept}`, which is {}; look at its files again", version_name(book.number));
    Err(Violation::invalid("sha256", told, &allowed))
}

/// Reads which page is asked for, and the number before which it begins.
pub(crate) fn listed(mut wire: v1::ListPolicyVersionsRequest) -> Result<(Page, Option<i64>), Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    let page = Page::read("ListPolicyVersions", size, &token, &wire)?;
    let before = page.after.as_deref().map(str::parse).transpose();
    before.map(|before| (page, before)).map_err(|_| Violation::bad_token("page_token"))
}

/// A page of versions.
pub(crate) fn page(page: &Page, found: Vec<RuleBook>) -> v1::ListPolicyVersionsResponse {
    let last = found.last().map(|book| book.number.to_string());
    let next_page_token = page.next(found.len(), last.as_deref());
    v1::ListPolicyVersionsResponse {
        policy_versions: found.into_iter().map(shown).collect(),
        next_page_token,
    }
}

/// A version in the contract's words, without instruments and files.
pub(crate) fn shown(book: RuleBook) -> v1::PolicyVersion {
    let state = match book.state {
        RuleBookState::Draft => State::Draft,
        RuleBookState::Requested => State::Requested,
        RuleBookState::Active => State::Active,
        RuleBookState::Retired => State::Retired,
    };
    v1::PolicyVersion {
        name: version_name(book.number),
        title: book.title,
        sha256: hex::encode(book.sha256),
        as_of: book.as_of,
        state: state as i32,
        note: book.note,
        created_by: book.created_by,
        requested_by: book.requested_by,
        approved_by: book.approved_by,
        create_time: Some(timestamp(book.create_time)),
        activate_time: book.activate_time.map(timestamp),
        signed_by: hex::encode(book.signed_by),
        instruments: Vec::new(),
        files: Vec::new(),
    }
}

/// The files of a version.
pub(crate) fn shown_files(rows: Vec<RuleFile>) -> Vec<v1::PolicyFile> {
    rows.into_iter().map(|row| v1::PolicyFile { path: row.path, text: row.text }).collect()
}

/// The instruments of a book, as they stand on a day.
pub(crate) fn instruments(book: &Book, today: Date) -> Vec<v1::Instrument> {
    let law = Law::new(book, Stand::on(today));
    let shown = |(instrument, stands): (&Instrument, _)| v1::Instrument {
        id: instrument.id.clone(),
        title: instrument.title.clone(),
        citation: instrument.citation.clone(),
        kind: kind(instrument.kind).to_owned(),
        known_on: instrument.known.to_string(),
        in_force_on: instrument.in_force.map(|day| day.to_string()).unwrap_or_default(),
        force: force(stands) as i32,
        grade: grade(instrument.source.grade) as i32,
        summary: instrument.summary.clone(),
    };
    law.instruments().take(INSTRUMENTS_MAX).map(shown).collect()
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Rule => "rule",
        Kind::Letter => "letter",
        Kind::Guidance => "guidance",
        Kind::Announcement => "announcement",
        Kind::Bill => "bill",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, bytes: usize) -> v1::PolicyFile {
        v1::PolicyFile { path: path.to_owned(), text: "x".repeat(bytes) }
    }

    #[test]
    fn files_have_paths_of_their_own_and_limits() {
        let read = files(vec![file("us/P02.toml", 2), file("book.toml", 1)]).unwrap();
        assert_eq!(read.keys().collect::<Vec<_>>(), ["book.toml", "us/P02.toml"]);
        for (wrong, field) in [
            (vec![], "files"),
            (vec![file("a", 1), file("a", 2)], "files[1].path"),
            (vec![file("a b", 1)], "files[0].path"),
            (vec![file("", 1)], "files[0].path"),
            (vec![file("a", 0), file(&"a".repeat(129), 1)], "files[1].path"),
            (vec![file("a", BOOK_BYTES_MAX), file("b", 1)], "files"),
            (vec![file("a", 0); BOOK_FILES_MAX + 1], "files"),
        ] {
            assert_eq!(files(wrong).unwrap_err().field, field);
        }
    }
}
