//! Exact numbers: decimals as they are written, and their quotients.

use std::cmp::Ordering;
use std::fmt;

/// A rational number. Facts stay below 10^12 with four places, so that products fit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio {
    over: i128,
    under: i128,
}

/// Where a quantity lies: between two numbers, both possible; without an end where nothing bounds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) lo: Ratio,
    pub(crate) hi: Option<Ratio>,
}

impl Ratio {
    pub(crate) const ZERO: Self = Self { over: 0, under: 1 };

    pub(crate) const fn new(over: i128, under: i128) -> Self {
        Self { over, under }
    }

    /// Reads `5.92` and nothing cleverer.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > 6 || !digits(whole) || !digits(part) {
            return None;
        }
        let under = 10_i128.pow(u32::try_from(part.len()).ok()?);
        Some(Self { over: format!("{whole}{part}").parse().ok()?, under })
    }

    pub(crate) fn over(self, other: Self) -> Self {
        Self { over: self.over * other.under, under: self.under * other.over }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self { over: self.over * other.under - other.over * self.under, under: self.under * other.under }
    }

    pub(crate) fn percent(self) -> Self {
        Self { over: self.over * 100, under: self.under }
    }

    pub(crate) fn whole(self) -> bool {
        self.over % self.under == 0
    }

    /// In ten-thousandths, rounded down: comparisons with numbers of four places stay as they are.
    pub(crate) fn floor4(self) -> i64 {
        i64::try_from((self.over * 10_000).div_euclid(self.under)).unwrap_or(i64::MAX)
    }

    /// The same, rounded up: what `at most` needs.
    pub(crate) fn ceil4(self) -> i64 {
        -Self { over: -self.over, under: self.under }.floor4()
    }

    /// The closest double, for comparison with engines that have nothing else.
    pub(crate) fn double(self) -> f64 {
        self.over as f64 / self.under as f64
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.over * other.under).cmp(&(other.over * self.under))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.floor4() as f64 / 1e4)
    }
}

impl Span {
    pub(crate) fn point(at: Ratio) -> Self {
        Self { lo: at, hi: Some(at) }
    }

    /// Whether a number is between the ends, the lower end left out.
    pub(crate) fn reaches(&self, cut: Ratio) -> bool {
        self.lo < cut && self.hi.is_none_or(|hi| cut <= hi)
    }
}
