//! Epochs: how long an answer to outsiders stands.

/// How long an epoch is, in days of verdict time.
pub(crate) const EPOCH_DAYS: u32 = 7;
const EPOCH_NS: i64 = EPOCH_DAYS as i64 * 86_400_000_000_000;

/// A week of verdict time. All chips share its bounds, which follow from the calendar alone: when somebody first asked
/// does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Epoch(i64);

impl Epoch {
    /// The epoch of a moment.
    pub(crate) const fn of(story_ns: i64) -> Self {
        Self(story_ns.div_euclid(EPOCH_NS))
    }

    /// Its number since 1970.
    pub(crate) const fn number(self) -> i64 {
        self.0
    }

    /// When it begins.
    pub(crate) const fn begin_ns(self) -> i64 {
        self.0.saturating_mul(EPOCH_NS)
    }

    /// When the next one does.
    pub(crate) const fn end_ns(self) -> i64 {
        self.begin_ns().saturating_add(EPOCH_NS)
    }
}

/// Whether what was seen at a moment still counts for an answer at another.
pub(crate) const fn is_fresh(seen_ns: i64, now_ns: i64) -> bool {
    now_ns.saturating_sub(seen_ns) <= EPOCH_NS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_is_in_one_epoch() {
        for moment in [-1, 0, 1, EPOCH_NS - 1, EPOCH_NS, 1_780_000_000_000_000_000, i64::MAX, i64::MIN] {
            let epoch = Epoch::of(moment);
            assert!(epoch.begin_ns() <= moment && moment <= epoch.end_ns());
        }
        assert_eq!(Epoch::of(EPOCH_NS).begin_ns(), Epoch::of(0).end_ns());
        assert_ne!(Epoch::of(-1), Epoch::of(0));
    }

    #[test]
    fn a_verdict_counts_for_as_long_as_an_epoch_lasts() {
        assert!(is_fresh(5, 5 + EPOCH_NS));
        assert!(!is_fresh(5, 6 + EPOCH_NS));
    }
}
