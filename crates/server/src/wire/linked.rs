//! Links of parties and their records, in the contract's words.

use lightcone::v1;
use lightcone_policy::links::{Kind, Link, Links};
use lightcone_policy::record::{Check, Often, Record};

use super::party::name_of;
use crate::limits::{LINKS_SHOWN_MAX, RECORD_LINES_MAX};

/// What the house may order less often.
const CHECKS: [(Check, &str); 3] = [
    (Check::SoftFlags, "a person looks at orders with soft flags"),
    (Check::Sampling, "chips of a site are challenged"),
    (Check::Visit, "a site is visited"),
];

/// Links of a party and of those that are linked to it, strongest first, and its group.
pub(crate) fn shown(itself: &str, links: &Links) -> v1::ListLinkedPartiesResponse {
    let is_near = |link: &&Link| link.a == itself || link.b == itself;
    let near = links.links.iter().filter(is_near);
    let near: std::collections::BTreeSet<&str> =
        near.flat_map(|link| [link.a.as_str(), link.b.as_str()]).collect();
    let told =
        links.links.iter().filter(|link| near.contains(link.a.as_str()) || near.contains(link.b.as_str()));
    let mut told: Vec<v1::PartyLink> = told.flat_map(each).collect();
    told.sort_by(|x, y| {
        y.score_ppm
            .cmp(&x.score_ppm)
            .then_with(|| (&x.first, &x.second, x.kind).cmp(&(&y.first, &y.second, y.kind)))
    });
    told.truncate(LINKS_SHOWN_MAX);
    let group = links.group_of(itself).into_iter().take(LINKS_SHOWN_MAX).map(name_of).collect();
    v1::ListLinkedPartiesResponse { links: told, group }
}

/// A consignee's record.
pub(crate) fn record(record: &Record) -> v1::ConsigneeRecord {
    let lines = |lines: &[String]| lines.iter().take(RECORD_LINES_MAX).cloned().collect();
    let lightens = CHECKS.iter().filter_map(|(check, words)| match record.level.often(*check) {
        Often::Always => None,
        Often::OneIn(times) => Some(format!("{words}: one time in {times}")),
    });
    v1::ConsigneeRecord {
        party: name_of(&record.party),
        level: record.level as u32,
        reasons: lines(&record.reasons),
        missing: lines(&record.missing),
        lightens: lightens.collect(),
    }
}

/// One link for each tie.
fn each(link: &Link) -> impl Iterator<Item = v1::PartyLink> {
    use v1::party_link::Kind as Wire;
    link.ties.iter().map(|tie| {
        let kind = match tie.kind {
            Kind::Owner => Wire::Owner,
            Kind::Address => Wire::Address,
            Kind::Forwarder => Wire::Forwarder,
            Kind::EndUser => Wire::EndUser,
            Kind::Name => Wire::Name,
        };
        v1::PartyLink {
            first: name_of(&link.a),
            second: name_of(&link.b),
            kind: kind as i32,
            score_ppm: tie.score_ppm,
            why: tie.why.clone(),
        }
    })
}
