//! Decimal milliseconds to whole nanoseconds, rounded up: no binary fraction ever makes a round trip
//! shorter than it was written.

/// Why a text is no number of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidDecimal {
    /// Not a decimal number.
    #[error("is not a decimal number of milliseconds such as `12.345`")]
    NotANumber,
    /// More digits than any clock gives.
    #[error("has more digits than any clock gives; write milliseconds, with at most 30 digits")]
    TooLong,
}

/// Nanoseconds in a millisecond, as a power of ten.
const NS_EXPONENT: i32 = 6;
/// The most digits that are read.
const DIGITS_MAX: usize = 30;

/// Nanoseconds of decimal milliseconds, rounded up. What does not fit 64 bits is the largest number, which
/// bounds nothing.
pub(crate) fn ns_of_ms(text: &str) -> Result<i64, InvalidDecimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.parse::<i16>().map_err(|_| InvalidDecimal::NotANumber)?)
        }
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidDecimal::NotANumber);
    }
    if whole.len() + fraction.len() > DIGITS_MAX {
        return Err(InvalidDecimal::TooLong);
    }
    let value = all().fold(0u128, |value, byte| value * 10 + u128::from(byte - b'0'));
    let shift = i32::from(exponent) - fraction.len() as i32 + NS_EXPONENT;
    let ns = scaled_up(value, shift);
    Ok(if negative { -ns } else { ns })
}

/// `value · 10^shift`, rounded up, at most the largest number.
fn scaled_up(value: u128, shift: i32) -> i64 {
    let power = 10u128.checked_pow(shift.unsigned_abs());
    let scaled = match (shift >= 0, power) {
        _ if value == 0 => 0,
        (true, power) => power.and_then(|power| value.checked_mul(power)).unwrap_or(u128::MAX),
        (false, power) => value.div_ceil(power.unwrap_or(u128::MAX)),
    };
    i64::try_from(scaled).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_become_nanoseconds_rounded_up() {
        for (text, ns) in [
            ("1", 1_000_000),
            ("2.500", 2_500_000),
            ("0.013", 13_000),
            ("0.0000001", 1),
            ("218.6190001", 218_619_001),
            ("1e2", 100_000_000),
            ("15e-1", 1_500_000),
            ("+3.", 3_000_000),
            (".5", 500_000),
            ("0", 0),
            ("0.000", 0),
            ("-4", -4_000_000),
            ("1e300", i64::MAX),
            ("1e-300", 1),
        ] {
            assert_eq!(ns_of_ms(text), Ok(ns), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", ".", "NaN", "inf", "1,5", "0x10", "1.2.3", "--1", "1e", " 1", "٣"] {
            assert_eq!(ns_of_ms(text), Err(InvalidDecimal::NotANumber), "{text}");
        }
        assert_eq!(ns_of_ms(&"9".repeat(31)), Err(InvalidDecimal::TooLong));
    }
}
