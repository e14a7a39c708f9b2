//! The versions of the rules that a book tells of: what is asked where a chip or an order is shown under every rule.

use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::date::Date;
use crate::force;
use crate::rule::{Instrument, Kind, RuleId};
use crate::source::Grade;
use crate::stand::Stand;

/// An instrument that changed something, and the first day on which that shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The instrument, such as `P02`.
    pub id: RuleId,
    /// The first day on which it is known and counts. If it never counted: on which it is known and in force. Of a bill:
    /// since when it is known.
    pub day: Date,
    /// What it is called.
    pub title: String,
    /// What kind of text it is. A bill counts in its own version only, as a draft.
    pub kind: Kind,
    /// How well it is known.
    pub graded: Grade,
}

impl Version {
    /// The stand of the version: its day, with the bill as a draft if it is one.
    #[must_use]
    pub fn stand(&self) -> Stand {
        let draft = (self.kind == Kind::Bill).then(|| self.id.clone());
        Stand { drafts: draft.into_iter().collect(), ..Stand::on(self.day) }
    }
}

impl Book {
    /// The versions of the rules by day. What was only announced, or changes nothing here, is none.
    #[must_use]
    pub fn versions(&self) -> Vec<Version> {
        let changing = self.instruments.iter().filter(|instrument| changes(self, instrument));
        let version = |instrument: &Instrument| Version {
            id: instrument.id.clone(),
            day: day(instrument),
            title: instrument.title.clone(),
            kind: instrument.kind,
            graded: instrument.source.grade,
        };
        let mut versions: Vec<_> = changing.map(version).collect();
        versions.sort_by(|a, b| (a.day, &a.id).cmp(&(b.day, &b.id)));
        versions
    }
}

/// Whether it has rules, says of another text whether that is applied, or moves a country.
fn changes(book: &Book, instrument: &Instrument) -> bool {
    if instrument.kind == Kind::Announcement {
        return false;
    }
    let Instrument { items, licences, reviews, exceptions, caps, ownership, .. } = instrument;
    let rules = [items.len(), licences.len(), reviews.len(), exceptions.len(), caps.len(), ownership.len()];
    let phases = || book.instruments.iter().flat_map(|other| &other.phases);
    let moves = || book.groups.values().flat_map(|group| &group.members);
    rules.iter().any(|count| *count > 0)
        || phases().any(|phase| phase.by == instrument.id)
        || moves().any(|member| Some(member.from) == instrument.in_force && member.known == instrument.known)
}

fn day(instrument: &Instrument) -> Date {
    let first = instrument.in_force.map_or(instrument.known, |from| from.max(instrument.known));
    let later = instrument.phases.iter().map(|phase| phase.from.max(phase.known));
    let days = later.filter(|day| *day > first).chain([first]);
    days.filter(|day| force::of(instrument, &Stand::on(*day)).counts().must()).min().unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_versions_stand_on_the_days_on_which_they_begin_to_count() {
        let book = Book::built_in().expect("it reads");
        let versions: Vec<_> =
            book.versions().iter().map(|version| format!("{} {}", version.day, version.id)).collect();
        assert_eq!(
            versions,
            [
                "2022-10-01 G01",
                "2022-10-21 P01",
                "2023-11-17 P02",
                "2024-04-04 P03",
                "2024-10-02 P04",
                "2024-12-31 P05",
                "2025-01-15 P06",
                "2025-04-15 P08",
                "2025-05-13 P09",
                "2025-07-14 C1",
                "2025-09-29 P11",
                "2026-01-12 B1",
                "2026-01-15 P13",
                "2026-02-03 P14",
                "2026-05-31 P15",
                "2026-07-14 P16",
                "2026-11-23 B2",
            ]
        );
    }

    #[test]
    fn a_bill_counts_in_its_own_version_only() {
        let book = Book::built_in().expect("it reads");
        for version in book.versions() {
            let law = crate::Law::new(&book, version.stand());
            let bills = law.counting().filter(|(text, _)| text.kind == Kind::Bill).map(|(text, _)| &text.id);
            let own = (version.kind == Kind::Bill).then_some(&version.id);
            assert_eq!(bills.collect::<Vec<_>>(), own.into_iter().collect::<Vec<_>>(), "{}", version.id);
        }
    }
}
