//! Where something stands in a file.

use crate::fault::Fault;

/// Where something stands in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, by its path in the book.
    pub file: String,
    /// The line, from 1; 0: the file as a whole.
    pub line: usize,
    /// The column, from 1; 0: the line as a whole.
    pub column: usize,
}

impl Spot {
    /// A whole file.
    #[must_use]
    pub fn file(path: &str) -> Self {
        Self { file: path.to_owned(), line: 0, column: 0 }
    }

    /// A byte of a text.
    #[must_use]
    pub fn at(path: &str, text: &str, at: usize) -> Self {
        let at = text.floor_char_boundary(at);
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Self { file: path.to_owned(), line, column: before[start..].chars().count() + 1 }
    }

    /// A mistake here.
    pub fn fault(&self, what: impl Into<String>, remedy: impl Into<String>) -> Fault {
        Fault {
            file: self.file.clone(),
            line: self.line,
            column: self.column,
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}
