//! Looks for the red flags of a book in a transfer, its parties and what they did before.
//!
//! A flag is up where something was found. Where nobody looked it is not up: it is told as not looked at, with what
//! would settle it. Neither decides anything; a flag asks for a person.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::country::Countries;
use crate::decision::Missing;
use crate::flag::{FlagRule, Raised, Sign};
use crate::law::{Law, standing};
use crate::links::{self, Links};
use crate::measure::Measure;
use crate::party::{Parties, Party};
use crate::transfer::{Past, Transfer};

mod found;
mod history;
mod ties;

/// Figures of flags by name, and what holds where a book names none. [`limit`] reads them.
pub const LIMITS: [(&str, u64); 4] = [
    // An order is small up to the yearly low-processing-performance figure of P06, and small orders add up from there.
    ("order_tpp_max", 26_900_000),
    ("sum_tpp_min", 26_900_000),
    // Orders are added up over so many days, as that figure is for a year.
    ("window_days", 365),
    // A forwarder with more customers is a common carrier: to share it says nothing.
    ("users_max", 8),
];
/// From this weight on a link to a listed party is told, in parts per million: a name that is nearly the same is.
pub const LEAD_MIN_PPM: u32 = 550_000;
/// Lists that speak for a party.
pub const FAVOURABLE_LISTS: [&str; 1] = ["VEU"];

/// What was looked for and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// Flags that are up, in the book's order.
    pub raised: Vec<Raised>,
    /// What nobody looked at, in the book's order.
    pub unlooked: Vec<Unlooked>,
}

/// A flag that is neither up nor down, because nobody looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlooked {
    /// The flag's identifier.
    pub id: String,
    /// What is to be looked for.
    pub sign: Sign,
    /// What is not known, and what would settle it.
    pub missing: Missing,
}

/// Red flags that are up.
#[must_use]
pub fn raise(law: &Law<'_>, transfer: &Transfer, parties: &Parties, pasts: &[Past]) -> Vec<Raised> {
    look(law, transfer, parties, pasts).raised
}

/// Red flags that are up, and those that nobody looked at.
#[must_use]
pub fn look(law: &Law<'_>, transfer: &Transfer, parties: &Parties, pasts: &[Past]) -> Looked {
    // The transfer's own ties count as those of others do.
    let own = Past { transfer: transfer.clone(), decided_by: Vec::new(), proven_in_place: None };
    let others = pasts.iter().filter(|past| past.transfer.id != transfer.id).cloned();
    let all: Vec<Past> = others.chain([own]).collect();
    Looker::new(law, parties, &all).look(transfer)
}

/// A figure of a flag: the book's, or what holds where it names none; zero for a name that no flag has.
#[must_use]
pub fn limit(rule: &FlagRule, name: &str) -> Measure {
    let by_itself = || LIMITS.iter().find(|(limit, _)| *limit == name).map_or(0, |(_, value)| *value);
    rule.limits.get(name).copied().unwrap_or_else(|| Measure::whole(by_itself()))
}

/// Looks at many transfers of the same parties and the same history, of which each may be one.
pub struct Looker<'l> {
    law: &'l Law<'l>,
    parties: &'l Parties,
    /// Destinations of the transshipment watch.
    watch: Countries,
    links: Links,
    history: history::History<'l>,
}

impl<'l> Looker<'l> {
    /// Files what parties did, so that each transfer is looked at without reading all of it again.
    #[must_use]
    pub fn new(law: &'l Law<'l>, parties: &'l Parties, pasts: &'l [Past]) -> Self {
        Self {
            law,
            parties,
            watch: standing(&law.book().watch, law.stand()),
            links: links::view(parties, pasts),
            history: history::History::new(parties, pasts),
        }
    }

    /// The linked-party view that it uses.
    #[must_use]
    pub const fn links(&self) -> &Links {
        &self.links
    }

    /// Looks for each flag of the book that is known.
    #[must_use]
    pub fn look(&self, transfer: &Transfer) -> Looked {
        let mut looked = Looked::default();
        let known = self.law.book().flags.iter().filter(|rule| rule.known <= self.law.stand().known_on);
        for rule in known {
            let finds = self.find(rule, transfer);
            let found: Vec<&str> = finds.iter().filter_map(|find| find.up()).collect();
            if !found.is_empty() {
                let about: BTreeSet<String> = finds.iter().flat_map(Find::about).cloned().collect();
                looked.raised.push(Raised {
                    id: rule.id.clone(),
                    sign: rule.sign,
                    found: found.join("; "),
                    about: about.into_iter().collect(),
                    source: rule.source.clone(),
                });
            }
            looked.unlooked.extend(finds.into_iter().filter_map(Find::unlooked).map(|missing| Unlooked {
                id: rule.id.clone(),
                sign: rule.sign,
                missing,
            }));
        }
        looked
    }

    fn find(&self, rule: &FlagRule, transfer: &Transfer) -> Vec<Find> {
        match rule.sign {
            Sign::FirstOrderAfterControls => self.first_order(transfer),
            Sign::DoubtfulAddress
            | Sign::DoubtfulWebPresence
            | Sign::CapacityNotAffirmed
            | Sign::UnexplainedVolume
            | Sign::DeclinedInstallation => self.of_parties(rule.sign, transfer),
            Sign::UnusualConsignee => self.unusual_consignee(transfer),
            Sign::NotDisclosed => self.not_disclosed(transfer),
            Sign::Transshipment => self.transshipment(transfer),
            Sign::SharedAddress => self.shared_address(transfer),
            Sign::SharedForwarder => self.shared_forwarder(rule, transfer),
            Sign::SplitOrders => self.split_orders(rule, transfer),
            Sign::LinkedToListed => self.linked_to_listed(transfer),
            Sign::ImpossibleClaim => impossible_claim(transfer),
        }
    }

    /// Those who receive goods: consignee and end user.
    fn receivers<'t>(&self, transfer: &'t Transfer) -> Vec<(&'t str, Option<&'l Party>)> {
        let named: BTreeSet<&str> = [transfer.consignee.as_str(), transfer.end_user.as_str()].into();
        let named = named.into_iter().filter(|id| !id.is_empty());
        named.map(|id| (id, self.parties.get(id))).collect()
    }
}

/// What a look brought.
enum Find {
    /// The flag is up: what was found, and about whom.
    Up(String, Vec<String>),
    /// Nobody looked.
    Unlooked(Missing),
}

impl Find {
    fn missing(fact: String, remedy: &str) -> Self {
        Self::Unlooked(Missing { fact, remedy: remedy.to_owned() })
    }

    fn up(&self) -> Option<&str> {
        match self {
            Self::Up(found, _) => Some(found),
            Self::Unlooked(_) => None,
        }
    }

    fn about(&self) -> &[String] {
        match self {
            Self::Up(_, about) => about,
            Self::Unlooked(_) => &[],
        }
    }

    fn unlooked(self) -> Option<Missing> {
        match self {
            Self::Up(..) => None,
            Self::Unlooked(missing) => Some(missing),
        }
    }
}

fn impossible_claim(transfer: &Transfer) -> Vec<Find> {
    let found = || format!("the place that `{}` declares was found impossible", transfer.id);
    if transfer.claim_impossible { vec![Find::Up(found(), vec![transfer.id.clone()])] } else { Vec::new() }
}

/// What each of several parties is filed under.
type Filed<'l, V> = BTreeMap<&'l str, V>;
