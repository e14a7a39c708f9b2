//! Parties, transfers and books for tests.
#![allow(dead_code, clippy::allow_attributes, reason = "each test takes what it needs")]

use lightcone_policy::party::{Listing, Parties, Party, Stake, Traits};
use lightcone_policy::rule::{EndUse, Movement};
use lightcone_policy::source::{Grade, Source};
use lightcone_policy::transfer::{Line, Past, Taken, Transfer};
use lightcone_policy::{Countries, Country, Date};

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
