//! Parties, transfers and books for tests.
#![allow(dead_code, clippy::allow_attributes, reason = "each test takes what it needs")]

use lightcone_policy::book::Membership;
use lightcone_policy::flag::{FlagRule, Sign};
use lightcone_policy::party::{Listing, Parties, Party, Stake, Traits};
use lightcone_policy::rule::{EndUse, Movement};
use lightcone_policy::sku::{Rate, Reading};
use lightcone_policy::source::{Grade, Source};
use lightcone_policy::transfer::{Line, Past, Taken, Transfer};
use lightcone_policy::{Book, Countries, Country, Date, Measure, Sku, Span};

/// A day that must be one.
pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// A country that must be one.
pub(crate) fn country(code: &str) -> Country {
    code.parse().expect("a code")
}

/// Countries by code.
pub(crate) fn countries(codes: &[&str]) -> Countries {
    codes.iter().map(|code| country(code)).collect()
}

/// A source of a test.
pub(crate) fn source() -> Source {
    Source { grade: Grade::S, source: "test".to_owned(), read: None }
}

/// A party about which everything was found to be in order.
pub(crate) fn party(id: &str, name: &str, address: &str) -> Party {
    Party {
        id: id.to_owned(),
        name: name.to_owned(),
        aliases: Vec::new(),
        addresses: vec![address.to_owned()],
        headquarters: Some(country("SG")),
        trades: vec![lightcone_policy::party::Trade::DataCentre],
        stakes: Vec::new(),
        owners_complete: true,
        listings: Vec::new(),
        first_order: Some(day("2021-03-01")),
        traits: Traits {
            address_doubtful: Some(false),
            web_presence_doubtful: Some(false),
            capacity_affirmed: Some(true),
            volume_explained: Some(true),
            end_use_disclosed: Some(true),
            declined_installation: Some(false),
        },
    }
}

/// A stake without an end.
pub(crate) fn stake(owner: &str, share_ppm: u32) -> Stake {
    Stake { owner: owner.to_owned(), share_ppm, from: day("2015-01-01"), to: Date::MAX, source: source() }
}

/// A listing without an end.
pub(crate) fn listing(list: &str) -> Listing {
    Listing { list: list.to_owned(), from: day("2020-01-01"), to: Date::MAX, source: source() }
}

/// Parties by identifier.
pub(crate) fn parties(all: impl IntoIterator<Item = Party>) -> Parties {
    all.into_iter().map(|party| (party.id.clone(), party)).collect()
}

/// An export of eight chips to Singapore, where they stay.
pub(crate) fn transfer(id: &str, consignee: &str, date: &str) -> Transfer {
    Transfer {
        id: id.to_owned(),
        movement: Movement::Export,
        lines: vec![Line { sku: "H100-SXM".to_owned(), units: 8 }],
        origin: Some(country("US")),
        destinations: countries(&["SG"]),
        through: Vec::new(),
        onward: Vec::new(),
        exporter: "vendor".to_owned(),
        consignee: consignee.to_owned(),
        intermediaries: Vec::new(),
        end_user: consignee.to_owned(),
        uses: vec![EndUse::Inference],
        date: day(date),
        licences: Vec::new(),
        conditions: std::collections::BTreeMap::new(),
        taken: Taken::default(),
        claim_impossible: false,
        evidence: Vec::new(),
    }
}

/// A transfer of before.
pub(crate) fn past(transfer: Transfer) -> Past {
    Past { transfer, decided_by: Vec::new(), proven_in_place: None }
}

/// A chip by one rate at eight bits.
pub(crate) fn chip(name: &str, tops: u64) -> Sku {
    let tops = Reading { span: Span::exactly(Measure::whole(tops)), source: source() };
    Sku { name: name.to_owned(), rates: vec![Rate { bits: 8, tops }], ..Sku::default() }
}

/// Every flag that there is, as the built-in book calls them.
pub(crate) const FLAGS: [(&str, Sign); 14] = [
    ("RF1", Sign::FirstOrderAfterControls),
    ("RF2", Sign::DoubtfulAddress),
    ("RF3", Sign::DoubtfulWebPresence),
    ("RF4", Sign::CapacityNotAffirmed),
    ("RF5", Sign::UnusualConsignee),
    ("RF6", Sign::UnexplainedVolume),
    ("RF7", Sign::NotDisclosed),
    ("RFG", Sign::DeclinedInstallation),
    ("HF1", Sign::Transshipment),
    ("HF2", Sign::SharedAddress),
    ("HF3", Sign::SharedForwarder),
    ("HF4", Sign::SplitOrders),
    ("HF5", Sign::LinkedToListed),
    ("HF6", Sign::ImpossibleClaim),
];

/// A book with every flag, two chips and a watch over Malaysia and Singapore.
pub(crate) fn book() -> Book {
    let watched = |code: &str| Membership {
        country: country(code),
        within: true,
        from: day("2022-10-07"),
        to: Date::MAX,
        known: day("2022-10-07"),
        source: source(),
    };
    let flag = |(id, sign): &(&str, Sign)| FlagRule {
        id: (*id).to_owned(),
        sign: *sign,
        text: String::new(),
        source: source(),
        known: if id.starts_with("RF") { day("2025-05-13") } else { day("2022-10-01") },
        limits: std::collections::BTreeMap::new(),
    };
    Book {
        name: "test".to_owned(),
        since: day("2022-10-07"),
        as_of: day("2026-11-01"),
        digest: "0".repeat(64),
        instruments: Vec::new(),
        groups: std::collections::BTreeMap::new(),
        treated_as: Vec::new(),
        named_apart: Vec::new(),
        covers: Vec::new(),
        skus: [chip("H100-SXM", 1_979), chip("L2", 193), Sku { name: "X1".to_owned(), ..Sku::default() }]
            .map(|sku| (sku.name.clone(), sku))
            .into(),
        flags: FLAGS.iter().map(flag).collect(),
        watch: vec![watched("MY"), watched("SG")],
    }
}
