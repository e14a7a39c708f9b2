//! Arithmetic on exact ratios that says so when a number is too large, instead of wrapping around.

use num_rational::Ratio;

/// The sum; none: too large.
pub(crate) fn add(a: Ratio<i128>, b: Ratio<i128>) -> Option<Ratio<i128>> {
    // The denominators without what they share.
    let shared = Ratio::new(*a.denom(), *b.denom());
    let left = a.numer().checked_mul(*shared.denom())?;
    let right = b.numer().checked_mul(*shared.numer())?;
    let denominator = a.denom().checked_mul(*shared.denom())?;
    let numerator = left.checked_add(right).filter(|numerator| *numerator > i128::MIN)?;
    Some(Ratio::new(numerator, denominator))
}

/// The difference; none: too large.
pub(crate) fn sub(a: Ratio<i128>, b: Ratio<i128>) -> Option<Ratio<i128>> {
    add(a, Ratio::new_raw(b.numer().checked_neg()?, *b.denom()))
}

/// The product; none: too large.
pub(crate) fn mul(a: Ratio<i128>, b: Ratio<i128>) -> Option<Ratio<i128>> {
    // What is shared across goes first: what is left has no common factor.
    let one = Ratio::new(*a.numer(), *b.denom());
    let other = Ratio::new(*b.numer(), *a.denom());
    let numerator = one.numer().checked_mul(*other.numer())?;
    Some(Ratio::new_raw(numerator, one.denom().checked_mul(*other.denom())?))
}

/// The quotient; none: too large, or division by nothing.
pub(crate) fn div(a: Ratio<i128>, b: Ratio<i128>) -> Option<Ratio<i128>> {
    match *b.numer() {
        0 => None,
        numerator if numerator < 0 => {
            mul(a, Ratio::new_raw(b.denom().checked_neg()?, numerator.checked_neg()?))
        }
        numerator => mul(a, Ratio::new_raw(*b.denom(), numerator)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratio() -> impl Strategy<Value = Ratio<i128>> {
        (-1_000_000_i128..1_000_000, 1_i128..1_000_000).prop_map(|(above, below)| Ratio::new(above, below))
    }

    proptest! {
        #[test]
        fn where_nothing_overflows_it_is_plain_arithmetic(a in ratio(), b in ratio()) {
            prop_assert_eq!(add(a, b), Some(a + b));
            prop_assert_eq!(sub(a, b), Some(a - b));
            prop_assert_eq!(mul(a, b), Some(a * b));
            let quotient = (*b.numer() != 0).then(|| a / b);
            prop_assert_eq!(div(a, b), quotient);
        }

        #[test]
        fn nothing_panics(a: i128, b in 1_i128.., c: i128, d in 1_i128..) {
            let (a, c) = (a.max(-i128::MAX), c.max(-i128::MAX));
            let (left, right) = (Ratio::new(a, b), Ratio::new(c, d));
            for result in [add(left, right), sub(left, right), mul(left, right), div(left, right)].into_iter().flatten() {
                prop_assert!(*result.denom() > 0);
            }
        }
    }
}
