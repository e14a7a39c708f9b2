//! Exact quantities: a threshold is met or not, never by rounding.

use std::fmt;
use std::str::FromStr;

use num_rational::Ratio;
use serde::{Deserialize, Serialize};

/// The most digits before and after the point of a quantity that is read.
pub const DIGITS_MAX: usize = 12;
const SHOWN_DIGITS: u32 = 3;

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

    /// That many times as much.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0 * Ratio::from_integer(i128::from(count)))
    }
}

impl FromStr for Measure {
    type Err = InvalidMeasure;

    /// Reads a plain decimal, whose digits may be grouped by `_` or `,`, or an exact ratio `numerator/denominator`.
    fn from_str(text: &str) -> Result<Self, InvalidMeasure> {
        let invalid = || InvalidMeasure { found: text.to_owned() };
        if let Some((numerator, denominator)) = text.split_once('/') {
            let whole = |part: &str| part.parse::<u64>().ok().map(i128::from);
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

/// Exactly: a decimal, or `numerator/denominator` where no decimal is exact.
impl From<Measure> for String {
    fn from(measure: Measure) -> Self {
        let scaled = measure.0 * Ratio::from_integer(10_i128.pow(DIGITS_MAX as u32));
        if !scaled.is_integer() {
            return format!("{}/{}", measure.0.numer(), measure.0.denom());
        }
        let digits = format!("{:0width$}", scaled.to_integer(), width = DIGITS_MAX + 1);
        let (whole, part) = digits.split_at(digits.len() - DIGITS_MAX);
        let part = part.trim_end_matches('0');
        if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
    }
}

/// A decimal of at most three digits after the point; `…` follows where more would be needed, rounded down.
impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_i128.pow(SHOWN_DIGITS);
        let scaled = self.0 * Ratio::from_integer(scale);
        let shown = scaled.to_integer();
        let (whole, part) = (shown / scale, shown % scale);
        if part == 0 {
            write!(f, "{whole}")?;
        } else {
            let digits = format!("{part:03}");
            write!(f, "{whole}.{}", digits.trim_end_matches('0'))?;
        }
        if scaled.is_integer() { Ok(()) } else { f.write_str("…") }
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
