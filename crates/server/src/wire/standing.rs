//! Standings at the door: what of a verdict they are made of, and how they are kept and shown.

use lightcone::names::ChipName;
use lightcone::v1;
use lightcone_core::{Borders, WorldviewId};
use lightcone_store::Verdict;
use prost::{DecodeError, Message as _};

use super::Violation;
use super::moment::timestamp;
use super::registry::Page;
use super::session::misnamed;
use crate::standing::{Answer, Contact, Epoch, Jurisdictions, Sight};

/// The id in the name of the chip that is asked about.
pub(crate) fn chip(name: &str) -> Result<String, Violation> {
    ChipName::parse(name).map(|name| name.chip).map_err(|invalid| misnamed("chip", &invalid))
}

/// Reads which page is asked for.
pub(crate) fn listed(mut wire: v1::ListStandingsRequest) -> Result<Page, Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    Page::read("ListStandings", size, &token, &wire)
}

/// What of a verdict an answer to outsiders is made of.
pub(crate) fn sight(borders: &Borders, kept: &Verdict) -> Result<Sight, DecodeError> {
    let record = v1::VerdictRecord::decode(kept.wire.as_slice())?;
    let (found, is_elsewhere) = possible(borders, &record);
    let residency = record.residency;
    Ok(Sight { found, residency, is_elsewhere, seen_ns: kept.story_time.unwrap_or(kept.as_of) })
}

/// The destinations that a verdict leaves possible, none where it proves nothing; and whether the place that was claimed
/// is impossible.
pub(crate) fn possible(borders: &Borders, record: &v1::VerdictRecord) -> (Jurisdictions, bool) {
    let Some(verdict) = &record.verdict else { return (Jurisdictions::new(), false) };
    let is_claim =
        |question: &v1::Question| matches!(question.question, Some(v1::question::Question::Claim(_)));
    let is_elsewhere = verdict.answers.iter().any(|answer| {
        answer.finding() == v1::Finding::Impossible && answer.question.as_ref().is_some_and(is_claim)
    });
    let found = match verdict.extent() {
        v1::verdict::Extent::Bounded => destinations(borders, verdict),
        _ => Jurisdictions::new(),
    };
    (found, is_elsewhere)
}

/// The destinations of every atom that the region touches. An atom that this map does not have counts as itself.
fn destinations(borders: &Borders, verdict: &v1::Verdict) -> Jurisdictions {
    let worldview = WorldviewId::named(&verdict.worldview).unwrap_or_default();
    let destinations = |code: &String| match borders.find(code) {
        Some(atom) => {
            let destinations = borders.destinations(worldview, atom);
            borders.codes(&destinations).into_iter().map(str::to_owned).collect()
        }
        None => vec![code.clone()],
    };
    verdict.touched.iter().flat_map(destinations).collect()
}

/// An answer as it is kept.
pub(crate) fn to_keep(answer: &Answer) -> Vec<u8> {
    shown(answer.clone()).encode_to_vec()
}

/// An answer that was kept.
pub(crate) fn kept(body: &[u8]) -> Result<Answer, DecodeError> {
    let wire = v1::Standing::decode(body)?;
    Ok(Answer {
        contact: match wire.contact() {
            v1::standing::Contact::Answering => Contact::Answering,
            v1::standing::Contact::Silent => Contact::Silent,
            v1::standing::Contact::Unspecified | v1::standing::Contact::Never => Contact::Never,
        },
        chip: wire.chip.trim_start_matches("chips/").to_owned(),
        jurisdictions: wire.jurisdictions.into_iter().collect(),
        residency: wire.residency,
        cell: wire.claimed_cell,
        epoch: Epoch::of(
            wire.epoch_begin_time.map_or(0, |begin| begin.seconds.saturating_mul(1_000_000_000)),
        ),
    })
}

/// An answer for the wire.
pub(crate) fn shown(answer: Answer) -> v1::Standing {
    let contact = match answer.contact {
        Contact::Answering => v1::standing::Contact::Answering,
        Contact::Silent => v1::standing::Contact::Silent,
        Contact::Never => v1::standing::Contact::Never,
    };
    v1::Standing {
        chip: format!("chips/{}", answer.chip),
        contact: contact as i32,
        jurisdictions: answer.jurisdictions.into_iter().collect(),
        residency: answer.residency,
        claimed_cell: answer.cell,
        epoch_begin_time: Some(timestamp(answer.epoch.begin_ns())),
        epoch_end_time: Some(timestamp(answer.epoch.end_ns())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_shown_as_it_was_kept() {
        let answer = Answer {
            chip: "c1".to_owned(),
            contact: Contact::Silent,
            jurisdictions: ["MY", "SG"].map(str::to_owned).into(),
            residency: 2,
            cell: "N01E103".to_owned(),
            epoch: Epoch::of(1_780_000_000_000_000_000),
        };
        assert_eq!(kept(&to_keep(&answer)).unwrap(), answer);
    }

    #[test]
    fn a_region_without_bounds_proves_nothing_and_an_impossible_claim_is_elsewhere() {
        let borders = Borders::embedded().expect("a map");
        let seen = |extent: v1::verdict::Extent, finding: v1::Finding| {
            let claim = v1::question::Question::Claim(v1::question::Claim::default());
            let answer = v1::Answer {
                question: Some(v1::Question { question: Some(claim) }),
                finding: finding as i32,
                ..v1::Answer::default()
            };
            let verdict = v1::Verdict {
                extent: extent as i32,
                touched: vec!["SG".to_owned(), "XZ".to_owned()],
                answers: vec![answer],
                ..v1::Verdict::default()
            };
            let record = v1::VerdictRecord { verdict: Some(verdict), ..v1::VerdictRecord::default() };
            sight(&borders, &kept_with(record.encode_to_vec())).unwrap()
        };
        let there = seen(v1::verdict::Extent::Bounded, v1::Finding::Possible);
        assert_eq!(there.found, ["SG", "XZ"].map(str::to_owned).into());
        assert!(!there.is_elsewhere);
        assert!(seen(v1::verdict::Extent::Bounded, v1::Finding::Impossible).is_elsewhere);
        assert!(seen(v1::verdict::Extent::Whole, v1::Finding::Possible).found.is_empty());
        assert!(seen(v1::verdict::Extent::Empty, v1::Finding::Inconsistent).found.is_empty());
    }

    fn kept_with(wire: Vec<u8>) -> Verdict {
        Verdict {
            id: "v1".to_owned(),
            revision: 1,
            create_time: 0,
            agent: "a1".to_owned(),
            session: "s1".to_owned(),
            as_of: 0,
            story_time: None,
            canonical: Vec::new(),
            wire,
            summary: String::new(),
            residency: "R0".to_owned(),
            liars: 1,
            mode: String::new(),
            superseded_by: None,
            legal_hold: false,
            tenant: String::new(),
            places: Vec::new(),
        }
    }
}
