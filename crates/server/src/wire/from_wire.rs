//! Requests from the wire, checked: what comes out of here exists in the core's types.

use std::borrow::Cow;

use lightcone::v1;
use lightcone_core::audit::{Pair, Stated};
use lightcone_core::landmark::{InvalidMesh, NAME_BYTES_MAX};
use lightcone_core::locate::{LIARS_DEFAULT, Settings};
use lightcone_core::{
    Age, AreaSet, Borders, Landmark, LandmarkId, LightMode, Mesh, Observation, Question, WorldviewId,
};

use super::batch::Detail;
use super::numbers::{self, Timestamp};
use super::violation::{Violation, at_most, some_of};
use crate::limits::{
    AREAS_MAX, LANDMARKS_MAX, LIARS_MAX, LOCATE_LANDMARKS_MAX, PAIRS_MAX, QUESTIONS_MAX, ROUND_TRIPS_MAX,
    STATED_AREAS_MAX,
};

/// A Locate in the core's words.
pub(crate) struct Locate {
    /// The landmarks.
    pub(crate) mesh: Mesh,
    /// The round trips.
    pub(crate) observations: Vec<Observation>,
    /// What is asked.
    pub(crate) questions: Vec<Question>,
    /// How to answer.
    pub(crate) settings: Settings,
    /// How much to tell.
    pub(crate) detail: Detail,
}

/// An AuditLandmarks in the core's words.
pub(crate) struct Audit {
    /// The landmarks.
    pub(crate) mesh: Mesh,
    /// The round trips between them.
    pub(crate) pairs: Vec<Pair>,
    /// Where they are said to be.
    pub(crate) stated: Vec<Stated>,
    /// What a signal can do.
    pub(crate) mode: LightMode,
}

/// Reads a LocateRequest.
pub(crate) fn locate(borders: &Borders, wire: v1::LocateRequest) -> Result<Locate, Violation> {
    let settings = settings(wire.settings)?;
    let detail = detail(wire.view, Detail::Basic)?;
    if detail == Detail::Brief {
        return Err(Violation::invalid(
            "view",
            "VIEW_BRIEF",
            "VIEW_BASIC, VIEW_FULL; BRIEF is for BatchLocate",
        ));
    }
    at_most("round_trips", wire.round_trips.len(), ROUND_TRIPS_MAX)?;
    let questions = questions(borders, wire.questions)?;
    let as_of = wire.as_of.map(|as_of| numbers::timestamp("as_of", as_of)).transpose()?;
    let mesh = mesh(wire.landmarks, LOCATE_LANDMARKS_MAX)?;
    let observation = |(index, trip)| {
        observation(&mesh, trip, as_of).map_err(|violation: Violation| violation.at("round_trips", index))
    };
    let observations = wire.round_trips.into_iter().enumerate().map(observation).collect::<Result<_, _>>()?;
    Ok(Locate { mesh, observations, questions, settings, detail })
}

/// Reads an AuditLandmarksRequest.
pub(crate) fn audit(borders: &Borders, wire: v1::AuditLandmarksRequest) -> Result<Audit, Violation> {
    at_most("pairs", wire.pairs.len(), PAIRS_MAX)?;
    at_most("stated_areas", wire.stated_areas.len(), STATED_AREAS_MAX)?;
    let mode = numbers::light_mode(wire.light_mode)?;
    let mesh = mesh(wire.landmarks, LANDMARKS_MAX)?;
    let pair =
        |(index, pair)| self::pair(&mesh, pair).map_err(|violation: Violation| violation.at("pairs", index));
    let stated = |(index, stated)| {
        self::stated(borders, &mesh, stated)
            .map_err(|violation: Violation| violation.at("stated_areas", index))
    };
    let pairs = wire.pairs.into_iter().enumerate().map(pair).collect::<Result<_, _>>()?;
    let stated = wire.stated_areas.into_iter().enumerate().map(stated).collect::<Result<_, _>>()?;
    Ok(Audit { mesh, pairs, stated, mode })
}

pub(super) fn mesh(wire: Vec<v1::Landmark>, most: usize) -> Result<Mesh, Violation> {
    some_of("landmarks", wire.len(), most, "give at least one landmark")?;
    let landmark =
        |(index, wire)| landmark(wire).map_err(|violation: Violation| violation.at("landmarks", index));
    let landmarks = wire.into_iter().enumerate().map(landmark).collect::<Result<_, _>>()?;
    Mesh::new(landmarks).map_err(|error| match error {
        InvalidMesh::Twice { name } => Violation::duplicate_landmark(&name),
        InvalidMesh::Name { name } => Violation::invalid("landmarks", name, &names_allowed()),
        InvalidMesh::TooMany { count } => Violation::too_many("landmarks", count, most),
    })
}

fn landmark(wire: v1::Landmark) -> Result<Landmark, Violation> {
    if wire.name.is_empty() {
        return Err(Violation::missing("name", "give each landmark a name of its own"));
    }
    for (field, name) in [("name", &wire.name), ("group", &wire.group)] {
        if name.len() > NAME_BYTES_MAX {
            return Err(Violation::invalid(field, name, &names_allowed()));
        }
    }
    let error = wire.position_error_m.ok_or_else(|| {
        Violation::missing("position_error_m", "say how far from its point it may stand, 0 if it is exact")
    })?;
    Ok(Landmark {
        point: numbers::point("point", wire.point)?,
        position_error: numbers::metres("position_error_m", error)?,
        clock_error: numbers::clock_error("clock_error_ns", wire.clock_error_ns)?,
        group: (!wire.group.is_empty()).then_some(wire.group),
        name: wire.name,
    })
}

fn names_allowed() -> String {
    format!("1 to {NAME_BYTES_MAX} bytes")
}

fn find(mesh: &Mesh, field: &str, name: &str) -> Result<LandmarkId, Violation> {
    mesh.find(name).ok_or_else(|| Violation::unknown_landmark(field, name))
}

fn observation(mesh: &Mesh, wire: v1::RoundTrip, as_of: Option<Timestamp>) -> Result<Observation, Violation> {
    use v1::round_trip::Measured;
    let age = match (wire.measured, as_of) {
        (None, _) => Age::default(),
        (Some(Measured::AgeNs(ns)), _) => numbers::age("age_ns", ns)?,
        (Some(Measured::ObserveTime(seen)), Some(as_of)) => {
            numbers::between("observe_time", numbers::timestamp("observe_time", seen)?, as_of)?
        }
        (Some(Measured::ObserveTime(_)), None) => {
            return Err(Violation::missing("observe_time", "needs the request's `as_of` to count from"));
        }
    };
    let landmark = find(mesh, "landmark", &wire.landmark)?;
    Ok(Observation { landmark, round_trip: numbers::round_trip("rtt_ns", wire.rtt_ns)?, age })
}

fn pair(mesh: &Mesh, wire: v1::LandmarkPair) -> Result<Pair, Violation> {
    let (first, second) = (find(mesh, "first", &wire.first)?, find(mesh, "second", &wire.second)?);
    if first == second {
        return Err(Violation::invalid("second", wire.second, "another landmark than `first`"));
    }
    Ok(Pair { first, second, round_trip: numbers::round_trip("rtt_ns", wire.rtt_ns)? })
}

fn stated(borders: &Borders, mesh: &Mesh, wire: v1::StatedArea) -> Result<Stated, Violation> {
    let landmark = find(mesh, "landmark", &wire.landmark)?;
    let area =
        borders.find(&capitals(&wire.area)).ok_or_else(|| Violation::unknown_area("area", &wire.area))?;
    Ok(Stated { landmark, area })
}

pub(super) fn settings(wire: Option<v1::Settings>) -> Result<Settings, Violation> {
    let Some(wire) = wire else { return Ok(Settings::default()) };
    read_settings(wire).map_err(|violation| violation.within("settings"))
}

fn read_settings(wire: v1::Settings) -> Result<Settings, Violation> {
    let liars = wire.liars.unwrap_or(LIARS_DEFAULT);
    if liars > LIARS_MAX {
        return Err(Violation::invalid("liars", liars, &format!("0 to {LIARS_MAX}")));
    }
    let worldview = match wire.worldview.as_str() {
        "" => WorldviewId::default(),
        name => WorldviewId::named(name).ok_or_else(|| {
            Violation::invalid("worldview", name, &WorldviewId::ALL.map(WorldviewId::name).join(", "))
        })?,
    };
    Ok(Settings {
        mode: numbers::light_mode(wire.light_mode)?,
        liars,
        worldview,
        territorial_sea: wire.territorial_sea,
        max_age: wire.max_age.map(|age| numbers::max_age("max_age", age)).transpose()?,
        explain: wire.explain,
    })
}

pub(crate) fn questions(borders: &Borders, wire: Vec<v1::Question>) -> Result<Vec<Question>, Violation> {
    at_most("questions", wire.len(), QUESTIONS_MAX)?;
    let question = |(index, wire)| {
        question(borders, wire).map_err(|violation: Violation| violation.at("questions", index))
    };
    wire.into_iter().enumerate().map(question).collect()
}

fn question(borders: &Borders, wire: v1::Question) -> Result<Question, Violation> {
    use v1::question::Question as Wire;
    match wire.question.ok_or_else(|| Violation::missing("question", "set `inside`, `outside` or `claim`"))? {
        Wire::Inside(inside) => {
            let areas = areas(borders, &inside.areas).map_err(|violation| violation.within("inside"))?;
            Ok(Question::Inside { areas, on_land: inside.on_land })
        }
        Wire::Outside(outside) => {
            let areas = areas(borders, &outside.areas).map_err(|violation| violation.within("outside"))?;
            Ok(Question::Outside { areas })
        }
        Wire::Claim(claim) => Ok(Question::Claim {
            point: numbers::point("claim.point", claim.point)?,
            tolerance: numbers::metres("claim.tolerance_m", claim.tolerance_m)?,
        }),
    }
}

fn areas(borders: &Borders, codes: &[String]) -> Result<AreaSet, Violation> {
    some_of("areas", codes.len(), AREAS_MAX, "name at least one area")?;
    let area = |(index, code): (usize, &String)| {
        borders
            .find_destination(&capitals(code))
            .ok_or_else(|| Violation::unknown_area(&format!("areas[{index}]"), code))
    };
    codes.iter().enumerate().map(area).collect()
}

/// A code as the map has it: `gb` is `GB`.
fn capitals(code: &str) -> Cow<'_, str> {
    match code.bytes().any(|letter| letter.is_ascii_lowercase()) {
        true => Cow::Owned(code.to_ascii_uppercase()),
        false => Cow::Borrowed(code),
    }
}

pub(super) fn detail(wire: Option<i32>, default: Detail) -> Result<Detail, Violation> {
    let Some(wire) = wire else { return Ok(default) };
    match v1::View::try_from(wire) {
        Ok(v1::View::Brief) => Ok(Detail::Brief),
        Ok(v1::View::Basic) => Ok(Detail::Basic),
        Ok(v1::View::Full) => Ok(Detail::Full),
        Ok(v1::View::Unspecified) => Err(Violation::missing("view", "name a view, or leave it out")),
        Err(_) => Err(Violation::invalid("view", wire, "VIEW_BRIEF, VIEW_BASIC, VIEW_FULL")),
    }
}
