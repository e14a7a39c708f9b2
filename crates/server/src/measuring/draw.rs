//! When sessions come: at times that nobody can foresee, so many a day.

use std::time::Duration;

const DAY_NS: f64 = 86_400e9;
/// The longest gap, in means: one in 400 is cut, so that silence is never far from being noticed.
const GAP_MAX: f64 = 6.0;
/// The shortest gap, as a part of the mean: the session before has to be over.
const GAP_MIN: f64 = 0.02;

/// Draws gaps between the sessions of one agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    mean_ns: f64,
    least_ns: f64,
}

impl Draw {
    /// So many sessions a day; none for 0. No gap is shorter than `least`.
    pub(crate) fn new(per_day: u32, least: Duration) -> Option<Self> {
        (per_day > 0)
            .then(|| Self { mean_ns: DAY_NS / f64::from(per_day), least_ns: least.as_nanos() as f64 })
    }

    /// The next gap in nanoseconds: exponential, so that a gap so far says nothing of what is left of it.
    pub(crate) fn gap_ns(self, random: u64) -> i64 {
        // In (0, 1], so that the logarithm exists.
        let uniform = ((random >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        let means = (-uniform.ln()).clamp(GAP_MIN, GAP_MAX);
        (means * self.mean_ns).max(self.least_ns) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_have_the_mean_that_was_asked_for_and_no_memory() {
        let draw = Draw::new(12, Duration::ZERO).unwrap();
        let mut word = 1_u64;
        let mut gaps: Vec<f64> = (0..20_000)
            .map(|_| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                draw.gap_ns(word) as f64 / (DAY_NS / 12.0)
            })
            .collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        assert!((0.96..1.04).contains(&mean), "{mean}");
        gaps.sort_by(f64::total_cmp);
        // Half of an exponential lies below ln 2.
        assert!((0.66..0.73).contains(&gaps[10_000]), "{}", gaps[10_000]);
        assert!(gaps[0] >= GAP_MIN && gaps[19_999] <= GAP_MAX);
    }

    #[test]
    fn every_word_of_chance_gives_a_gap() {
        let draw = Draw::new(u32::MAX, Duration::from_secs(8)).unwrap();
        for word in [0, 1, u64::MAX, 1 << 11] {
            assert_eq!(draw.gap_ns(word), 8_000_000_000);
        }
        assert!(Draw::new(0, Duration::ZERO).is_none());
    }
}
