//! Exact quantities: a threshold is met or not, never by rounding.

use std::fmt;
use std::str::FromStr;

use num_rational::Ratio;
use serde::{Deserialize, Serialize};

use crate::exact;

/// The most digits before and after the point of a quantity that is read.
pub const DIGITS_MAX: usize = 12;
const SHOWN_DIGITS: usize = 3;

/// A quantity, zero or more, exactly. Its unit is its metric's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Measure(Ratio<i128>);

/// Not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is no quantity: write a plain decimal of zero or more, such as 5.92, with at most {DIGITS_MAX} digits before and after the point"
)]
pub struct InvalidMeasure {
    /// What was found.
    pub found: String,
}

impl Measure {
    /// Nothing.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));
    /// The largest.
    pub const MAX: Self = Self(Ratio::new_raw(i128::MAX, 1));

    /// A whole quantity.
    #[must_use]
    pub const fn whole(value: u64) -> Self {
        Self(Ratio::new_raw(value as i128, 1))
    }

    /// The exact ratio.
    #[must_use]
    pub const fn ratio(self) -> Ratio<i128> {
        self.0
    }

    /// A ratio of zero or more.
    #[must_use]
    pub fn of_ratio(ratio: Ratio<i128>) -> Option<Self> {
        (*ratio.numer() >= 0 && *ratio.denom() > 0).then_some(Self(ratio))
    }

    /// That many times as much; [`Self::MAX`] where that would be too large.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        exact::mul(self.0, Ratio::from_integer(i128::from(count))).map_or(Self::MAX, Self)
    }

    /// Both together; none: too large.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        exact::add(self.0, other.0).map(Self)
    }

    /// What is left without the other; none: it is less than nothing.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        exact::sub(self.0, other.0).and_then(Self::of_ratio)
    }

    /// How far the two are apart; none: too large.
    #[must_use]
    pub fn distance(self, other: Self) -> Option<Self> {
        if self < other { other.minus(self) } else { self.minus(other) }
    }

    /// So many of the other; none: too large.
    #[must_use]
    pub fn by(self, other: Self) -> Option<Self> {
        exact::mul(self.0, other.0).map(Self)
    }

    /// So much for each of the other; none: too large, or the other is nothing.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        exact::div(self.0, other.0).map(Self)
    }

    /// By the other, in parts per million, rounded down; none: too large, or the other is nothing.
    #[must_use]
    pub fn ppm_of(self, other: Self) -> Option<u64> {
        let ppm = self.over(other)?.by(Self::whole(1_000_000))?;
        u64::try_from(ppm.0.to_integer()).ok()
    }
}

impl FromStr for Measure {
    type Err = InvalidMeasure;

    /// Reads a plain decimal, whose digits may be grouped by `_` or `,`, or an exact ratio `numerator/denominator`.
    fn from_str(text: &str) -> Result<Self, InvalidMeasure> {
        let invalid = || InvalidMeasure { found: text.to_owned() };
        if let Some((numerator, denominator)) = text.split_once('/') {
            let is_whole = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            let whole = |part: &str| if is_whole(part) { part.parse::<i128>().ok() } else { None };
            let (numerator, denominator) = whole(numerator).zip(whole(denominator)).ok_or_else(invalid)?;
            return if denominator > 0 {
                Ok(Self(Ratio::new(numerator, denominator)))
            } else {
                Err(invalid())
            };
        }
        let plain: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, "0"));
        let digits =
            |part: &str| (1..=DIGITS_MAX).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) {
            return Err(invalid());
        }
        let scale = 10_i128.pow(part.len() as u32);
        let whole: i128 = whole.parse().map_err(|_| invalid())?;
        let part: i128 = part.parse().map_err(|_| invalid())?;
        Ok(Self(Ratio::new(whole * scale + part, scale)))
    }
}

impl TryFrom<String> for Measure {
    type Error = InvalidMeasure;

    fn try_from(text: String) -> Result<Self, InvalidMeasure> {
        text.parse()
    }
}

/// Exactly: a decimal, or `numerator/denominator` where no decimal of at most twelve digits after the point is exact.
impl From<Measure> for String {
    fn from(measure: Measure) -> Self {
        match measure.decimal(DIGITS_MAX) {
            (digits, true) => digits,
            (_, false) => format!("{}/{}", measure.0.numer(), measure.0.denom()),
        }
    }
}

/// A decimal of at most three digits after the point; `…` follows where more would be needed, rounded down.
impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (digits, exact) = self.decimal(SHOWN_DIGITS);
        f.write_str(&digits)?;
        if exact { Ok(()) } else { f.write_str("…") }
    }
}

impl Measure {
    /// As a decimal with at most so many digits after the point, rounded down, and whether that is exact.
    fn decimal(self, digits_max: usize) -> (String, bool) {
        let (numerator, denominator) = (*self.0.numer(), *self.0.denom());
        let mut text = (numerator / denominator).to_string();
        let mut rest = numerator % denominator;
        let mut part = String::new();
        while rest != 0 && part.len() < digits_max {
            let Some(tenfold) = rest.checked_mul(10) else { break };
            part.push(char::from(b'0' + (tenfold / denominator) as u8));
            rest = tenfold % denominator;
        }
        let part = part.trim_end_matches('0');
        if !part.is_empty() {
            text.push('.');
            text.push_str(part);
        }
        (text, rest == 0)
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is known of a quantity: it is within these, both included. `hi` none: there is no upper bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// At least this.
    pub lo: Measure,
    /// At most this.
    pub hi: Option<Measure>,
}

impl Span {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { lo: Measure::ZERO, hi: None };

    /// Exactly that.
    #[must_use]
    pub const fn exactly(value: Measure) -> Self {
        Self { lo: value, hi: Some(value) }
    }

    /// Whether it is one value.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.hi == Some(self.lo)
    }
}

/// One value, or `from..to`, or `unknown`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hi {
            Some(hi) if hi == self.lo => self.lo.fmt(f),
            Some(hi) => write!(f, "{}..{hi}", self.lo),
            None if self.lo == Measure::ZERO => f.write_str("unknown"),
            None => write!(f, "{} or more", self.lo),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(above in 0_i128.., below in 1_i128..) {
            let measure = Measure(Ratio::new(above, below));
            let written = String::from(measure);
            // Whole parts of more digits than a person may write are of a computed value.
            prop_assume!(written.contains('/') || written.split('.').next().is_some_and(|whole| whole.len() <= DIGITS_MAX));
            prop_assert_eq!(written.parse(), Ok(measure));
        }

        #[test]
        fn nothing_that_is_read_panics(text in ".{0,40}") {
            let _ = text.parse::<Measure>().map(|measure| (measure.to_string(), measure.times(u64::MAX)));
        }
    }

    #[test]
    fn it_is_shown_with_three_digits_and_says_when_there_are_more() {
        let shown = |text: &str| text.parse::<Measure>().map(|measure| measure.to_string());
        assert_eq!(shown("5.92").as_deref(), Ok("5.92"));
        assert_eq!(shown("2368/814").as_deref(), Ok("2.909…"));
        assert_eq!(shown("0.0001").as_deref(), Ok("0…"));
        assert_eq!(shown("26,900,000").as_deref(), Ok("26900000"));
        assert!(
            shown("-1").is_err() && shown("1/0").is_err() && shown("1e9").is_err() && shown("+1/2").is_err()
        );
    }

    #[test]
    fn parts_per_million_are_rounded_down() {
        let measure = |text: &str| text.parse::<Measure>().unwrap();
        assert_eq!(measure("1").ppm_of(measure("3")), Some(333_333));
        assert_eq!(measure("81").ppm_of(measure("21000")), Some(3_857));
        assert_eq!(measure("1").ppm_of(Measure::ZERO), None);
        assert_eq!(Measure::MAX.ppm_of(measure("0.001")), None);
    }
}
