//! A verdict off the wire, in the core's words.

use lightcone::names::{LandmarkName, VerdictName};
use lightcone::v1;
use lightcone_core::{Finding, Point, Residency};

use crate::cast::{SitePart, Spot};
use crate::error::RehearsalError;

/// What was found of one agent in one session.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Whose.
    pub agent: String,
    /// Name of the session.
    pub session: String,
    /// Name of the verdict.
    pub verdict: String,
    /// The moment that it speaks of, in nanoseconds since 1970 of verdict time.
    pub as_of_ns: i64,
    /// How many times as fast as clocks verdict time runs.
    pub time_factor: u32,
    /// How well the key is tied to a chip.
    pub residency: Residency,
    /// One line for people.
    pub headline: String,
    /// What no one checked.
    pub not_checked: Vec<String>,
    /// The answers, in the order of the questions.
    pub answers: Vec<Told>,
    /// Codes of every area that is possible.
    pub touched: Vec<String>,
    /// Area in square metres; none unless the region is bounded.
    pub area_m2: Option<u64>,
    /// Centre and radius in metres; none unless the region is bounded.
    pub around: Option<(Point, u64)>,
    /// The least number of lying groups that leaves a place.
    pub least_liars: u32,
    /// Landmarks that contradict the rest.
    pub contradicted: Vec<String>,
    /// The canonical body.
    pub canonical: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What kind of question it answers.
    pub asked: Asked,
    /// What was found.
    pub finding: Finding,
    /// The largest number of lying groups for which that holds.
    pub holds_up_to_liars: Option<u32>,
    /// What would settle an open question, in words.
    pub settled_by: Vec<String>,
}

/// What kind of question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Surely in one of some areas?
    Inside,
    /// Surely in none of some areas?
    Outside,
    /// Can it be where it is claimed to be?
    Claim,
}

impl Sight {
    /// The answer to the first question of a kind.
    #[must_use]
    pub fn told(&self, asked: Asked) -> Option<&Told> {
        self.answers.iter().find(|told| told.asked == asked)
    }

    /// The finding on the first question of a kind.
    #[must_use]
    pub fn finding(&self, asked: Asked) -> Option<Finding> {
        self.told(asked).map(|told| told.finding)
    }

    pub(crate) fn read(record: v1::VerdictRecord) -> Result<Self, RehearsalError> {
        let name = VerdictName::parse(&record.name).map_err(|_| RehearsalError::Odd("a verdict's name"))?;
        let verdict = record.verdict.as_ref().ok_or(RehearsalError::Odd("a record without a verdict"))?;
        let as_of = record.as_of.ok_or(RehearsalError::Odd("a verdict of no moment"))?;
        let around = verdict.summary.as_ref().and_then(|summary| {
            let centre = summary.centroid.as_ref()?;
            Some((Point::from_degrees(centre.latitude_deg, centre.longitude_deg).ok()?, summary.radius_m))
        });
        Ok(Self {
            agent: name.agent,
            as_of_ns: as_of.seconds * 1_000_000_000 + i64::from(as_of.nanos),
            time_factor: record.time_factor,
            residency: residency(record.residency()),
            answers: verdict.answers.iter().map(told).collect::<Result<_, _>>()?,
            touched: verdict.touched.clone(),
            area_m2: verdict.summary.as_ref().map(|summary| summary.area_m2),
            around,
            least_liars: verdict.least_liars,
            contradicted: verdict.contradicted.iter().map(|name| id(name)).collect(),
            verdict: record.name,
            session: record.session,
            headline: record.headline,
            not_checked: record.not_checked,
            canonical: record.canonical,
        })
    }
}

/// The identifier of a landmark, by its name or as it is.
fn id(name: &str) -> String {
    LandmarkName::parse(name).map_or_else(|_| name.to_owned(), |name| name.landmark)
}

fn told(answer: &v1::Answer) -> Result<Told, RehearsalError> {
    use v1::question::Question;
    let asked = match answer.question.as_ref().and_then(|question| question.question.as_ref()) {
        Some(Question::Inside(_)) => Asked::Inside,
        Some(Question::Outside(_)) => Asked::Outside,
        Some(Question::Claim(_)) => Asked::Claim,
        None => return Err(RehearsalError::Odd("an answer to no question")),
    };
    Ok(Told {
        asked,
        finding: finding(answer.finding())?,
        holds_up_to_liars: answer.holds_up_to_liars,
        settled_by: answer.settled_by.iter().filter_map(settlement).collect(),
    })
}

fn finding(wire: v1::Finding) -> Result<Finding, RehearsalError> {
    match wire {
        v1::Finding::Proven => Ok(Finding::Proven),
        v1::Finding::Disproven => Ok(Finding::Disproven),
        v1::Finding::Possible => Ok(Finding::Possible),
        v1::Finding::Impossible => Ok(Finding::Impossible),
        v1::Finding::Inconclusive => Ok(Finding::Inconclusive),
        v1::Finding::Inconsistent => Ok(Finding::Inconsistent),
        v1::Finding::Stale => Ok(Finding::Stale),
        v1::Finding::Unspecified => Err(RehearsalError::Odd("an answer without a finding")),
    }
}

const fn residency(wire: v1::Residency) -> Residency {
    match wire {
        v1::Residency::Unspecified | v1::Residency::R0 => Residency::R0,
        v1::Residency::R1 => Residency::R1,
        v1::Residency::R2 => Residency::R2,
        v1::Residency::R3 => Residency::R3,
        v1::Residency::R4 => Residency::R4,
    }
}

fn settlement(wire: &v1::Settlement) -> Option<String> {
    use v1::settlement::Measurement;
    let millis = |ns: u64| ns as f64 / 1e6;
    Some(match wire.measurement.as_ref()? {
        Measurement::RoundTripBelow(below) => {
            let (name, ms) = (id(&below.landmark), millis(below.rtt_ns));
            format!("{name} measuring below {ms:.1} ms{}", groups(below.groups))
        }
        Measurement::LandmarkAt(at) => {
            let place = at.point.as_ref()?;
            let (lat, lon, ms) = (place.latitude_deg, place.longitude_deg, millis(at.rtt_ns));
            format!("a landmark at {lat:.1}, {lon:.1} measuring below {ms:.1} ms{}", groups(at.groups))
        }
    })
}

fn groups(count: u32) -> String {
    if count > 1 { format!(", {count} independent ones") } else { String::new() }
}

/// A place as the wire has it.
pub(crate) fn point(spot: &Spot) -> v1::Point {
    v1::Point { latitude_deg: spot.point.lat_deg(), longitude_deg: spot.point.lon_deg() }
}

/// A site as the wire has it: its claimed place, and the question whether its chips are outside all that is
/// forbidden.
pub(crate) fn site(part: &SitePart) -> v1::Site {
    use v1::question::{Outside, Question};
    let outside = Outside { areas: part.forbidden.clone() };
    let questions = match part.forbidden.is_empty() {
        true => Vec::new(),
        false => vec![v1::Question { question: Some(Question::Outside(outside)) }],
    };
    v1::Site {
        display_name: part.spot.name.clone(),
        claimed_point: Some(point(&part.spot)),
        claimed_tolerance_m: part.tolerance_m,
        questions,
        ..v1::Site::default()
    }
}
