//! From rows to books and back.

use std::time::Duration;

use hex::FromHex as _;
use lightcone_policy::{Book, Fault, Files};
use lightcone_pool::{Cost, Lane, Tenant};
use lightcone_store::RuleFile;
use tonic::Status;

use crate::compute::{Compute, Errand, Fault as Untold};

/// Whose turn it is when a book is read on nobody's behalf.
const TURN: &str = "rule books";
/// How long a book is expected to take, a kibibyte of it.
const KIBIBYTE: Duration = Duration::from_micros(50);

/// How long asking a book how its instruments stand is expected to take.
const LAW: Duration = Duration::from_micros(100);

/// How long reading a book is expected to take.
pub(crate) fn cost(files: &Files) -> Cost {
    cost_of(files.values().map(String::len).sum())
}

/// How long reading so many bytes of a book is expected to take.
pub(crate) fn cost_of(bytes: usize) -> Cost {
    Cost::from(KIBIBYTE * (1 + (bytes >> 10) as u32))
}

/// How long asking a book how its instruments stand is expected to take.
pub(crate) fn law_cost() -> Cost {
    Cost::from(LAW)
}

/// Reads a book that was kept, in the pool.
///
/// # Errors
/// The pool has no room for it; a book that held when it was entered and does not any more is INTERNAL.
pub(super) async fn kept(compute: &Compute, number: i64, files: Files) -> Result<Book, Status> {
    let errand = Errand { lane: Lane::Interactive, tenant: Tenant::named(TURN), deadline: None };
    let cost = cost(&files);
    let work = move |_: &_| {
        let unread = |faults: Vec<Fault>| Untold::Own(format!("rule book {number}: {}", first(&faults)));
        Book::read(&files).map_err(unread)
    };
    compute.run(errand, cost, work).await
}

/// The first of what is wrong.
pub(super) fn first(faults: &[Fault]) -> String {
    faults.first().map_or_else(|| "nothing is told".to_owned(), ToString::to_string)
}

/// The files of rows.
pub(super) fn files(rows: Vec<RuleFile>) -> Files {
    rows.into_iter().map(|row| (row.path, row.text)).collect()
}

/// The rows of files; the store sets whose they are.
pub(crate) fn file_rows(files: Files) -> Vec<RuleFile> {
    files.into_iter().map(|(path, text)| RuleFile { book: 0, path, text }).collect()
}

/// A digest's bytes.
pub(crate) fn sha256(digest: &str) -> Option<[u8; 32]> {
    <[u8; 32]>::from_hex(digest).ok()
}
