//! A condition on one quantity, as it is written: `>= 1.6 TPP/mm2 and < 5.92 TPP/mm2`.

use crate::exact::{Ratio, Span};

/// What a number is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Tpp,
    TppPerMm2,
    GbPerS,
    Percent,
}

/// Up to three bounds. Both `below` and `at_most` are upper ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Band {
    pub(crate) at_least: Option<Ratio>,
    pub(crate) below: Option<Ratio>,
    pub(crate) at_most: Option<Ratio>,
}

impl Unit {
    const ALL: [(Self, &str); 4] =
        [(Self::Tpp, "TPP"), (Self::TppPerMm2, "TPP/mm2"), (Self::GbPerS, "GB/s"), (Self::Percent, "%")];

    fn symbol(self) -> &'static str {
        Self::ALL.iter().find(|(unit, _)| *unit == self).map_or("", |(_, symbol)| symbol)
    }
}

impl Band {
    /// Reads a band of one unit; what is wrong is said with its remedy.
    pub(crate) fn parse(text: &str, unit: Unit) -> Result<Self, String> {
        let mut band = Self::default();
        for part in text.split(" and ") {
            let words: Vec<&str> = part.split_whitespace().collect();
            let [sign, number, symbol] = words[..] else {
                return Err(format!("`{part}` is not a bound; write `>= 4800 {}`", unit.symbol()));
            };
            if symbol != unit.symbol() {
                let known = Unit::ALL.iter().any(|(_, other)| *other == symbol);
                let what = if known { "is another quantity's unit" } else { "is no unit that is known here" };
                return Err(format!("`{symbol}` {what}; convert `{number}` to {}", unit.symbol()));
            }
            let value = Ratio::parse(number).ok_or_else(|| format!("`{number}` is not a decimal"))?;
            let bound = match sign {
                ">=" => &mut band.at_least,
                "<" => &mut band.below,
                "<=" => &mut band.at_most,
                _ => return Err(format!("`{sign}` is not one of `>=`, `<`, `<=`")),
            };
            *bound = Some(value);
        }
        match (band.at_least, band.below) {
            (Some(lo), Some(hi)) if lo >= hi => {
                Err(format!("nothing is at least {lo} and below {hi}; swap the bounds"))
            }
            _ => Ok(band),
        }
    }

    pub(crate) fn holds(&self, value: Ratio) -> bool {
        self.at_least.is_none_or(|bound| value >= bound)
            && self.below.is_none_or(|bound| value < bound)
            && self.at_most.is_none_or(|bound| value <= bound)
    }

    /// Yes, no or, over a span that crosses a bound, open. Only for bands with bounds on one side.
    pub(crate) fn over(&self, span: Span) -> Option<bool> {
        let lo = self.holds(span.lo);
        let hi = span.hi.map_or(self.below.is_none() && self.at_most.is_none(), |hi| self.holds(hi));
        (lo == hi).then_some(lo)
    }

    /// The numbers at which something changes.
    pub(crate) fn cuts(&self) -> impl Iterator<Item = Ratio> {
        [self.at_least, self.below].into_iter().flatten()
    }
}
