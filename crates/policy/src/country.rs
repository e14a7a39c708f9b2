//! Destinations by ISO 3166-1 code, and sets of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A destination: an ISO 3166-1 alpha-2 code, or `XZ`, the sea beyond territorial waters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// Not a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no ISO 3166-1 alpha-2 code: write two capital letters, such as SG")]
pub struct InvalidCountry {
    /// What was found.
    pub found: String,
}

impl Country {
    /// The sea beyond territorial waters.
    pub const SEA: Self = Self(*b"XZ");

    /// A destination by two capital letters.
    #[must_use]
    pub const fn new(code: [u8; 2]) -> Option<Self> {
        if code[0].is_ascii_uppercase() && code[1].is_ascii_uppercase() { Some(Self(code)) } else { None }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XX")
    }

    const fn index(self) -> usize {
        (self.0[0] - b'A') as usize * 26 + (self.0[1] - b'A') as usize
    }

    const fn at(index: usize) -> Self {
        Self([b'A' + (index / 26) as u8, b'A' + (index % 26) as u8])
    }
}

impl FromStr for Country {
    type Err = InvalidCountry;

    fn from_str(text: &str) -> Result<Self, InvalidCountry> {
        let code = text.as_bytes().try_into().ok().and_then(Self::new);
        code.ok_or_else(|| InvalidCountry { found: text.to_owned() })
    }
}

impl TryFrom<String> for Country {
    type Error = InvalidCountry;

    fn try_from(text: String) -> Result<Self, InvalidCountry> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

const WORDS: usize = (26 * 26usize).div_ceil(64);

/// A set of destinations.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Country>", into = "Vec<Country>")]
pub struct Countries([u64; WORDS]);

impl Countries {
    /// No destination.
    pub const NONE: Self = Self([0; WORDS]);

    /// One destination.
    #[must_use]
    pub const fn of(country: Country) -> Self {
        let mut words = [0; WORDS];
        words[country.index() / 64] = 1 << (country.index() % 64);
        Self(words)
    }

    /// Adds one.
    pub const fn insert(&mut self, country: Country) {
        self.0[country.index() / 64] |= 1 << (country.index() % 64);
    }

    /// Takes one out.
    pub const fn remove(&mut self, country: Country) {
        self.0[country.index() / 64] &= !(1 << (country.index() % 64));
    }

    /// Whether one is in it.
    #[must_use]
    pub const fn contains(&self, country: Country) -> bool {
        self.0[country.index() / 64] >> (country.index() % 64) & 1 == 1
    }

    /// Both together.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
        self
    }

    /// What both have.
    #[must_use]
    pub fn intersection(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, also)| *word &= also);
        self
    }

    /// What the other does not have.
    #[must_use]
    pub fn without(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, less)| *word &= !less);
        self
    }

    /// Whether none is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The destinations, by code.
    pub fn iter(&self) -> impl Iterator<Item = Country> + use<> {
        let words = self.0;
        (0..26 * 26).filter(move |index| words[index / 64] >> (index % 64) & 1 == 1).map(Country::at)
    }
}

impl FromIterator<Country> for Countries {
    fn from_iter<I: IntoIterator<Item = Country>>(countries: I) -> Self {
        let mut set = Self::NONE;
        countries.into_iter().for_each(|country| set.insert(country));
        set
    }
}

impl From<Vec<Country>> for Countries {
    fn from(countries: Vec<Country>) -> Self {
        countries.into_iter().collect()
    }
}

impl From<Countries> for Vec<Country> {
    fn from(set: Countries) -> Self {
        set.iter().collect()
    }
}

impl fmt::Debug for Countries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
