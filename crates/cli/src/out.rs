//! The one place that writes: answers to standard output or a file, notes to standard error.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use crate::exit::Failure;

/// Where answers go.
pub(crate) struct Out {
    writer: Box<dyn Write>,
    styled: bool,
}

impl Out {
    /// Standard output, or a file.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            let stdout = io::stdout();
            let styled = stdout.is_terminal() && colours_wanted();
            return Ok(Self { writer: Box::new(BufWriter::new(stdout)), styled });
        };
        let file = File::create(path)
            .map_err(|error| Failure::machine(format!("cannot write `{}`: {error}", path.display())))?;
        Ok(Self { writer: Box::new(BufWriter::new(file)), styled: false })
    }

    /// Whether colours are wanted: only on a terminal, and not with `NO_COLOR`.
    pub(crate) const fn style(&self) -> Style {
        Style { on: self.styled }
    }

    /// Writes what is left. Call it last: what it says can be lost otherwise.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        Ok(self.writer.flush()?)
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A text from a file without control characters, which could steer the terminal that shows it.
pub(crate) fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// Whether standard output is a terminal.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether standard error is a terminal that shows colours.
#[cfg(any(feature = "landmark", feature = "agent"))]
pub(crate) fn stderr_is_coloured() -> bool {
    io::stderr().is_terminal() && colours_wanted()
}

fn colours_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    on: bool,
}

impl Style {
    /// Colour a word for good news, bad news, doubt, or as a heading.
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        if !self.on {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => "1;32",
            Tone::Bad => "1;31",
            Tone::Doubt => "1;33",
            Tone::Strong => "1",
            Tone::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// What a colour stands for. The words carry the meaning too: nothing is told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// What was hoped for.
    Good,
    /// What was feared.
    Bad,
    /// Neither.
    Doubt,
    /// A heading.
    Strong,
    /// Small print.
    Faint,
}

/// Tells people something beside the answer, on standard error. A closed standard error is no failure.
pub(crate) fn note(text: &str) {
    let lines: Vec<String> = text.lines().map(printable).collect();
    let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
}
