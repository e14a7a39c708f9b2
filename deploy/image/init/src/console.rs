//! What people can read: lines on the console. Nothing is ever read from it.

use std::fmt::Arguments;
use std::io::Write as _;

/// One line. Where there is no console, nobody reads it.
pub(crate) fn say(line: Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "lightcone-init: {line}");
}
