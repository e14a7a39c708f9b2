//! What is printed.

use std::io::Write as _;

const NAME_WIDTH: usize = 66;
const VALUE_WIDTH: usize = 14;

/// A table that is printed row by row, as figures come.
pub(crate) struct Table;

impl Table {
    pub(crate) fn new(about: &str) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        say(&format!("{about}; {cores} cores, release build: {}", !cfg!(debug_assertions)));
        say(&format!("{:<NAME_WIDTH$} {:>VALUE_WIDTH$} {:>VALUE_WIDTH$}", "", "measured", "wanted"));
        Self
    }

    /// A figure, and what is wanted of it.
    pub(crate) fn row(&mut self, name: &str, measured: &str, wanted: &str) {
        say(&format!("{name:<NAME_WIDTH$} {measured:>VALUE_WIDTH$} {wanted:>VALUE_WIDTH$}"));
    }

    /// A time in microseconds.
    pub(crate) fn micros(&mut self, name: &str, measured: f64, wanted: &str) {
        self.row(name, &format!("{measured:.1} us"), wanted);
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{}", line.trim_end()).and_then(|()| out.flush());
}

pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
