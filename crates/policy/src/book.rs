//! A rule book: all instruments, groups, chips, flags and lists of one version, as read from its files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::country::{Countries, Country};
use crate::date::Date;
use crate::flag::FlagRule;
use crate::rule::Instrument;
use crate::sku::Sku;
use crate::source::Source;

/// The format that `book.toml` names.
pub const FORMAT: &str = "lightcone-rules/1";
/// The most files of a book.
pub const FILES_MAX: usize = 256;
/// The most bytes of a book, all files together.
pub const BYTES_MAX: usize = 4 << 20;

/// The files of a book by path, such as `us/P02.toml`: what is kept, signed and compared.
pub type Files = BTreeMap<String, String>;

/// A country is in a group, or was taken out of it, from one day to another. Of several that cover a day the one that
/// is known latest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Which.
    pub country: Country,
    /// Whether it is in it; if not, it left.
    pub within: bool,
    /// From this day.
    pub from: Date,
    /// To this day, included.
    pub to: Date,
    /// Since when that is known.
    pub known: Date,
    /// By which text.
    pub source: Source,
}

/// A group of countries such as `D:5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// What a reader should know; may be empty.
    #[serde(default)]
    pub note: String,
    /// Who is in it, and when. One country may be in it several times.
    pub members: Vec<Membership>,
    /// Countries of which sources disagree, with why: whether they are in it is open.
    pub disputed: Vec<(Country, Source)>,
}

/// A whole book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// What it is called, such as `us-2026-11`.
    pub name: String,
    /// The first day of which it says anything: what was in force on it is dated by it at the latest.
    pub since: Date,
    /// The day up to which its author looked for texts: later days are judged by what was known then, and say so.
    pub as_of: Date,
    /// What it is about, in plain words.
    pub covers: Vec<String>,
    /// Lower-case SHA-256 of its files, 64 digits: `digest::of`.
    pub digest: String,
    /// All texts, by the day since which they are known, then by identifier.
    pub instruments: Vec<Instrument>,
    /// Groups by name.
    pub groups: BTreeMap<String, Group>,
    /// A place that counts as another for every rule, such as Hong Kong as China.
    pub treated_as: Vec<TreatedAs>,
    /// Places that rules name apart beside a group.
    pub named_apart: Vec<NamedApart>,
    /// Chips by name.
    pub skus: BTreeMap<String, Sku>,
    /// Red flags.
    pub flags: Vec<FlagRule>,
    /// Destinations through which goods were seen to go on, with dates and sources.
    pub watch: Vec<Membership>,
}

/// A place that counts as another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatedAs {
    /// The place.
    pub country: Country,
    /// What it counts as.
    pub counts_as: Country,
    /// From this day.
    pub from: Date,
    /// By which text.
    pub source: Source,
}

/// A place that each rule has to name beside a group, because it is not in it, such as Macau beside `D:5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedApart {
    /// The place.
    pub country: Country,
    /// The group.
    pub beside: String,
    /// By which text.
    pub source: Source,
}

impl Book {
    /// A chip by its name or another name, whatever the case of its letters.
    #[must_use]
    pub fn sku(&self, name: &str) -> Option<&Sku> {
        self.skus.get(name).or_else(|| self.skus.values().find(|sku| sku.is_called(name)))
    }

    /// A text by its identifier.
    #[must_use]
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.iter().find(|instrument| instrument.id == id)
    }

    /// All codes of a group that has anybody in it on any day.
    #[must_use]
    pub fn ever_in(&self, group: &str) -> Countries {
        let members = self.groups.get(group).into_iter().flat_map(|group| &group.members);
        members.filter(|member| member.within).map(|member| member.country).collect()
    }
}
