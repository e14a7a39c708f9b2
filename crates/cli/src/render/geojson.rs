//! Regions, landmarks and bounds as GeoJSON (RFC 7946).

use std::io::Write;

use lightcone_core::{Borders, Cap, LandmarkId, Point};
use serde_json::{Map, Value, json};

use super::Answered;
use super::words::{self, Words};
use crate::exit::Outcome;
use crate::sphere::{self, Polygon, Shape};

/// Decimals of a degree: 11 cm.
const SCALE: f64 = 1e6;

/// Writes one collection with the regions, the landmarks that measured and the bounds that bind.
pub(crate) fn write(out: &mut dyn Write, words: Words<'_>, all: &[Answered]) -> Outcome<()> {
    let mut features: Vec<Value> = all.iter().map(|answered| region(words, answered)).collect();
    for answered in all {
        features.extend(bounds(words, answered));
    }
    let mut used: Vec<LandmarkId> =
        all.iter().flat_map(|answered| answered.observations.iter().map(|seen| seen.landmark)).collect();
    used.sort_unstable();
    used.dedup();
    features.extend(used.into_iter().map(|id| landmark(words, id)));
    writeln!(out, "{}", json!({ "type": "FeatureCollection", "features": features }))?;
    Ok(())
}

fn region(words: Words<'_>, answered: &Answered) -> Value {
    let verdict = &answered.located.verdict;
    let answers: Vec<Value> = verdict
        .answers
        .iter()
        .map(|answer| {
            json!({
                "question": words.question(&answer.question),
                "finding": answer.finding.name(),
                "reasons": answer.reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let mut properties = Map::new();
    properties.insert("kind".into(), json!("region"));
    properties.insert("target".into(), json!(answered.target));
    properties.insert("answers".into(), json!(answers));
    if let (true, Some(finding)) = (verdict.answers.is_empty(), words::unasked(verdict)) {
        properties.insert("finding".into(), json!(finding.name()));
    }
    properties.insert("mode".into(), json!(verdict.mode.to_string()));
    properties.insert("liars".into(), json!(verdict.liars));
    properties.insert("least_liars".into(), json!(verdict.least_liars));
    properties.insert("touched".into(), json!(words.borders.codes(&verdict.touched)));
    properties.insert("jurisdictions".into(), json!(words.borders.codes(&words.jurisdictions(verdict))));
    let assumptions: Vec<String> = verdict.assumptions.iter().map(words::assumption).collect();
    properties.insert("assumptions".into(), json!(assumptions));
    properties.insert("borders".into(), json!(Borders::VERSION));
    if let Some(summary) = verdict.summary {
        properties.insert("area_m2".into(), json!(summary.area_m2));
        properties.insert("radius_m".into(), json!(summary.radius_m));
        properties.insert("centroid".into(), json!(at(summary.centroid)));
    }
    let geometry =
        answered.located.region.as_ref().map_or(Value::Null, |region| geometry(&sphere::of_region(region)));
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

fn bounds<'a>(words: Words<'a>, answered: &'a Answered) -> impl Iterator<Item = Value> + use<'a> {
    let region = answered.located.region.iter();
    region.flat_map(|region| region.binding()).map(move |bound| {
        let disks = answered.located.verdict.binding.iter();
        let radius_m = disks.filter(|disk| disk.landmark == bound.landmark).map(|disk| disk.radius_m).next();
        disk(words, &answered.target, bound.landmark, &bound.cap, radius_m)
    })
}

fn disk(words: Words<'_>, target: &str, id: LandmarkId, cap: &Cap, radius_m: Option<u64>) -> Value {
    json!({
        "type": "Feature",
        "geometry": geometry(&sphere::of_cap(cap)),
        "properties": {
            "kind": "bound",
            "target": target,
            "landmark": words.mesh.landmark(id).name,
            "radius_m": radius_m,
        },
    })
}

fn landmark(words: Words<'_>, id: LandmarkId) -> Value {
    let landmark = words.mesh.landmark(id);
    let name = words.nodes.find(&landmark.name).map_or("", |node| node.name.as_str());
    json!({
        "type": "Feature",
        "geometry": { "type": "Point", "coordinates": at(landmark.point) },
        "properties": {
            "kind": "landmark",
            "landmark": landmark.name,
            "name": name,
            "group": words.mesh.group_name(words.mesh.group(id)),
            "position_error_m": landmark.position_error.ceil(),
        },
    })
}

/// A shape as a polygon, several, or null where it is empty.
fn geometry(shape: &Shape<'_>) -> Value {
    let polygons: Vec<Value> = sphere::polygons(shape).iter().map(rings).collect();
    match polygons.len() {
        0 => Value::Null,
        1 => json!({ "type": "Polygon", "coordinates": polygons[0] }),
        _ => json!({ "type": "MultiPolygon", "coordinates": polygons }),
    }
}

fn rings(polygon: &Polygon) -> Value {
    let all = std::iter::once(&polygon.outer).chain(&polygon.holes);
    Value::Array(all.map(|ring| closed(ring)).collect())
}

/// A ring whose last position repeats its first.
fn closed(ring: &[[f64; 2]]) -> Value {
    let mut positions: Vec<[f64; 2]> = ring.iter().map(|position| position.map(rounded)).collect();
    positions.dedup();
    if positions.last() != positions.first() {
        positions.extend(positions.first().copied());
    }
    json!(positions)
}

fn at(point: Point) -> [f64; 2] {
    [rounded(point.lon_deg()), rounded(point.lat_deg())]
}

fn rounded(degrees: f64) -> f64 {
    // Adding zero turns −0 into 0.
    (degrees * SCALE).round() / SCALE + 0.0
}
