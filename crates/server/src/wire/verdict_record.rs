//! Verdicts at the door: from what is kept of a session to what the core is asked, and from its answer to the record
//! that is kept and shown.

use lightcone::v1;
use lightcone_attest::{Attestation, Reason};
use lightcone_core::locate::Settings;
use lightcone_core::{
    Age, Borders, ClockError, Finding, Inquiry, Landmark, Mesh, Metres, Observation, Point, Question,
    RoundTrip, canonical, locate,
};
use lightcone_store::{Measurement, Session, Site, Verdict};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::attestation::{NOT_CHECKED_MAX, not_checked, reasons, residency};
use super::moment::timestamp;
use super::registry::asked;
use super::to_wire;
use crate::attesting::Tie;
use crate::compute::Fault;
use crate::measuring::{CARRIED, Placed, Whereabouts};

const MM_PER_M: f64 = 1_000.0;

/// All that a session's verdict rests on.
#[derive(Debug)]
pub(crate) struct Case {
    /// The session.
    pub(crate) session: Session,
    /// What ties its key.
    pub(crate) tie: Tie,
    /// Where the agent is declared to be; none: nothing is asked.
    pub(crate) site: Option<Site>,
    /// What landmarks that count measured, and from where.
    pub(crate) seen: Vec<(Measurement, Placed)>,
    /// How many trust groups may lie.
    pub(crate) liars: u32,
    /// How many times as fast as clocks verdict time runs.
    pub(crate) time_factor: u32,
}

/// A verdict that was reached.
#[derive(Debug)]
pub(crate) struct Ruling {
    /// The canonical body.
    pub(crate) canonical: Vec<u8>,
    /// The record, without what is known only when it is kept.
    pub(crate) record: v1::VerdictRecord,
    /// The light mode and other assumptions, for people.
    pub(crate) mode: String,
    /// How well the key is tied to a chip.
    pub(crate) residency: &'static str,
    /// What of it deserves somebody's attention.
    pub(crate) signs: Signs,
}

/// What of a verdict deserves somebody's attention.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Signs {
    /// No place fits.
    pub(crate) inconsistent: bool,
    /// The questions that were answered with a no, for people.
    pub(crate) disproven: Vec<String>,
    /// Its findings in their order, by name.
    pub(crate) findings: Vec<String>,
    /// Where the host's word is not what its devices signed, for people.
    pub(crate) host_disagrees: Vec<String>,
    /// Middle and size of the region; none unless it is bounded. The moment is that of the record.
    pub(crate) whereabouts: Option<Whereabouts>,
}

/// Judges. `as_of_ns` is the moment on clocks, `story_ns` the same in verdict time.
pub(crate) fn rule(
    borders: &Borders,
    case: &Case,
    as_of_ns: i64,
    story_ns: i64,
    stop: &dyn Fn() -> bool,
) -> Result<Ruling, Fault> {
    let (mesh, observations) = evidence(case, as_of_ns);
    let questions = match &case.site {
        Some(site) => asked(borders, site).map_err(|garbled| Fault::Own(garbled.to_string()))?,
        None => Vec::new(),
    };
    let settings = Settings { liars: case.liars, explain: true, ..Settings::default() };
    let inquiry =
        Inquiry { mesh: &mesh, observations: &observations, questions: &questions, settings: &settings };
    let located = locate(borders, &inquiry, stop)?;
    let canonical = canonical::json(&located.verdict, &mesh, borders).into_bytes();
    let verdict = to_wire::located(borders, &mesh, &located, false).verdict;
    let answers: Vec<(String, Finding)> = located
        .verdict
        .answers
        .iter()
        .map(|answer| (asked_in_words(borders, &answer.question), answer.finding))
        .collect();
    let attestation = case.tie.at(as_of_ns);
    let lead = attestation.lead();
    let record = v1::VerdictRecord {
        name: String::new(),
        session: crate::measuring::name_of(&case.session),
        as_of: Some(timestamp(story_ns)),
        residency: residency(attestation.residency) as i32,
        not_checked: unchecked(case, &attestation),
        headline: headline(case, &attestation, &answers, verdict.as_ref()),
        verdict,
        time_factor: case.time_factor,
        create_time: None,
        superseded_by: String::new(),
        canonical_sha256: Sha256::digest(&canonical).to_vec(),
        canonical: Vec::new(),
        reasons: reasons(&attestation.reasons),
        chips: attestation.chips().map(|chip| chip.instance.clone()).collect(),
        code: lead.and_then(|lead| lead.code.as_ref()).map(|code| code.name.clone()).unwrap_or_default(),
        references: attestation.references.clone(),
        attest_time: case.session.attest_time.map(timestamp),
    };
    let differing = case.tie.differing(&attestation);
    let host_disagrees = differing
        .iter()
        .map(|it| format!("{}: the host says `{}`, its devices signed `{}`", it.field, it.host, it.signed));
    let host_disagrees = host_disagrees.collect();
    let signs = signs(
        &answers,
        host_disagrees,
        located.verdict.summary.as_ref().map(|summary| Whereabouts {
            centre: summary.centroid,
            radius_m: summary.radius_m,
            at_ns: story_ns,
        }),
    );
    let mode = located.verdict.mode.to_string();
    Ok(Ruling { canonical, record, mode, residency: attestation.residency.name(), signs })
}

/// What nobody has checked: what the evidence leaves open, and what the fallback carrier does.
fn unchecked(case: &Case, attestation: &Attestation) -> Vec<String> {
    let is_carried = |(seen, _): &&(Measurement, Placed)| seen.flags & CARRIED != 0;
    let (all, carried) = (case.seen.len(), case.seen.iter().filter(is_carried).count());
    let stream = (carried > 0).then(|| {
        format!("how much of a round trip is the path's: {carried} of {all} were carried over a stream")
    });
    stream.into_iter().chain(not_checked(attestation)).take(NOT_CHECKED_MAX).collect()
}

/// Landmarks and round trips in the core's types. What no landmark and no round trip can be is left out: it was
/// checked on its way in, and leaving out only enlarges a region.
fn evidence(case: &Case, as_of_ns: i64) -> (Mesh, Vec<Observation>) {
    let landmarks = case.seen.iter().filter_map(|(seen, placed)| landmark(seen, placed)).collect();
    let Ok(mesh) = Mesh::new(landmarks) else { return (Mesh::default(), Vec::new()) };
    let observations = case.seen.iter().filter_map(|(seen, _)| {
        Some(Observation {
            landmark: mesh.find(&seen.landmark)?,
            round_trip: RoundTrip::from_ns(seen.rtt_ns).ok()?,
            age: Age::from_ns(as_of_ns.saturating_sub(seen.observe_time)).ok()?,
        })
    });
    let observations = observations.collect();
    (mesh, observations)
}

fn landmark(seen: &Measurement, placed: &Placed) -> Option<Landmark> {
    let at = &placed.version;
    Some(Landmark {
        name: seen.landmark.clone(),
        point: Point::from_ndeg(at.latitude_nd, at.longitude_nd)?,
        position_error: Metres::new(at.position_error_mm as f64 / MM_PER_M).ok()?,
        // What its clock hides by itself, and what the rule of the clock allows for in this round trip.
        clock_error: ClockError::from_ns(at.clock_error_ns.checked_add(seen.eps_ns)?).ok()?,
        group: Some(placed.group.clone()),
    })
}

fn signs(
    answers: &[(String, Finding)],
    host_disagrees: Vec<String>,
    whereabouts: Option<Whereabouts>,
) -> Signs {
    let is_no = |finding: Finding| matches!(finding, Finding::Disproven | Finding::Impossible);
    Signs {
        inconsistent: answers.iter().any(|(_, finding)| *finding == Finding::Inconsistent),
        disproven: answers
            .iter()
            .filter(|(_, finding)| is_no(*finding))
            .map(|(question, finding)| format!("{question} {finding}"))
            .collect(),
        findings: answers.iter().map(|(_, finding)| finding.name().to_owned()).collect(),
        host_disagrees,
        whereabouts,
    }
}

/// A question in a few words, without a coordinate.
fn asked_in_words(borders: &Borders, question: &Question) -> String {
    match question {
        Question::Inside { areas, on_land } => {
            let on_land = if *on_land { " on land" } else { "" };
            format!("inside {}{on_land}", borders.codes(areas).join(" "))
        }
        Question::Outside { areas } => format!("outside {}", borders.codes(areas).join(" ")),
        Question::Claim { .. } => "claimed place".to_owned(),
    }
}

fn headline(
    case: &Case,
    attestation: &Attestation,
    answers: &[(String, Finding)],
    verdict: Option<&v1::Verdict>,
) -> String {
    let mut words = Vec::new();
    if !attestation.residency.is_attested() {
        words.push("UNATTESTED".to_owned());
    }
    if case.time_factor != 1 {
        words.push(format!("SIMULATED \u{d7}{}", case.time_factor));
    }
    let found = match answers {
        [] => "no question".to_owned(),
        answers => {
            let each = answers.iter().map(|(question, finding)| format!("{question} {finding}"));
            each.collect::<Vec<_>>().join("; ")
        }
    };
    let touched = verdict.map_or(&[][..], |verdict| &verdict.touched);
    let possible = match touched.len() {
        0 => String::new(),
        1..=6 => format!("; possible: {}", touched.join(" ")),
        more => format!("; {more} areas possible"),
    };
    words.push(format!("{found}{possible}{}", tied(attestation)));
    words.join(" ")
}

/// What is to be said beside a finding of how the key is tied: that chips which were shown are not tied to it.
fn tied(attestation: &Attestation) -> String {
    match attestation.chips().count() {
        chips if chips > 0 && attestation.reasons.contains(&Reason::IdentityOnly) => {
            let s = if chips == 1 { "" } else { "s" };
            format!("; {chips} chip{s} genuine, not bound to the timed key")
        }
        _ => String::new(),
    }
}

/// A verdict that is kept, for the wire.
pub(crate) fn verdict(kept: Verdict) -> Result<v1::VerdictRecord, prost::DecodeError> {
    let superseded_by = kept.superseded_by.map(|id| format!("agents/{}/verdicts/{id}", kept.agent));
    let record = v1::VerdictRecord::decode(kept.wire.as_slice())?;
    Ok(v1::VerdictRecord {
        superseded_by: superseded_by.unwrap_or_default(),
        canonical: kept.canonical,
        ..record
    })
}

/// What of a verdict that is kept deserved attention; nothing if its record cannot be read.
pub(crate) fn signs_of(kept: &Verdict) -> Signs {
    let Ok(record) = v1::VerdictRecord::decode(kept.wire.as_slice()) else { return Signs::default() };
    let at_ns = kept.story_time.unwrap_or(kept.as_of);
    let verdict = record.verdict.unwrap_or_default();
    let whereabouts = verdict.summary.and_then(|summary| {
        let centre = summary.centroid?;
        let centre = Point::from_degrees(centre.latitude_deg, centre.longitude_deg).ok()?;
        Some(Whereabouts { centre, radius_m: summary.radius_m, at_ns })
    });
    let findings: Vec<v1::Finding> = verdict.answers.iter().map(v1::Answer::finding).collect();
    Signs {
        inconsistent: findings.contains(&v1::Finding::Inconsistent),
        disproven: findings
            .iter()
            .filter(|finding| matches!(finding, v1::Finding::Disproven | v1::Finding::Impossible))
            .map(|finding| name(*finding))
            .collect(),
        findings: findings.into_iter().map(name).collect(),
        host_disagrees: record
            .reasons
            .iter()
            .filter(|reason| **reason == v1::AttestationReason::HostDisagrees as i32)
            .map(|_| "the host disagrees".to_owned())
            .collect(),
        whereabouts,
    }
}

/// Whether a verdict that is kept ties its key as another ruling does.
pub(crate) fn ties_alike(kept: &Verdict, ruling: &Ruling) -> bool {
    let Ok(old) = v1::VerdictRecord::decode(kept.wire.as_slice()) else { return false };
    let tie = |record: &v1::VerdictRecord| {
        (
            record.residency,
            record.reasons.clone(),
            record.chips.clone(),
            record.code.clone(),
            record.not_checked.clone(),
        )
    };
    tie(&old) == tie(&ruling.record)
}

fn name(finding: v1::Finding) -> String {
    finding.as_str_name().trim_start_matches("FINDING_").to_owned()
}
