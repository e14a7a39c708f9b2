//! Verdict time: what clocks say, or in a simulation so many times as fast.

/// Turns a clock's time into verdict time, both in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Story {
    clock_ns: i64,
    story_ns: i64,
    factor: u32,
}

impl Story {
    /// Verdict time that is `story_ns` when clocks say `clock_ns`, and runs `factor` times as fast from there.
    pub(crate) const fn new(clock_ns: i64, story_ns: i64, factor: u32) -> Self {
        Self { clock_ns, story_ns, factor }
    }

    /// How many times as fast as clocks.
    pub(crate) const fn factor(&self) -> u32 {
        self.factor
    }

    /// Whether verdict time is not the time of clocks.
    pub(crate) const fn is_simulated(&self) -> bool {
        self.factor != 1
    }

    /// Verdict time at a clock's time.
    pub(crate) const fn at(&self, clock_ns: i64) -> i64 {
        let passed = clock_ns.saturating_sub(self.clock_ns);
        self.story_ns.saturating_add(passed.saturating_mul(self.factor as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_at_its_factor_and_goes_on_where_it_was() {
        let first = Story::new(1_000, 1_000, 60);
        assert_eq!(first.at(1_010), 1_600);
        let restarted = Story::new(1_010, first.at(1_010), 60);
        assert_eq!(restarted.at(1_020), first.at(1_020));
        assert_eq!(Story::new(5, 5, 1).at(77), 77);
    }
}
