//! Lines of aligned columns.

use std::io::{self, Write};

use crate::out::{Style, Tone};

/// Which side of a column is even.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table of cells, some of them coloured.
pub(crate) struct Columns {
    heads: Vec<(&'static str, Align)>,
    rows: Vec<Vec<(String, Option<Tone>)>>,
}

impl Columns {
    /// A table without rows.
    pub(crate) fn new(heads: Vec<(&'static str, Align)>) -> Self {
        Self { heads, rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<(String, Option<Tone>)>) {
        self.rows.push(cells);
    }

    /// Writes head and rows, two spaces between columns.
    pub(crate) fn write(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        let width = |index: usize| {
            let cells =
                self.rows.iter().filter_map(|row| row.get(index)).map(|(text, _)| text.chars().count());
            cells.chain([self.heads[index].0.chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.heads.len()).map(width).collect();
        let head = self.heads.iter().map(|(text, _)| ((*text).to_owned(), Some(Tone::Strong))).collect();
        for row in std::iter::once(&head).chain(&self.rows) {
            let mut line = String::new();
            for (index, (text, tone)) in row.iter().enumerate() {
                let padding = " ".repeat(widths[index].saturating_sub(text.chars().count()));
                let painted = tone.map_or_else(|| text.clone(), |tone| style.paint(tone, text));
                match self.heads[index].1 {
                    Align::Left => line += &format!("{painted}{padding}  "),
                    Align::Right => line += &format!("{padding}{painted}  "),
                }
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
