//! A bar for long work: on standard error, and only when that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// Below so many steps a bar only flickers.
const STEPS_MIN: usize = 64;
const TEMPLATE: &str = "{msg} {bar:40} {human_pos} of {human_len}, {eta} left";

/// A bar of so many steps; it draws nothing when it is not wanted or nobody could see it.
pub(crate) fn bar(what: &'static str, steps: usize, quiet: bool) -> ProgressBar {
    if quiet || steps < STEPS_MIN {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(steps as u64).with_message(what);
    match ProgressStyle::with_template(TEMPLATE) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
