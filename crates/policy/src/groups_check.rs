//! Whether a table of country groups has any of the errors that public tables ship.
//!
//! What is known here is dated and comes from the texts: the State Department's list in 22 CFR 126.1 governs `D:5`,
//! Cambodia left it on 2026-02-03 (91 FR 5091), the Emirates left `D:3` and `D:4` on 2026-07-10 and joined `A:5` (FR Doc
//! 2026-14132), Hong Kong counts as China, and Macau is named beside `D:5`. A group that a table does not have cannot be
//! wrong. The check works on any table, not only on a book: [`Table::of_csv`].

use crate::book::{Book, Membership};
use crate::country::{Countries, Country};
use crate::date::Date;
use crate::fault::Fault;
use crate::groups_known::{self, Fact};
use crate::law::standing;
use crate::spot::Spot;
use crate::stand::Stand;

/// A membership with its place.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The group.
    pub group: String,
    /// Who is in it, and when.
    pub member: Membership,
    /// Where that stands.
    pub spot: Spot,
}

/// A table of country groups.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Who is in which group, and when.
    pub entries: Vec<Entry>,
    /// What groups are said to mean, and where.
    pub meanings: Vec<(String, String, Spot)>,
    /// Places that count as another, and as which.
    pub treated: Vec<(Country, Country)>,
    /// Places that are named apart beside a group.
    pub apart: Vec<(Country, String)>,
    /// The table as a whole.
    pub spot: Spot,
}

impl Entry {
    /// A membership of a group.
    #[must_use]
    pub fn of(group: &str, member: &Membership, spot: &Spot) -> Self {
        Self { group: group.to_owned(), member: member.clone(), spot: spot.clone() }
    }
}

impl Book {
    /// The errors of public tables that the book's groups have, on its last day.
    #[must_use]
    pub fn check_groups(&self) -> Vec<Fault> {
        let spot = |name: &str| Spot::file(&format!("groups/{}.toml", name.replace(':', "")));
        let groups = || self.groups.values();
        let entry = |group: &crate::book::Group| -> Vec<Entry> {
            group.members.iter().map(|member| Entry::of(&group.name, member, &spot(&group.name))).collect()
        };
        let table = Table {
            entries: groups().flat_map(entry).collect(),
            meanings: groups().map(|g| (g.name.clone(), g.meaning.clone(), spot(&g.name))).collect(),
            treated: self.treated_as.iter().map(|treated| (treated.country, treated.counts_as)).collect(),
            apart: self.named_apart.iter().map(|apart| (apart.country, apart.beside.clone())).collect(),
            spot: Spot::file("groups/treated_as.toml"),
        };
        table.check(self.as_of)
    }
}

impl Table {
    /// The errors of public tables that this one has on a day, by place.
    #[must_use]
    pub fn check(&self, day: Date) -> Vec<Fault> {
        let mut faults = self.conflicts();
        faults.extend(self.mislabelled());
        faults.extend(
            groups_known::FACTS.iter().filter(|fact| fact.from <= day).filter_map(|f| self.fact(f, day)),
        );
        faults.extend(self.partners(day));
        faults.extend(self.state_list(day));
        faults.extend(self.not_treated(day));
        faults.sort();
        faults
    }

    /// Countries that are in `D:5` and `A:5` on the same day: nobody is embargoed and an ally.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for ally in self.entries.iter().filter(|entry| entry.group == "A:5" && entry.member.within) {
            let country = ally.member.country;
            let days = self.entries.iter().filter(|entry| entry.member.country == country);
            let days = days.map(|entry| entry.member.from);
            let clash =
                |day: &Date| self.on("A:5", *day).contains(country) && self.on("D:5", *day).contains(country);
            if let Some(day) = days.filter(clash).min() {
                let what = format!("`{country}` is in A:5 and in D:5 on {day}");
                faults.push(ally.spot.fault(what, "end one of the memberships before, or take it out"));
            }
        }
        faults.sort();
        faults.dedup();
        faults
    }

    fn on(&self, group: &str, day: Date) -> Countries {
        let members = self.entries.iter().filter(|entry| entry.group == group);
        let members: Vec<_> = members.map(|entry| entry.member.clone()).collect();
        standing(&members, &Stand { known_on: Date::MAX, ..Stand::on(day) })
    }

    fn has(&self, group: &str) -> bool {
        self.entries.iter().any(|entry| entry.group == group)
    }

    fn mislabelled(&self) -> Vec<Fault> {
        let wrong = |(group, meaning, spot): &(String, String, Spot)| {
            let said = meaning.to_ascii_lowercase();
            let (_, word, right) =
                groups_known::MISLABELLED.iter().find(|(of, word, _)| of == group && said.contains(word))?;
            Some(spot.fault(format!("{group} is said to mean `{word}`"), *right))
        };
        self.meanings.iter().filter_map(wrong).collect()
    }

    fn fact(&self, fact: &Fact, day: Date) -> Option<Fault> {
        let country = fact.country;
        let within = self.on(fact.group, day).contains(country);
        if !self.has(fact.group) || within == fact.within {
            return None;
        }
        let spot = self.spot_of(fact.group, country);
        let (what, remedy) = if fact.within {
            (format!("`{country}` is missing in {}", fact.group), format!("add it from {}", fact.from))
        } else {
            let left = fact.from.before();
            (format!("`{country}` is still in {} on {day}", fact.group), format!("end it with {left}"))
        };
        Some(spot.fault(what, format!("{remedy}: {}", fact.source)))
    }

    /// Allies in `A:6`: somebody took it for NATO.
    fn partners(&self, day: Date) -> Option<Fault> {
        let both = self.on("A:6", day).intersection(self.on("A:5", day));
        let country = both.iter().next()?;
        let what = format!("{} members of A:5 are in A:6 too, such as `{country}`", both.len());
        Some(
            self.spot_of("A:6", country)
                .fault(what, "A:6 is not NATO: load it from Supplement 1 to part 740"),
        )
    }

    fn state_list(&self, day: Date) -> Vec<Fault> {
        if !self.has("D:5") {
            return Vec::new();
        }
        let listed = groups_known::STATE_LIST.iter().filter(|(_, from)| *from <= day);
        let members = self.on("D:5", day);
        let missing = listed.filter(|(country, _)| !members.contains(*country));
        let fault = |(country, _): &(Country, Date)| {
            let what = format!("`{country}` is missing in D:5");
            self.spot_of("D:5", *country)
                .fault(what, "add it: 22 CFR 126.1 governs, the table of the EAR lags behind")
        };
        missing.map(fault).collect()
    }

    fn not_treated(&self, day: Date) -> Vec<Fault> {
        let mut faults = Vec::new();
        let members = self.on("D:5", day);
        let (china, hong_kong, macau) = (groups_known::CHINA, groups_known::HONG_KONG, groups_known::MACAU);
        let counts = |country| self.treated.contains(&(country, china)) || members.contains(country);
        if self.has("D:5") && !counts(hong_kong) {
            faults.push(
                self.spot.fault("Hong Kong does not count as China", "let `HK` count as `CN` for every rule"),
            );
        }
        let apart = self.apart.iter().any(|(country, group)| *country == macau && group == "D:5");
        if self.has("D:5") && !counts(macau) && !apart {
            let remedy = "name `MO` apart beside D:5, as the rules do";
            faults.push(self.spot.fault("Macau is neither in D:5 nor named beside it", remedy));
        }
        faults
    }

    /// Where a membership stands; if it does not, where the group begins.
    fn spot_of(&self, group: &str, country: Country) -> Spot {
        let of_group = || self.entries.iter().filter(|entry| entry.group == group);
        let own = of_group().find(|entry| entry.member.country == country);
        own.or_else(|| of_group().next()).map_or_else(|| self.spot.clone(), |entry| entry.spot.clone())
    }
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
