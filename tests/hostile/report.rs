//! What is printed, and whether it holds.

use std::io::Write as _;

use crate::attack::Attack;
use crate::good::Heard;

/// What part of their calls good clients must still get answered in time (R19).
const SHARE_MIN: f64 = 0.9;
/// How long a connection that says nothing may live, in seconds (R20).
const SILENT_MAX_S: f64 = 10.0;

/// A table that is printed row by row.
pub(crate) struct Report {
    peace: f64,
    holds: bool,
}

impl Report {
    pub(crate) fn new(peace: &Heard, memory_mib: f64) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        tell(&format!("{cores} cores, release build: {}", !cfg!(debug_assertions)));
        tell(
            "answered in time, of what is in peace; p99; beside an attack on another process; server's most memory",
        );
        let (share, p99) = (100.0 * peace.share, peace.p99_ms());
        tell(&format!("{:<14} {share:>6.1} % {p99:>7.1} ms {:>25} {memory_mib:>6.0} MiB", "in peace", ""));
        Self { peace: peace.share, holds: true }
    }

    pub(crate) fn row(
        &mut self,
        attack: Attack,
        (heard, said): &(Heard, String),
        (control, _): &(Heard, String),
        memory_mib: f64,
    ) {
        let of_peace = |heard: &Heard| heard.share / self.peace;
        let (share, elsewhere) = (of_peace(heard), of_peace(control));
        let holds = share >= SHARE_MIN || share / elsewhere >= SHARE_MIN;
        let holds = holds && (attack != Attack::Silent || are_gone(said));
        self.holds &= holds;
        let mark = if holds { "" } else { "  FAILS" };
        tell(&format!(
            "{:<14} {:>6.1} % {:>7.1} ms {:>12.1} % {:>7.1} ms {memory_mib:>6.0} MiB  {said}{mark}",
            attack.as_str(),
            100.0 * share,
            heard.p99_ms(),
            100.0 * elsewhere,
            control.p99_ms(),
        ));
    }

    pub(crate) fn holds(&self) -> bool {
        self.holds
    }
}

/// Whether no silent connection lived too long.
fn are_gone(said: &str) -> bool {
    let longest: Option<f64> = said.split(' ').next().and_then(|word| word.parse().ok());
    said.contains(", 0 of ") && longest.is_some_and(|longest| longest <= SILENT_MAX_S)
}

pub(crate) fn tell(line: &str) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{}", line.trim_end()).and_then(|()| out.flush());
}

pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
