//! How long work takes, learned from work done: what slices are cut by and what the pool is told.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lightcone_pool::Cost;

use crate::limits::BATCH_CREATE_MAX;

/// The weight of the newest measurement: about the last sixteen count.
const LEARNING_SHIFT: u32 = 4;
/// Picoseconds a unit before anything was learned; some 200 us for 150 landmarks and one liar.
const FIRST_PS: u64 = 250_000;
/// What a chip costs besides its round trips, in units.
const CHIP_UNITS: u64 = 100;
/// Landmarks squared that cost as much as one round trip, when they contradict one another.
const SQUARES_PER_UNIT: u64 = 64;
/// The least that is believed of a unit: work that fails at once teaches nothing about work that runs.
const LEAST_PS: u64 = 50_000;
/// How many times as much an explained verdict is expected to take.
const EXPLAIN_FACTOR: u64 = 20;

/// What an entry of a table costs to read and hold against others.
const ENTRY: Duration = Duration::from_nanos(500);

/// What a mesh to build or pairs to hold against each other cost.
pub(crate) fn table_cost(entries: usize) -> Cost {
    Cost::from(ENTRY * (1 + entries as u32))
}

/// What a new record costs to check: its keys are points of a curve.
pub(crate) fn entry_cost(entries: usize) -> Cost {
    const RECORD: Duration = Duration::from_micros(100);
    Cost::from(RECORD * (1 + entries.min(BATCH_CREATE_MAX) as u32))
}

/// What decisions by export rules cost.
pub(crate) fn decision_cost(decisions: usize) -> Cost {
    const DECISION: Duration = Duration::from_micros(100);
    Cost::from(DECISION * u32::try_from(1 + decisions).unwrap_or(u32::MAX))
}

/// Work in units that are proportional to time: round trips, more with more liars, and pairs of landmarks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Units(u64);

impl Units {
    /// One chip with so many round trips from so many landmarks.
    pub(crate) fn chip(round_trips: usize, landmarks: usize, liars: u32, explain: bool) -> Self {
        let seen = round_trips.min(landmarks) as u64;
        let linear = CHIP_UNITS + round_trips as u64 * (1 + u64::from(liars));
        let plain = linear + seen * seen / SQUARES_PER_UNIT;
        Self(if explain { plain * EXPLAIN_FACTOR } else { plain })
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// The time that a unit takes, in picoseconds, as the last work had it.
#[derive(Debug)]
pub(crate) struct Pace(AtomicU64);

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicU64::new(FIRST_PS))
    }
}

impl Pace {
    /// A pace that begins where another stands.
    pub(crate) fn like(other: &Self) -> Self {
        Self(AtomicU64::new(other.0.load(Ordering::Relaxed)))
    }

    /// How long so many units are expected to take.
    pub(crate) fn expect(&self, units: Units) -> Duration {
        Duration::from_nanos(units.0.saturating_mul(self.0.load(Ordering::Relaxed)) / 1_000)
    }

    /// The same, as the pool is told it.
    pub(crate) fn cost(&self, units: Units) -> Cost {
        self.expect(units).into()
    }

    /// Learns from work done. Two threads that learn at once may lose one lesson.
    pub(crate) fn learn(&self, units: Units, took: Duration) {
        let seen = took.as_nanos() as u64 * 1_000 / units.0.max(1);
        let known = self.0.load(Ordering::Relaxed);
        let step = seen.min(known.saturating_mul(8)).abs_diff(known) >> LEARNING_SHIFT;
        let next = if seen > known { known + step } else { known - step };
        self.0.store(next.max(LEAST_PS), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pace_comes_near_to_what_work_takes() {
        let (pace, units) = (Pace::default(), Units::chip(150, 150, 1, false));
        for _ in 0..200 {
            pace.learn(units, Duration::from_micros(80));
        }
        let micros = pace.expect(units).as_micros();
        assert!((75..=90).contains(&micros), "{micros}");
    }

    #[test]
    fn one_slow_slice_teaches_little() {
        let (pace, units) = (Pace::default(), Units::chip(150, 150, 1, false));
        let before = pace.expect(units);
        pace.learn(units, Duration::from_secs(60));
        assert!(pace.expect(units) < before * 2);
    }

    #[test]
    fn the_largest_locate_never_looks_short() {
        let (pace, most) = (Pace::default(), crate::limits::LOCATE_LANDMARKS_MAX);
        (0..1_000).for_each(|_| pace.learn(Units::chip(150, 150, 1, false), Duration::ZERO));
        assert!(pace.expect(Units::chip(most, most, 0, false)) >= crate::limits::BULK_ABOVE);
    }
}
