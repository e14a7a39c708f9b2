//! Addresses as they are written on papers: when two are the same house or the same door, and why.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::fold::fold;

/// The least likeness of two streets with the same postcode and house number, in parts per million.
pub const STREET_MIN_PPM: u32 = 900_000;

/// How long a run of digits is that is a postcode by itself.
const POSTCODE_DIGITS: std::ops::RangeInclusive<usize> = 5..=7;
/// Words of one meaning, and how they are compared.
const SHORT: [(&str, &str); 24] = [
    ("avenue", "ave"),
    ("boulevard", "blvd"),
    ("building", "bldg"),
    ("center", "centre"),
    ("crescent", "cres"),
    ("district", "dist"),
    ("drive", "dr"),
    ("east", "e"),
    ("highway", "hwy"),
    ("industrial", "ind"),
    ("jalan", "jln"),
    ("lane", "ln"),
    ("lorong", "lor"),
    ("north", "n"),
    ("number", "no"),
    ("park", "pk"),
    ("place", "pl"),
    ("road", "rd"),
    ("saint", "st"),
    ("south", "s"),
    ("square", "sq"),
    ("street", "st"),
    ("tower", "twr"),
    ("west", "w"),
];
/// Words before the number of a door.
const UNIT: [&str; 9] = ["apartment", "apt", "flat", "office", "rm", "room", "suite", "unit", "ste"];
/// Words before or behind the number of a floor.
const FLOOR: [&str; 5] = ["f", "fl", "floor", "level", "lvl"];

/// An address as it is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// What is left without unit, floor and postcode: street, house number, town, in any order.
    words: BTreeSet<String>,
    /// The door.
    unit: Option<String>,
    /// The floor.
    floor: Option<String>,
    /// The postcode.
    postcode: Option<String>,
}

/// How two addresses belong together. From far to near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Nearness {
    /// Nothing says so.
    Apart,
    /// The same house, and other doors or floors: many a tower has a hundred tenants.
    OtherDoor,
    /// The same postcode and number, and a street that is spelled alike.
    Alike,
    /// The same house; one of the two names no door.
    House,
    /// The same to the door, as far as both say it.
    Same,
}

impl Nearness {
    /// In plain words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Apart => "different addresses",
            Self::OtherDoor => "the same house, other doors",
            Self::Alike => "the same postcode and number, the street spelled alike",
            Self::House => "the same house; one address names no door",
            Self::Same => "the same address",
        }
    }
}

impl Address {
    /// An address, folded and taken apart.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut address = Self::default();
        let mut parts = address.take_hash(text);
        address.take_floor_and_unit(&mut parts);
        address.take_postcode(&mut parts);
        address.words = parts.into_iter().map(|part| short(&part.word)).collect();
        address
    }

    /// The house: what two addresses of one house have in common. None: nothing is left that names one.
    #[must_use]
    pub fn house(&self) -> Option<String> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        (words.len() > 1 || self.postcode.is_some() && !words.is_empty()).then(|| words.join(" "))
    }

    /// The postcode with every number of the house: what two spellings of one house have in common.
    #[must_use]
    pub fn spot(&self) -> Option<String> {
        let numbers = self.numbers();
        let postcode = self.postcode.as_ref()?;
        (!numbers.is_empty()).then(|| format!("{postcode} {}", numbers.join(" ")))
    }

    /// The door, where one is named: `floor-unit`.
    #[must_use]
    pub fn door(&self) -> Option<String> {
        match (&self.floor, &self.unit) {
            (None, None) => None,
            (floor, unit) => {
                Some(format!("{}-{}", floor.as_deref().unwrap_or(""), unit.as_deref().unwrap_or("")))
            }
        }
    }

    /// The postcode, where there is one.
    #[must_use]
    pub fn postcode(&self) -> Option<&str> {
        self.postcode.as_deref()
    }

    /// How two addresses belong together.
    #[must_use]
    pub fn nearness(&self, other: &Self) -> Nearness {
        let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
        if differ(&self.postcode, &other.postcode) {
            return Nearness::Apart;
        }
        if self.house().is_none() || self.words != other.words {
            return self.spelled(other);
        }
        match (self.door(), other.door()) {
            (None, None) => Nearness::Same,
            (Some(ours), Some(theirs)) if ours == theirs => Nearness::Same,
            (Some(_), Some(_)) => Nearness::OtherDoor,
            _ => Nearness::House,
        }
    }

    fn spelled(&self, other: &Self) -> Nearness {
        if self.spot().is_none() || self.spot() != other.spot() {
            return Nearness::Apart;
        }
        let street = |address: &Self| {
            let words = address.words.iter().filter(|word| !has_digit(word)).map(String::as_str);
            words.collect::<Vec<_>>().join(" ")
        };
        let like = strsim::jaro_winkler(&street(self), &street(other)).clamp(0.0, 1.0);
        match (like * 1_000_000.0) as u32 >= STREET_MIN_PPM {
            true if self.door().is_some() && other.door().is_some() && self.door() != other.door() => {
                Nearness::OtherDoor
            }
            true => Nearness::Alike,
            false => Nearness::Apart,
        }
    }

    fn numbers(&self) -> Vec<&str> {
        self.words.iter().filter(|word| has_digit(word)).map(String::as_str).collect()
    }

    /// Takes out `#12-34`, floor and door as they are written in Singapore, and gives what is left in words.
    fn take_hash(&mut self, text: &str) -> Vec<Part> {
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，');
        let mut text = text.replace("P.O.", "po").replace('＃', "#");
        if let Some(at) = text.find('#') {
            let end = text[at..].find(ends).map_or(text.len(), |length| at + length);
            let numbers = fold(&text[at..end]);
            let mut numbers = numbers.split(' ').filter(|word| !word.is_empty()).map(number);
            match (numbers.next(), numbers.next()) {
                (floor, Some(unit)) => (self.floor, self.unit) = (floor, Some(unit)),
                (unit, None) => self.unit = unit,
            }
            text.replace_range(at..end, ",");
        }
        let clauses = text.split([',', ';', '\n', '，']).map(fold).enumerate();
        let parts = clauses.flat_map(|(clause, words)| {
            let words: Vec<String> =
                words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
            words.into_iter().map(move |word| Part { word, clause })
        });
        parts.collect()
    }

    fn take_floor_and_unit(&mut self, parts: &mut Vec<Part>) {
        if let Some(pair) = take(parts, |a, b| UNIT.contains(&a) && (has_digit(b) || is_letter(b))) {
            self.unit = Some(number(&pair[1].word));
        }
        if let Some(pair) =
            take(parts, |a, b| FLOOR.contains(&b) && (is_ordinal(a) || has_digit(a) && b == "f"))
        {
            self.floor = Some(number(&pair[0].word));
        } else if let Some(pair) = take(parts, |a, b| FLOOR.contains(&a) && has_digit(b)) {
            self.floor = Some(number(&pair[1].word));
        } else if let Some(floor) = joined(parts) {
            self.floor = Some(floor);
        }
        if let Some(at) = parts.windows(2).position(|pair| pair[0].word == "po" && pair[1].word == "box") {
            let end = at + 2 + usize::from(parts.get(at + 2).is_some_and(|part| has_digit(&part.word)));
            let number = parts.drain(at..end).nth(2).map(|part| number(&part.word));
            self.unit = number.map(|number| format!("box {number}"));
        }
    }

    fn take_postcode(&mut self, parts: &mut Vec<Part>) {
        let is_code = |part: &Part| {
            POSTCODE_DIGITS.contains(&part.word.len()) && part.word.bytes().all(|b| b.is_ascii_digit())
        };
        if let Some(at) = parts.iter().rposition(is_code) {
            self.postcode = Some(parts.remove(at).word);
        }
    }
}

/// A word, and between which commas it stands.
struct Part {
    word: String,
    clause: usize,
}

/// Takes out the first two words beside one another, of one clause, that are what is looked for.
fn take(parts: &mut Vec<Part>, is: impl Fn(&str, &str) -> bool) -> Option<Vec<Part>> {
    let found = |pair: &[Part]| pair[0].clause == pair[1].clause && is(&pair[0].word, &pair[1].word);
    let at = parts.windows(2).position(found)?;
    Some(parts.drain(at..at + 2).collect())
}

/// `12f` or `12fl`: a floor in one word.
fn joined(parts: &mut Vec<Part>) -> Option<String> {
    let floor = |word: &str| {
        let digits = word.trim_end_matches("fl").trim_end_matches('f');
        digits.len() < word.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let at = parts.iter().position(|part| floor(&part.word))?;
    let word = parts.remove(at).word;
    Some(number(word.trim_end_matches("fl").trim_end_matches('f')))
}

/// A number without zeros before it, and without the ending of `12th`.
fn number(word: &str) -> String {
    let word = ordinal(word).unwrap_or(word);
    let trimmed = word.trim_start_matches('0');
    if trimmed.is_empty() { word.to_owned() } else { trimmed.to_owned() }
}

/// The digits of `12th`.
fn ordinal(word: &str) -> Option<&str> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end))?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

fn is_ordinal(word: &str) -> bool {
    ordinal(word).is_some()
}

fn short(word: &str) -> String {
    SHORT
        .iter()
        .find(|(long, _)| *long == word)
        .map_or_else(|| word.to_owned(), |(_, short)| (*short).to_owned())
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: &str, b: &str) -> Nearness {
        let (a, b) = (Address::new(a), Address::new(b));
        assert_eq!(a.nearness(&b), b.nearness(&a));
        a.nearness(&b)
    }

    #[test]
    fn one_address_may_be_written_in_many_ways() {
        for (a, b) in [
            ("10 Anson Road, #12-34, Singapore 079903", "#12-34 10 ANSON RD SINGAPORE 079903"),
            ("10 Anson Road, #02-04, Singapore 079903", "10 Anson Rd #2-4, Singapore 079903"),
            (
                "Suite 5, 12th Floor, 1 Main Street, Springfield 62701",
                "1 Main St., Springfield, 62701, Level 12, Ste 5",
            ),
            ("12/F, Tower 2, Kings Avenue, Kowloon", "Floor 12, Kings Ave Twr 2, Kowloon"),
            ("P.O. Box 77, Labuan 87000", "po box 77 Labuan 87000"),
            ("Jalan Ampang 3, Kuala Lumpur 50450", "3 Jln Ampang, 50450 Kuala Lumpur"),
        ] {
            assert_eq!(near(a, b), Nearness::Same, "{a} and {b}");
        }
    }

    #[test]
    fn doors_floors_and_postcodes_are_kept() {
        let house = "10 Anson Road, Singapore 079903";
        assert_eq!(
            near("10 Anson Road #12-34 Singapore 079903", "10 Anson Road #12-35 Singapore 079903"),
            Nearness::OtherDoor
        );
        assert_eq!(near("10 Anson Road #12-34 Singapore 079903", house), Nearness::House);
        assert_eq!(
            near("12F, 10 Anson Road, Singapore 079903", "13F, 10 Anson Road, Singapore 079903"),
            Nearness::OtherDoor
        );
        assert_eq!(near(house, "10 Anson Road, Singapore 079904"), Nearness::Apart);
        assert_eq!(near(house, "11 Anson Road, Singapore 079903"), Nearness::Apart);
        assert_eq!(Address::new(house).postcode(), Some("079903"));
    }

    #[test]
    fn a_slip_in_the_street_is_told_and_another_street_is_apart() {
        assert_eq!(
            near("10 Anson Road, Singapore 079903", "10 Ansonn Road, Singapore 079903"),
            Nearness::Alike
        );
        assert_eq!(near("10 Anson Road, Singapore 079903", "10 Maxwell Close, Town 079903"), Nearness::Apart);
    }

    #[test]
    fn a_town_or_nothing_is_no_house() {
        for text in ["", "Singapore", "#12-34", "079903"] {
            assert_eq!(Address::new(text).house(), None, "{text}");
            assert_eq!(near(text, text), Nearness::Apart, "{text}");
        }
    }
}
