//! A CSV file with a header, read row by row; every fault names file, line, column and value.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::exit::Failure;

/// The longest value that a message repeats.
const SHOWN_CHARS_MAX: usize = 60;

/// A file that is being read.
pub(crate) struct Table {
    path: PathBuf,
    header: StringRecord,
    reader: csv::Reader<BufReader<File>>,
    record: StringRecord,
}

/// A column that the file may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    name: &'static str,
    index: Option<usize>,
}

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct Row<'table> {
    path: &'table Path,
    record: &'table StringRecord,
}

impl Table {
    /// Opens a file and reads its header.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let file =
            File::open(path).map_err(|error| Failure::input(format!("cannot read `{shown}`: {error}")))?;
        if file.metadata().is_ok_and(|meta| meta.is_dir()) {
            return Err(Failure::input(format!("cannot read `{shown}`: it is a folder, not a CSV file")));
        }
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(BufReader::with_capacity(1 << 16, file));
        let mut header = reader.headers().map_err(|error| fault_of(path, &error))?.clone();
        if let Some(first) = header.get(0).and_then(|first| first.strip_prefix('\u{feff}')) {
            let rest: Vec<&str> = header.iter().skip(1).collect();
            header = std::iter::once(first).chain(rest).collect();
        }
        if header.iter().all(str::is_empty) {
            return Err(Failure::input(format!(
                "{shown}: is empty; a header such as `id,lat,lon` is expected"
            )));
        }
        Ok(Self { path: path.to_owned(), header, reader, record: StringRecord::new() })
    }

    /// A column that may be missing.
    pub(crate) fn column(&self, name: &'static str) -> Column {
        Column { name, index: self.header.iter().position(|column| column == name) }
    }

    /// Columns that must be there; those that are not are all named.
    pub(crate) fn needed<const N: usize>(&self, names: [&'static str; N]) -> Result<[Column; N], Failure> {
        let columns = names.map(|name| self.column(name));
        let missing: Vec<String> =
            columns.iter().filter(|column| column.index.is_none()).map(|c| format!("`{}`", c.name)).collect();
        if missing.is_empty() {
            return Ok(columns);
        }
        let there: Vec<&str> = self.header.iter().collect();
        Err(Failure::input(format!(
            "{}:1: no column {}; the header has {}",
            self.path.display(),
            missing.join(", "),
            there.join(",")
        )))
    }

    /// The next row, or none at the end.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, Failure> {
        match self.reader.read_record(&mut self.record) {
            Ok(true) => Ok(Some(Row { path: &self.path, record: &self.record })),
            Ok(false) => Ok(None),
            Err(error) => Err(fault_of(&self.path, &error)),
        }
    }
}

impl Column {
    /// Whether the file has it.
    pub(crate) const fn is_there(self) -> bool {
        self.index.is_some()
    }
}

impl<'table> Row<'table> {
    /// The value in a column; empty when the file has no such column.
    pub(crate) fn get(self, column: Column) -> &'table str {
        column.index.and_then(|index| self.record.get(index)).unwrap_or("")
    }

    /// The line that the row begins on.
    pub(crate) fn line(self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    /// A fault of a value of this row.
    pub(crate) fn fault(self, column: Column, what: impl std::fmt::Display) -> Failure {
        let value: String = self.get(column).chars().take(SHOWN_CHARS_MAX).collect();
        let place = format!("{}:{}: column `{}`", self.path.display(), self.line(), column.name);
        if value.is_empty() {
            return Failure::input(format!("{place}: {what}"));
        }
        Failure::input(format!("{place}: `{value}` {what}"))
    }

    /// A number in a column, or none when it is empty.
    pub(crate) fn number(self, column: Column) -> Result<Option<f64>, Failure> {
        match self.get(column) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Some(number)),
                _ => Err(self.fault(column, "is not a decimal number")),
            },
        }
    }
}

fn fault_of(path: &Path, error: &csv::Error) -> Failure {
    let shown = path.display();
    let line = error.position().map_or(1, csv::Position::line);
    Failure::input(match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
            "{shown}:{line}: the row has {len} fields where the header has {expected_len}; quote values that hold commas"
        ),
        csv::ErrorKind::Utf8 { .. } => format!("{shown}:{line}: is not UTF-8 text; save the file as UTF-8"),
        csv::ErrorKind::Io(error) => format!("cannot read `{shown}`: {error}"),
        _ => format!("{shown}:{line}: {error}"),
    })
}
