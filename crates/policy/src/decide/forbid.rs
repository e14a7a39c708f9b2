//! What may not be, whatever licence is asked for: a policy of denial, or an application that was refused.

use crate::decision::Ruling;
use crate::rule::Review;
use crate::tri::Tri;

use super::review::Policy;
use super::shown::Shown;

/// The most lenient and the strictest ruling on one requirement. `unmet`: whether it applies and nothing takes it away.
pub(crate) fn rulings(unmet: Tri, refused: Tri, policy: &Policy) -> (Ruling, Ruling) {
    let best = if !unmet.must() {
        Ruling::Allow
    } else if refused.must() {
        Ruling::Deny
    } else {
        by_policy(policy.best())
    };
    let worst = if !unmet.may() {
        Ruling::Allow
    } else if refused.may() {
        Ruling::Deny
    } else {
        by_policy(policy.worst())
    };
    (best, worst)
}

/// Why it is forbidden, if it is or may be.
pub(crate) fn shown(unmet: Tri, refused: Shown, policy: &Policy) -> Shown {
    let denied = |review| by_policy(review) == Ruling::Deny;
    let by_policy = match (denied(policy.best()), denied(policy.worst())) {
        _ if !unmet.may() => Tri::No,
        (true, _) => Tri::Yes,
        (false, true) => Tri::Open,
        (false, false) => Tri::No,
    };
    let by_policy = Shown::from(by_policy).because(|| "policy of denial".to_owned());
    let refused = refused.because(|| "the application was refused".to_owned());
    let forbidden = by_policy.or(refused);
    forbidden.and(|| Shown::from(unmet))
}

fn by_policy(review: Option<Review>) -> Ruling {
    match review {
        Some(Review::PolicyOfDenial) => Ruling::Deny,
        review => Ruling::LicenceRequired(review),
    }
}
