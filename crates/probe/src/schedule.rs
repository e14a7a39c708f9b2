//! When a landmark challenges: at moments that nobody can prepare for, all within a few seconds.

use crate::chance::{Chance, poisson_gap_ns, unit};

/// Challenges of a burst, and how many must bring nothing before a landmark stops.
pub const BURST: usize = 16;
/// What is left of a short window for the last answers, in nanoseconds: longer than any road on Earth takes.
const ANSWERS_NS: i64 = 500_000_000;
/// But no more than this part of it.
const ANSWERS_PART: i64 = 4;
/// Of the time within which all challenges go out, what bursts may fill at most; the rest is chance between them.
const FILL_MAX: f64 = 0.9;

/// How the challenges of a session are spread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// Mean gap between the challenges of a burst, in nanoseconds. Shorter when the bursts would not fit.
    pub gap_ns: i64,
    /// All go out within this of the window's beginning, in nanoseconds: a chip cannot go far meanwhile.
    pub within_ns: i64,
    /// Stop when the last 16 answers lowered the minimum by less than this, in nanoseconds; `None`: never stop early.
    pub settled_ns: Option<i64>,
}

impl Default for Schedule {
    /// Gaps of 50 ms, all within 5 s, settled at 20 µs.
    fn default() -> Self {
        Self { gap_ns: 50_000_000, within_ns: 5_000_000_000, settled_ns: Some(20_000) }
    }
}

impl Schedule {
    /// The same for a window that is over in so many nanoseconds: all go out while answers can still come.
    #[must_use]
    pub fn before(self, over_ns: i64) -> Self {
        let answers_ns = ANSWERS_NS.min(over_ns / ANSWERS_PART);
        Self { within_ns: self.within_ns.min(over_ns - answers_ns).max(0), ..self }
    }

    /// The moments of `probes` challenges from `from_ns` on, rising: bursts of 16 at random times, Poisson gaps
    /// inside them.
    #[must_use]
    pub fn draw(&self, probes: u16, from_ns: i64, chance: &mut impl Chance) -> Vec<i64> {
        let mut gaps: Vec<i64> = (0..probes).map(|_| poisson_gap_ns(self.gap_ns, chance)).collect();
        fit(&mut gaps, self.within_ns as f64 * FILL_MAX);
        let slack = (self.within_ns - gaps.iter().sum::<i64>()).max(0) as f64;
        let bursts = gaps.len().div_ceil(BURST);
        let mut starts: Vec<i64> = (0..bursts).map(|_| (unit(chance) * slack) as i64).collect();
        starts.sort_unstable();
        let mut spent = 0;
        let times = gaps.iter().enumerate().map(|(index, gap)| {
            spent += gap;
            from_ns + starts[index / BURST] + spent
        });
        times.collect()
    }
}

/// Shortens all gaps alike until they fit.
fn fit(gaps: &mut [i64], within_ns: f64) {
    let total = gaps.iter().sum::<i64>() as f64;
    if total > within_ns {
        gaps.iter_mut().for_each(|gap| *gap = (*gap as f64 * within_ns / total) as i64);
    }
}
