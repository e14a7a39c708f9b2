//! The core's words as the wire has them.

use lightcone::v1;
use lightcone_core::{Borders, LightMode, Mesh, Observation, Point, Question, Settings};

/// All landmarks, in the mesh's order.
pub(super) fn landmarks(mesh: &Mesh) -> Vec<v1::Landmark> {
    let landmarks = mesh.landmarks().iter().map(|landmark| v1::Landmark {
        name: landmark.name.clone(),
        point: Some(point(landmark.point)),
        position_error_m: Some(landmark.position_error.get()),
        clock_error_ns: landmark.clock_error.ns() as i64,
        group: landmark.group.clone().unwrap_or_default(),
    });
    landmarks.collect()
}

/// Round trips with the names of their landmarks.
pub(super) fn round_trips(mesh: &Mesh, observations: &[Observation]) -> Vec<v1::RoundTrip> {
    let round_trips = observations.iter().map(|seen| v1::RoundTrip {
        landmark: mesh.landmark(seen.landmark).name.clone(),
        rtt_ns: seen.round_trip.ns() as i64,
        measured: Some(v1::round_trip::Measured::AgeNs(seen.age.ns() as i64)),
    });
    round_trips.collect()
}

/// Round trips with the positions of their landmarks in the header's table.
pub(super) fn item(correlation_id: String, observations: &[Observation]) -> v1::BatchItem {
    v1::BatchItem {
        correlation_id,
        landmarks: observations.iter().map(|seen| seen.landmark.index() as u32).collect(),
        rtt_ns: observations.iter().map(|seen| seen.round_trip.ns() as i64).collect(),
        age_ns: observations.iter().map(|seen| seen.age.ns() as i64).collect(),
        questions: Vec::new(),
    }
}

pub(super) fn settings(settings: &Settings) -> v1::Settings {
    use v1::light_mode::{Chord, Fibre, Mode, Vacuum};
    let mode = match settings.mode {
        LightMode::Vacuum => Mode::Vacuum(Vacuum {}),
        LightMode::Chord => Mode::Chord(Chord {}),
        LightMode::Fibre(index) => Mode::Fibre(Fibre { refractive_index: index.get() }),
    };
    v1::Settings {
        light_mode: Some(v1::LightMode { mode: Some(mode) }),
        liars: Some(settings.liars),
        worldview: settings.worldview.name().to_owned(),
        territorial_sea: settings.territorial_sea,
        max_age: None,
        explain: settings.explain,
    }
}

pub(super) fn questions(borders: &Borders, questions: &[Question]) -> Vec<v1::Question> {
    use v1::question;
    let codes = |areas| borders.codes(areas).into_iter().map(str::to_owned).collect();
    let asked = questions.iter().map(|asked| match asked {
        Question::Inside { areas, on_land } => {
            question::Question::Inside(question::Inside { areas: codes(areas), on_land: *on_land })
        }
        Question::Outside { areas } => question::Question::Outside(question::Outside { areas: codes(areas) }),
        Question::Claim { point: claimed, tolerance } => question::Question::Claim(question::Claim {
            point: Some(point(*claimed)),
            tolerance_m: tolerance.get(),
        }),
    });
    asked.map(|question| v1::Question { question: Some(question) }).collect()
}

fn point(point: Point) -> v1::Point {
    v1::Point { latitude_deg: point.lat_deg(), longitude_deg: point.lon_deg() }
}
