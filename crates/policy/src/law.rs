//! The rules of a book at a stand: what counts, ready to be asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::{Book, Membership};
use crate::country::{Countries, Country};
use crate::date::Date;
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
    /// Rules and instruments that others, which count, replace.
    replaced: BTreeSet<&'b str>,
    changes_on: Option<Date>,
}

impl<'b> Law<'b> {
    /// What a book says at a stand.
    #[must_use]
    pub fn new(book: &'b Book, stand: Stand) -> Self {
        let mut instruments: Vec<_> =
            book.instruments.iter().map(|instrument| (instrument, force::of(instrument, &stand))).collect();
        let replaced = replace(&mut instruments);
        let groups =
            book.groups.values().map(|group| (group.name.as_str(), members(group, &stand))).collect();
        let treated = book.treated_as.iter().filter(|treated| treated.from <= stand.valid_on);
        let treated_as = treated.map(|treated| (treated.country, treated.counts_as)).collect();
        let changes_on = changes_after(book, &stand);
        Self { book, stand, instruments, groups, treated_as, replaced, changes_on }
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

    /// Whether no instrument that counts replaces a rule by its identifier. Whether its own instrument counts is asked
    /// apart.
    #[must_use]
    pub fn stands(&self, rule: &str) -> bool {
        !self.replaced.contains(rule)
    }

    /// The first later day on which the book's rules differ, as far as it was known; none: no change was known.
    #[must_use]
    pub const fn changes_on(&self) -> Option<Date> {
        self.changes_on
    }

    /// What a place counts as for every rule, such as Hong Kong as China; by default itself.
    #[must_use]
    pub fn counts_as(&self, country: Country) -> Country {
        self.treated_as.get(&country).copied().unwrap_or(country)
    }

    /// Whether a destination is one of these places.
    #[must_use]
    pub fn is_in(&self, country: Country, places: &Places) -> Tri {
        let country = self.counts_as(country);
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

/// Instruments end that another one, which counts, replaces as a whole. Tells all that is replaced.
fn replace<'b>(instruments: &mut [(&'b Instrument, Force)]) -> BTreeSet<&'b str> {
    let counting = instruments.iter().filter(|(_, force)| force.counts().must());
    let replaced: BTreeSet<&str> =
        counting.flat_map(|(by, _)| by.replaces.iter().map(String::as_str)).collect();
    for (instrument, force) in instruments {
        if replaced.contains(instrument.id.as_str()) && force.counts().may() {
            *force = Force::Ended;
        }
    }
    replaced
}

/// The first day after a stand's on which anything that was known begins or ends.
fn changes_after(book: &Book, stand: &Stand) -> Option<Date> {
    let known = book.instruments.iter().filter(|instrument| instrument.known <= stand.known_on);
    let texts = known.flat_map(|instrument| {
        let phases = instrument.phases.iter().filter(|phase| phase.known <= stand.known_on);
        let phases = phases.flat_map(|phase| [phase.from, phase.to.after()]);
        instrument.in_force.into_iter().chain([instrument.to.after()]).chain(phases)
    });
    let groups = book.groups.values().flat_map(|group| &group.members);
    let groups = groups.filter(|member| member.known <= stand.known_on);
    let members = groups.flat_map(|member| [member.from, member.to.after()]);
    let treated = book.treated_as.iter().map(|treated| treated.from);
    let days = texts.chain(members).chain(treated);
    days.filter(|day| *day > stand.valid_on && *day < Date::MAX).min()
}

fn members(group: &crate::book::Group, stand: &Stand) -> (Countries, Countries) {
    let members = standing(&group.members, stand);
    let open: Countries = group.disputed.iter().map(|(country, _)| *country).collect();
    (members.without(open), open)
}

/// Who is in a list at a stand: of each country what is known latest of the day.
#[must_use]
pub fn standing(list: &[Membership], stand: &Stand) -> Countries {
    let known = list.iter().filter(|member| member.known <= stand.known_on);
    let on = known.filter(|member| member.from <= stand.valid_on && stand.valid_on <= member.to);
    let mut latest: BTreeMap<Country, &Membership> = BTreeMap::new();
    for member in on {
        let last = latest.entry(member.country).or_insert(member);
        if member.known >= last.known {
            *last = member;
        }
    }
    latest.values().filter(|member| member.within).map(|member| member.country).collect()
}
