//! Transfers: goods that are to go from one party to another, and what is known about that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::country::{Countries, Country};
use crate::date::Date;
use crate::measure::Measure;
use crate::rule::{EndUse, Movement, RuleId};

/// One line of goods.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Line {
    /// The SKU, as in the book or among the caller's own.
    pub sku: String,
    /// How many.
    pub units: u64,
}

/// What a licence, exception or authorisation permits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Licence {
    /// Its number.
    pub number: String,
    /// The requirement, class or exception that it is for; empty: any requirement.
    pub against: Vec<String>,
    /// SKUs that it is for; empty: any.
    pub skus: Vec<String>,
    /// Parties that it is for, by identifier: all that are headquartered abroad must be named.
    pub parties: Vec<String>,
    /// Destinations that it is for.
    pub destinations: Countries,
    /// Units that are left on it; none: without a bound.
    pub units_left: Option<u64>,
    /// From this day.
    pub from: Date,
    /// To this day, included.
    pub to: Date,
    /// The application was refused: what it would have covered may not be.
    #[serde(default)]
    pub refused: bool,
}

/// What a cap has taken up already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Taken {
    /// TPP to this consignee and its ultimate parents in this calendar year; none: not known.
    pub consignee_year_tpp: Option<Measure>,
    /// TPP to the destination country in the cap's time; none: not known.
    pub country_tpp: Option<Measure>,
    /// Units of the same SKU that went to the capped destinations so far; none: not known.
    pub capped_units: Option<u64>,
    /// Units of the same SKU that were shipped for use at home; none: not known.
    pub home_units: Option<u64>,
    /// TPP of the validated end user in the destination country; none: not known.
    pub user_country_tpp: Option<Measure>,
    /// All its TPP; none: not known.
    pub user_tpp: Option<Measure>,
}

/// Goods that are to go from one party to another, or work that is to run on them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Transfer {
    /// Its identifier.
    pub id: String,
    /// Which way.
    pub movement: Movement,
    /// What goes.
    pub lines: Vec<Line>,
    /// From where; none: not known.
    pub origin: Option<Country>,
    /// Every destination that is still possible: of papers one, of a verdict those that physics leaves. Empty: not known.
    pub destinations: Countries,
    /// Destinations through which it goes.
    pub through: Vec<Country>,
    /// Where it is to go on from there, by papers; empty: it stays.
    pub onward: Vec<Country>,
    /// Who sends it; empty: not known.
    pub exporter: String,
    /// Who receives it; empty: not known.
    pub consignee: String,
    /// Who carries or receives it in between.
    pub intermediaries: Vec<String>,
    /// Who uses it; empty: not known.
    pub end_user: String,
    /// What for; empty: not stated.
    pub uses: Vec<EndUse>,
    /// When it is to go.
    pub date: Date,
    /// Licences and authorisations that are held.
    pub licences: Vec<Licence>,
    /// Conditions of rules by name, such as `third_party_test`, and whether they are met; absent: nobody looked.
    pub conditions: BTreeMap<String, bool>,
    /// What caps have taken up.
    pub taken: Taken,
    /// The place that was claimed was found IMPOSSIBLE, or the chip OUTSIDE of it PROVEN.
    pub claim_impossible: bool,
    /// Findings that the destinations rest on, such as `verdicts/018f…`.
    pub evidence: Vec<String>,
}

impl Transfer {
    /// Work that runs where a chip is: nothing moves. Everything else is not known, and for the caller to fill in.
    #[must_use]
    pub fn of_use(sku: &str, possible: Countries, date: Date) -> Self {
        Self {
            id: String::new(),
            movement: Movement::Use,
            lines: vec![Line { sku: sku.to_owned(), units: 1 }],
            origin: None,
            destinations: possible,
            through: Vec::new(),
            onward: Vec::new(),
            exporter: String::new(),
            consignee: String::new(),
            intermediaries: Vec::new(),
            end_user: String::new(),
            uses: Vec::new(),
            date,
            licences: Vec::new(),
            conditions: BTreeMap::new(),
            taken: Taken::default(),
            claim_impossible: false,
            evidence: Vec::new(),
        }
    }
}

/// A transfer of before: what linked parties did already.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Past {
    /// The transfer.
    pub transfer: Transfer,
    /// The decisions on it, by rule.
    pub decided_by: Vec<RuleId>,
    /// Whether its chips were proven in place ever since, where anybody looked.
    pub proven_in_place: Option<bool>,
}
