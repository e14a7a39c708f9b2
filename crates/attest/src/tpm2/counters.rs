//! What counts up in a TPM, held against what was seen before.

use crate::appraisal::Counters;
use crate::check::Check;
use crate::rejection::Rejection;

/// How far a TPM's clock may fall back when it loses power without warning, in milliseconds: it is saved at least this
/// often (TPM 2.0 Library, part 1, "Clock"). It then says that the clock is not safe.
pub const CLOCK_LOSS_MS_MAX: u64 = 1 << 22;

/// Whether counters can be those of the same TPM as some seen before, at the same moment or later. Both must come from
/// quotes by the same attestation key. Nothing here goes back in a TPM but by clearing it, which its owner can do: that
/// shows too, unless it counts as long again.
///
/// # Errors
/// Something went back: another TPM answers, or it was cleared.
pub fn counters_follow(before: &Counters, now: &Counters) -> Result<(), Rejection> {
    let boots = |counters: &Counters| (counters.resets, counters.restarts);
    let loss = if now.safe || boots(now) == boots(before) { 0 } else { CLOCK_LOSS_MS_MAX };
    let (was, is) = (before.clock_ms, now.clock_ms);
    let why = if boots(now) < boots(before) {
        let (was, is) = (boots(before), boots(now));
        format!("resets and restarts went back from {was:?} to {is:?}")
    } else if is.saturating_add(loss) < was {
        format!("the clock went back from {was} ms to {is} ms")
    } else {
        return Ok(());
    };
    let remedy = "another TPM answers, or this one was cleared: enrol it again";
    Err(Rejection::new(Check::Counters, format!("{why}; {remedy}")))
}

/// Whether nothing restarted between two quotes by the same attestation key.
#[must_use]
pub fn same_boot(opening: &Counters, closing: &Counters) -> bool {
    let boots = |counters: &Counters| (counters.resets, counters.restarts);
    boots(opening) == boots(closing) && opening.clock_ms <= closing.clock_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(resets: u32, restarts: u32, clock_ms: u64, safe: bool) -> Counters {
        Counters { resets, restarts, clock_ms, safe }
    }

    #[test]
    fn counters_go_on_or_are_refused() {
        let before = at(5, 2, 10_000_000, true);
        let goes_on = [
            before,
            at(5, 2, 10_000_001, true),
            at(5, 3, 10_000_000, true),
            at(6, 0, 10_000_000, true),
            at(6, 0, 10_000_000 - CLOCK_LOSS_MS_MAX, false),
        ];
        for now in goes_on {
            assert_eq!(counters_follow(&before, &now), Ok(()), "{now:?}");
        }
        let goes_back = [
            at(4, 9, 20_000_000, true),
            at(5, 1, 20_000_000, true),
            at(5, 2, 9_999_999, true),
            at(5, 2, 9_999_999, false),
            at(6, 0, 9_999_999, true),
            at(6, 0, 10_000_000 - CLOCK_LOSS_MS_MAX - 1, false),
            at(0, 0, 0, true),
        ];
        for now in goes_back {
            let refused = counters_follow(&before, &now).unwrap_err();
            assert_eq!(refused.check, Check::Counters, "{now:?}");
        }
    }

    #[test]
    fn a_restart_between_opening_and_closing_is_seen() {
        let opening = at(5, 2, 1_000, true);
        assert!(same_boot(&opening, &at(5, 2, 1_000, true)) && same_boot(&opening, &at(5, 2, 9_000, false)));
        let restarted =
            [at(6, 2, 9_000, true), at(5, 3, 9_000, true), at(4, 2, 9_000, true), at(5, 2, 999, true)];
        for closing in restarted {
            assert!(!same_boot(&opening, &closing), "{closing:?}");
        }
    }
}
