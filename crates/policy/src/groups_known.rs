//! What is known of country groups and stands wrong in public tables.

use crate::country::Country;
use crate::date::Date;

/// China.
pub const CHINA: Country = code(*b"CN");
/// Hong Kong.
pub const HONG_KONG: Country = code(*b"HK");
/// Macau.
pub const MACAU: Country = code(*b"MO");

/// A country is in a group, or is not, from a day on.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// The group.
    pub group: &'static str,
    /// The country.
    pub country: Country,
    /// Whether it is in it.
    pub within: bool,
    /// From this day on.
    pub from: Date,
    /// By which text.
    pub source: &'static str,
}

const EMIRATES: Country = code(*b"AE");
const CAMBODIA: Country = code(*b"KH");
const EMIRATES_MOVED: Date = day(2026, 7, 10);
const EMIRATES_BY: &str = "FR Doc 2026-14132";

/// Moves that public tables miss.
pub const FACTS: [Fact; 4] = [
    Fact { group: "D:3", country: EMIRATES, within: false, from: EMIRATES_MOVED, source: EMIRATES_BY },
    Fact { group: "D:4", country: EMIRATES, within: false, from: EMIRATES_MOVED, source: EMIRATES_BY },
    Fact { group: "A:5", country: EMIRATES, within: true, from: EMIRATES_MOVED, source: EMIRATES_BY },
    Fact { group: "D:5", country: CAMBODIA, within: false, from: day(2026, 2, 3), source: "91 FR 5091" },
];

/// Groups, a word that must not be in their meaning, and what they are.
pub const MISLABELLED: [(&str, &str, &str); 5] = [
    ("A:5", "embargo", "A:5 is the group of allies: License Exception STA (c)(1)"),
    (
        "A:6",
        "nato",
        "A:6 is further partners by License Exception STA (c)(2): load it from Supplement 1 to part 740",
    ),
    ("A:6", "embargo", "A:6 is further partners by License Exception STA (c)(2)"),
    ("D:5", "ally", "D:5 is the arms embargo of 22 CFR 126.1"),
    ("D:5", "allies", "D:5 is the arms embargo of 22 CFR 126.1"),
];

/// 22 CFR 126.1 as it stood in 2026, and from when each is known to be in it, 2022-10-01 for what is older.
pub const STATE_LIST: [(Country, Date); 22] = [
    (code(*b"AF"), OLDER),
    (code(*b"BY"), OLDER),
    (code(*b"CD"), OLDER),
    (code(*b"CF"), OLDER),
    (CHINA, OLDER),
    (code(*b"CU"), OLDER),
    (code(*b"ER"), OLDER),
    (code(*b"HT"), OLDER),
    (code(*b"IQ"), OLDER),
    (code(*b"IR"), OLDER),
    (code(*b"KP"), OLDER),
    (code(*b"LB"), OLDER),
    (code(*b"LY"), OLDER),
    (code(*b"MM"), OLDER),
    (code(*b"NI"), day(2024, 3, 15)),
    (code(*b"RU"), OLDER),
    (code(*b"SD"), OLDER),
    (code(*b"SO"), OLDER),
    (code(*b"SS"), OLDER),
    (code(*b"SY"), OLDER),
    (code(*b"VE"), OLDER),
    (code(*b"ZW"), OLDER),
];

const OLDER: Date = day(2022, 10, 1);

const fn code(code: [u8; 2]) -> Country {
    match Country::new(code) {
        Some(country) => country,
        None => Country::SEA,
    }
}

const fn day(year: u16, month: u8, day: u8) -> Date {
    match Date::new(year, month, day) {
        Some(day) => day,
        None => Date::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_codes_and_days_are_some() {
        let codes =
            STATE_LIST.iter().map(|(country, _)| *country).chain(FACTS.iter().map(|fact| fact.country));
        for country in codes.chain([HONG_KONG, MACAU]) {
            assert!(crate::iso::is_code(country) && country != Country::SEA, "{country}");
        }
        let days = STATE_LIST.iter().map(|(_, day)| *day).chain(FACTS.iter().map(|fact| fact.from));
        assert!(days.into_iter().all(|day| day < Date::MAX));
    }
}
