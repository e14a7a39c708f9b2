//! A small book of rules, built in code, and parties and transfers to hold against it.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part of it, and may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};

use lightcone_policy::book::{Group, Membership};
use lightcone_policy::party::{Listing, Parties, Party, Stake};
use lightcone_policy::rule::{
    Bound, CapOf, CapRule, Clause, Enforcement, ExceptionRule, Instrument, ItemRule, Kind, LicenceRule,
    Movement, OwnershipRule, Phase, Places, Review, ReviewRule, Side,
};
use lightcone_policy::sku::{Market, Metric, Rate, Reading, Sku};
use lightcone_policy::source::{Grade, Source};
use lightcone_policy::transfer::{Line, Taken, Transfer};
use lightcone_policy::{Book, Case, Countries, Country, Date, Decision, Law, Measure, Span, Stand, decide};

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn country(code: &str) -> Country {
    code.parse().unwrap()
}

pub(crate) fn countries(codes: &[&str]) -> Countries {
    codes.iter().map(|code| country(code)).collect()
}

pub(crate) fn source(grade: Grade) -> Source {
    Source { grade, source: "test".to_owned(), read: None }
}

/// Three texts: classes by TPP with a licence for D:5 and for who is headquartered there, the Entity List, and
/// ownership by half, suspended for a year.
pub(crate) fn book() -> Book {
    let since = day("2022-01-01");
    let d5 = ["CN", "KH", "IR"].map(|code| Membership {
        country: country(code),
        within: true,
        from: since,
        to: Date::MAX,
        known: since,
        source: source(Grade::S),
    });
    let group = Group {
        name: "D:5".to_owned(),
        meaning: "arms embargo".to_owned(),
        note: String::new(),
        members: d5.to_vec(),
        disputed: vec![(country("ZW"), source(Grade::U))],
    };
    Book {
        name: "test".to_owned(),
        since: day("2022-01-01"),
        as_of: day("2026-11-24"),
        digest: "0".repeat(64),
        instruments: vec![chips(), lists(), affiliates()],
        groups: BTreeMap::from([("D:5".to_owned(), group)]),
        treated_as: vec![],
        named_apart: vec![],
        covers: vec![],
        skus: [sku("FAST", 16_000), sku("SLOW", 1_000), sku("MIDDLE", 3_000)]
            .into_iter()
            .map(|sku| (sku.name.clone(), sku))
            .collect(),
        flags: vec![],
        watch: vec![],
    }
}

pub(crate) fn text(id: &str, kind: Kind, from: &str) -> Instrument {
    Instrument {
        id: id.to_owned(),
        authority: country("US"),
        title: id.to_owned(),
        citation: format!("{id} FR"),
        kind,
        known: day(from),
        in_force: (kind != Kind::Bill && kind != Kind::Announcement).then(|| day(from)),
        to: Date::MAX,
        phases: vec![],
        source: source(Grade::V),
        summary: String::new(),
        left_out: String::new(),
        replaces: vec![],
        items: vec![],
        licences: vec![],
        reviews: vec![],
        exceptions: vec![],
        caps: vec![],
        ownership: vec![],
        announced: vec![],
    }
}

fn chips() -> Instrument {
    let d5 = Places { groups: vec!["D:5".to_owned()], ..Places::default() };
    let bound = |side, line| Bound { metric: Metric::Tpp, side, line: Measure::whole(line) };
    let clause = |bounds| Clause { name: String::new(), bounds, market: None, grade: None };
    let item = |id: &str, class: &str, bounds| ItemRule {
        id: id.to_owned(),
        class: class.to_owned(),
        any: vec![clause(bounds)],
        ..ItemRule::default()
    };
    let classes = vec!["a".to_owned(), "b".to_owned()];
    Instrument {
        items: vec![
            item("R.a", "a", vec![bound(Side::AtLeast, 4_800)]),
            item("R.b", "b", vec![bound(Side::AtLeast, 2_400), bound(Side::Below, 4_800)]),
        ],
        licences: vec![
            LicenceRule {
                id: "R.DESTINATION".to_owned(),
                classes: classes.clone(),
                destinations: Some(d5.clone()),
                ..LicenceRule::default()
            },
            LicenceRule {
                id: "R.HEADQUARTERS".to_owned(),
                classes,
                headquarters: Some(d5.clone()),
                ..LicenceRule::default()
            },
        ],
        reviews: vec![ReviewRule {
            id: "R.REVIEW".to_owned(),
            requirements: vec!["a".to_owned(), "b".to_owned()],
            destinations: Some(d5),
            headquarters: None,
            movements: vec![],
            origin: None,
            market: None,
            bounds: vec![bound(Side::Below, 20_000)],
            conditions: vec!["tested".to_owned()],
            caps: vec![],
            policy: Review::CaseByCase,
            otherwise: Some(Review::PresumptionOfDenial),
            grade: None,
            text: String::new(),
        }],
        exceptions: vec![ExceptionRule {
            id: "R.NOTICE".to_owned(),
            name: "NOTICE".to_owned(),
            classes: vec!["b".to_owned()],
            conditions: vec!["notice".to_owned()],
            caps: vec!["R.CAP".to_owned()],
            ..ExceptionRule::default()
        }],
        caps: vec![CapRule {
            id: "R.CAP".to_owned(),
            of: CapOf::ConsigneeYear,
            limit: Measure::whole(300_000),
            grade: Grade::V,
            text: String::new(),
        }],
        ..text("R", Kind::Rule, "2023-01-01")
    }
}

fn lists() -> Instrument {
    let licence = |id: &str, list: &str| LicenceRule {
        id: id.to_owned(),
        lists: vec![list.to_owned()],
        ..LicenceRule::default()
    };
    let review = |id: &str, rule: &str, policy| ReviewRule {
        id: id.to_owned(),
        requirements: vec![rule.to_owned()],
        destinations: None,
        headquarters: None,
        movements: vec![],
        origin: None,
        market: None,
        bounds: vec![],
        conditions: vec![],
        caps: vec![],
        policy,
        otherwise: None,
        grade: None,
        text: String::new(),
    };
    Instrument {
        licences: vec![licence("L.EL", "EL"), licence("L.DPL", "DPL")],
        reviews: vec![
            review("L.EL.REVIEW", "L.EL", Review::PresumptionOfDenial),
            review("L.DPL.REVIEW", "L.DPL", Review::PolicyOfDenial),
        ],
        ..text("L", Kind::Rule, "2022-01-01")
    }
}

fn affiliates() -> Instrument {
    let phase = |from: &str, to: &str, state, grade| Phase {
        from: day(from),
        to: if to.is_empty() { Date::MAX } else { day(to) },
        state,
        known: day("2025-09-29"),
        by: String::new(),
        source: source(grade),
    };
    Instrument {
        phases: vec![
            phase("2025-09-29", "2025-11-09", Enforcement::Enforced, Grade::S),
            phase("2025-11-10", "2026-11-09", Enforcement::Suspended, Grade::S),
            phase("2026-11-10", "", Enforcement::Unverified, Grade::U),
        ],
        ownership: vec![OwnershipRule {
            id: "O.HALF".to_owned(),
            lists: vec!["EL".to_owned()],
            share_ppm: 500_000,
            aggregate: true,
            grade: None,
            text: String::new(),
        }],
        ..text("O", Kind::Rule, "2025-09-29")
    }
}

pub(crate) fn sku(name: &str, tpp: u64) -> Sku {
    let tops = Reading { span: Span::exactly(Measure::whole(tpp / 8)), source: source(Grade::K) };
    Sku {
        name: name.to_owned(),
        market: Market::DataCentre,
        rates: vec![Rate { bits: 8, tops }],
        ..Sku::default()
    }
}

pub(crate) fn party(id: &str, headquarters: &str) -> Party {
    Party {
        id: id.to_owned(),
        name: id.to_owned(),
        aliases: vec![],
        addresses: vec![],
        headquarters: (!headquarters.is_empty()).then(|| country(headquarters)),
        trades: vec![],
        stakes: vec![],
        owners_complete: true,
        listings: vec![],
        first_order: None,
        traits: lightcone_policy::party::Traits::default(),
    }
}

pub(crate) fn owned(mut party: Party, owner: &str, share_ppm: u32) -> Party {
    let (from, to) = (day("2020-01-01"), Date::MAX);
    party.stakes.push(Stake { owner: owner.to_owned(), share_ppm, from, to, source: source(Grade::S) });
    party
}

pub(crate) fn on_list(mut party: Party, list: &str) -> Party {
    let (from, to) = (day("2020-01-01"), Date::MAX);
    party.listings.push(Listing { list: list.to_owned(), from, to, source: source(Grade::S) });
    party
}

pub(crate) fn parties(all: impl IntoIterator<Item = Party>) -> Parties {
    let home = party("maker", "US");
    all.into_iter().chain([home]).map(|party| (party.id.clone(), party)).collect()
}

/// A hundred of a chip from `maker` to `buyer`, who uses them.
pub(crate) fn transfer(sku: &str, to: &[&str]) -> Transfer {
    Transfer {
        id: "order".to_owned(),
        movement: Movement::Export,
        lines: vec![Line { sku: sku.to_owned(), units: 100 }],
        origin: Some(country("US")),
        destinations: countries(to),
        through: vec![],
        onward: vec![],
        exporter: "maker".to_owned(),
        consignee: "buyer".to_owned(),
        intermediaries: vec![],
        end_user: "buyer".to_owned(),
        uses: vec![lightcone_policy::rule::EndUse::Inference],
        date: day("2024-06-01"),
        licences: vec![],
        conditions: BTreeMap::new(),
        taken: Taken::default(),
        claim_impossible: false,
        evidence: vec![],
    }
}

pub(crate) fn judge(on: &str, transfer: &Transfer, parties: &Parties) -> Decision {
    judge_by(&book(), &Stand::on(day(on)), transfer, parties)
}

pub(crate) fn judge_by(book: &Book, stand: &Stand, transfer: &Transfer, parties: &Parties) -> Decision {
    let law = Law::new(book, stand.clone());
    decide(&law, &Case { transfer, parties, skus: &BTreeMap::new(), flags: &[] })
}

/// Rules that a decision rests on, by what they do.
pub(crate) fn rules(decision: &Decision, effect: lightcone_policy::decision::Effect) -> BTreeSet<&str> {
    let grounds = decision.grounds.iter().filter(|ground| ground.effect == effect && ground.applies.may());
    grounds.map(|ground| ground.rule.as_str()).collect()
}
