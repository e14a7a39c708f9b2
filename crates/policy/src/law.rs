//! The rules of a book at a stand: what counts, ready to be asked.

use std::collections::BTreeMap;

use crate::book::Book;
use crate::country::{Countries, Country};
use crate::force::{self, Force};
use crate::rule::{Instrument, Places};
use crate::stand::Stand;
use crate::tri::Tri;

/// The rules of a book at a stand.
#[derive(Clone, Debug)]
pub struct Law<'b> {
    book: &'b Book,
    stand: Stand,
    /// Every instrument and how it stands, in the book's order.
    instruments: Vec<(&'b Instrument, Force)>,
    /// Who is in each group, and of whom that is open.
    groups: BTreeMap<&'b str, (Countries, Countries)>,
    treated_as: BTreeMap<Country, Country>,
}

impl<'b> Law<'b> {
    /// What a book says at a stand.
    #[must_use]
    pub fn new(book: &'b Book, stand: Stand) -> Self {
        let mut instruments: Vec<_> =
            book.instruments.iter().map(|instrument| (instrument, force::of(instrument, &stand))).collect();
        replace(&mut instruments);
        let groups =
            book.groups.values().map(|group| (group.name.as_str(), members(group, &stand))).collect();
        let treated = book.treated_as.iter().filter(|treated| treated.from <= stand.valid_on);
        let treated_as = treated.map(|treated| (treated.country, treated.counts_as)).collect();
        Self { book, stand, instruments, groups, treated_as }
    }

    /// The book.
    #[must_use]
    pub const fn book(&self) -> &'b Book {
        self.book
    }

    /// The stand.
    #[must_use]
    pub const fn stand(&self) -> &Stand {
        &self.stand
    }

    /// Every instrument and how it stands, by the day since which it is known.
    pub fn instruments(&self) -> impl Iterator<Item = (&'b Instrument, Force)> + '_ {
        self.instruments.iter().copied()
    }

    /// Instruments that count, or may.
    pub fn counting(&self) -> impl Iterator<Item = (&'b Instrument, Force)> + '_ {
        self.instruments().filter(|(_, force)| force.counts().may())
    }

    /// Whether a destination is one of these places.
    #[must_use]
    pub fn is_in(&self, country: Country, places: &Places) -> Tri {
        let country = self.treated_as.get(&country).copied().unwrap_or(country);
        let group = |name: &String| match self.groups.get(name.as_str()) {
            Some((members, _)) if members.contains(country) => Tri::Yes,
            Some((_, open)) if open.contains(country) => Tri::Open,
            _ => Tri::No,
        };
        let within = Tri::from(places.anywhere || places.countries.contains(country))
            | Tri::any(places.groups.iter().map(group));
        let without =
            Tri::from(places.not_countries.contains(country)) | Tri::any(places.not_groups.iter().map(group));
        within & !without
    }
}

/// Instruments end that another one, which counts, replaces as a whole.
fn replace(instruments: &mut [(&Instrument, Force)]) {
    let counting: Vec<_> = instruments
        .iter()
        .filter(|(_, force)| *force == Force::InForce || *force == Force::Drafted)
        .collect();
    let replaced: Vec<String> = counting.iter().flat_map(|(by, _)| by.replaces.iter().cloned()).collect();
    for (instrument, force) in instruments {
        if replaced.contains(&instrument.id) && force.counts().may() {
            *force = Force::Ended;
        }
    }
}

fn members(group: &crate::book::Group, stand: &Stand) -> (Countries, Countries) {
    let known = group.members.iter().filter(|member| member.known <= stand.known_on);
    let on = known.filter(|member| member.from <= stand.valid_on && stand.valid_on <= member.to);
    let members: Countries = on.map(|member| member.country).collect();
    let open: Countries = group.disputed.iter().map(|(country, _)| *country).collect();
    (members.without(open), open)
}
