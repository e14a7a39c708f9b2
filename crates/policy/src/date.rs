//! Calendar days: rules come into force on days, not at instants.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar, 1970-01-01 to 9999-12-31.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no day: write it as 2023-11-17, from 1970-01-01 to 9999-12-31")]
pub struct InvalidDate {
    /// What was found.
    pub found: String,
}

const SECONDS_A_DAY: i64 = 86_400;
const MONTHS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl Date {
    /// The first day.
    pub const MIN: Self = Self { year: 1970, month: 1, day: 1 };
    /// The last day: no end is known.
    pub const MAX: Self = Self { year: 9999, month: 12, day: 31 };

    /// A day, if there is one.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        if year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// The day of an instant in UTC, in seconds since 1970; none outside the calendar.
    #[must_use]
    pub fn of_unix_s(seconds: i64) -> Option<Self> {
        // Days since 0000-03-01, after Howard Hinnant's `civil_from_days`.
        let days = seconds.div_euclid(SECONDS_A_DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, month as u8, day as u8)
    }

    /// The first instant of the day in UTC, in seconds since 1970.
    #[must_use]
    pub fn unix_s(self) -> i64 {
        // After Howard Hinnant's `days_from_civil`.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = i64::from(self.month);
        let shifted = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * shifted + 2) / 5 + i64::from(self.day) - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        days * SECONDS_A_DAY
    }

    /// The day before; the first day's is itself.
    #[must_use]
    pub fn before(self) -> Self {
        Self::of_unix_s(self.unix_s() - SECONDS_A_DAY).unwrap_or(Self::MIN)
    }

    /// The day after; the last day's is itself.
    #[must_use]
    pub fn after(self) -> Self {
        Self::of_unix_s(self.unix_s() + SECONDS_A_DAY).unwrap_or(Self::MAX)
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if month == 2 && leap { 29 } else { MONTHS[month as usize - 1] }
}

impl FromStr for Date {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let invalid = || InvalidDate { found: text.to_owned() };
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_ascii() {
            return Err(invalid());
        }
        let part = |range: std::ops::Range<usize>| {
            let part = &text[range];
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten()
        };
        let (year, month, day) = (part(0..4), part(5..7), part(8..10));
        let date = year.zip(month).zip(day).and_then(|((year, month), day)| {
            Self::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        });
        date.ok_or_else(invalid)
    }
}

impl TryFrom<String> for Date {
    type Error = InvalidDate;

    fn try_from(text: String) -> Result<Self, InvalidDate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_five_centuries_comes_back_and_follows_the_one_before() {
        let mut day = Date::MIN;
        for at in 0..182_622_i64 {
            assert_eq!(day.unix_s(), at * SECONDS_A_DAY);
            assert_eq!(Date::of_unix_s(day.unix_s() + SECONDS_A_DAY - 1), Some(day));
            assert_eq!(day.to_string().parse(), Ok(day));
            assert_eq!(day.after().before(), day);
            day = day.after();
        }
        assert_eq!(day.to_string(), "2470-01-01");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in
            ["2023-02-29", "2023-13-01", "2023-1-1", "20231117", "1969-12-31", "2023-11-1a", "２０23-1-1"]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        assert!("2024-02-29".parse::<Date>().is_ok() && "2000-02-29".parse::<Date>().is_ok());
    }
}
