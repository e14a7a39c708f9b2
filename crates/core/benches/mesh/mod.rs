//! Targets to locate: those of a data folder where there is one, and a made world of the same size
//! otherwise.
#![allow(dead_code, unreachable_pub, reason = "each benchmark uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark that cannot load its data has nothing to do"
)]

#[path = "../../tests/world/mod.rs"]
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lightcone_core::{Age, ClockError, Landmark, Mesh, Metres, Observation, Point, RoundTrip};

/// One chip to locate, with the landmarks that measured it.
pub struct Target {
    pub mesh: Mesh,
    pub observations: Vec<Observation>,
}

/// The folder of the real mesh: the environment's, or the one beside the checkout where developers keep it.
pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("LIGHTCONE_DATA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/rtt");
    let folder = named.unwrap_or(beside).join("wonder2020");
    folder.join("rtt.csv").exists().then_some(folder)
}

/// Targets, and where they are from.
pub fn targets() -> (Vec<Target>, String) {
    match folder() {
        Some(folder) => (leave_one_out(&folder), format!("{} (leave one out)", folder.display())),
        None => (made(), "a made world of 151 places: real data is absent".into()),
    }
}

fn made() -> Vec<Target> {
    let shape = world::Shape { landmarks: 150, groups: 0, detour: 2.0, spread_rad: std::f64::consts::PI };
    let made = |seed| {
        let world = world::world(seed, shape);
        Target { mesh: world.mesh, observations: world.observations }
    };
    (0..151).map(made).collect()
}

fn leave_one_out(folder: &Path) -> Vec<Target> {
    let (places, delays) = (places(folder), delays(folder));
    let target = |name: &String| {
        let others = places.iter().filter(|(other, _)| *other != name);
        let seen: Vec<(Landmark, i64)> = others
            .filter_map(|(other, point)| Some((landmark(other, *point), *delays.get(&pair(name, other))?)))
            .collect();
        let mesh = Mesh::new(seen.iter().map(|(landmark, _)| landmark.clone()).collect()).unwrap();
        let observations = seen.iter().map(|(landmark, ns)| Observation {
            landmark: mesh.find(&landmark.name).unwrap(),
            round_trip: RoundTrip::from_ns(*ns).unwrap(),
            age: Age::default(),
        });
        let mut observations: Vec<Observation> = observations.collect();
        observations.sort();
        Target { observations, mesh }
    };
    places.keys().map(target).collect()
}

fn landmark(name: &str, point: Point) -> Landmark {
    let (position_error, clock_error) = (Metres::ZERO, ClockError::default());
    Landmark { name: name.into(), point, position_error, clock_error, group: None }
}

fn places(folder: &Path) -> BTreeMap<String, Point> {
    let mut reader = csv::Reader::from_path(folder.join("nodes.csv")).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let sound = rows.into_iter().filter(|row| row["quality"] == "ok");
    let place = |row: BTreeMap<String, String>| {
        (
            row["id"].clone(),
            Point::from_degrees(row["lat"].parse().unwrap(), row["lon"].parse().unwrap()).unwrap(),
        )
    };
    sound.map(place).collect()
}

fn pair(a: &str, b: &str) -> (String, String) {
    if a < b { (a.into(), b.into()) } else { (b.into(), a.into()) }
}

fn delays(folder: &Path) -> BTreeMap<(String, String), i64> {
    let mut reader = csv::Reader::from_path(folder.join("rtt.csv")).unwrap();
    let mut delays = BTreeMap::new();
    for row in reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap) {
        let ns = (row["min_rtt_ms"].parse::<f64>().unwrap() * 1e6).ceil() as i64;
        let least = delays.entry(pair(&row["src"], &row["dst"])).or_insert(ns);
        *least = ns.min(*least);
    }
    delays
}
