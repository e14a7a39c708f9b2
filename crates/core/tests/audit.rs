//! The mesh audit on small meshes with known liars.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

mod world;

use std::sync::LazyLock;

use lightcone_core::audit::{Audit, Cause, Pair, Stated, audit};
use lightcone_core::{Borders, ClockError, Landmark, Mesh, Metres, Point, RoundTrip, Stopped};
use world::{VACUUM, geodesic_m, light_ns};

static BORDERS: LazyLock<Borders> = LazyLock::new(|| Borders::embedded().unwrap());

const CITIES: [(&str, f64, f64); 7] = [
    ("amsterdam", 52.37, 4.90),
    ("london", 51.51, -0.13),
    ("milan", 45.46, 9.19),
    ("new-york", 40.71, -74.01),
    ("rome", 41.90, 12.50),
    ("singapore", 1.35, 103.82),
    ("tokyo", 35.68, 139.69),
];

fn landmark(name: &str, lat: f64, lon: f64) -> Landmark {
    Landmark {
        name: name.into(),
        point: Point::from_degrees(lat, lon).unwrap(),
        position_error: Metres::new(30_000.0).unwrap(),
        clock_error: ClockError::default(),
        group: None,
    }
}

fn mesh() -> Mesh {
    Mesh::new(CITIES.iter().map(|(name, lat, lon)| landmark(name, *lat, *lon)).collect()).unwrap()
}

/// Honest round trips at 0.6 c between all pairs, as if each landmark stood where `really` says.
fn pairs(mesh: &Mesh, really: &[(&str, Point)]) -> Vec<Pair> {
    let place = |id: lightcone_core::LandmarkId| {
        let landmark = mesh.landmark(id);
        really.iter().find(|(name, _)| *name == landmark.name).map_or(landmark.point, |(_, point)| *point)
    };
    let ids: Vec<_> = mesh.ids().collect();
    let all = ids.iter().flat_map(|a| ids.iter().filter(move |b| a < b).map(move |b| (*a, *b)));
    all.map(|(first, second)| {
        let ns = light_ns(geodesic_m(place(first), place(second)) / 0.6).max(100_000);
        Pair { first, second, round_trip: RoundTrip::from_ns(ns).unwrap() }
    })
    .collect()
}

fn run(mesh: &Mesh, pairs: &[Pair], stated: &[Stated]) -> Audit {
    audit(&BORDERS, mesh, VACUUM, pairs, stated, &|| false).unwrap()
}

fn suspended(mesh: &Mesh, audit: &Audit) -> Vec<(String, String)> {
    let told = |suspension: &lightcone_core::audit::Suspension| {
        let cause = match suspension.cause {
            Cause::Convicted { conflicts } => format!("convicted by {conflicts}"),
            Cause::Tie { with } => format!("tie with {}", mesh.landmark(with).name),
        };
        (mesh.landmark(suspension.landmark).name.clone(), cause)
    };
    audit.suspended.iter().map(told).collect()
}

#[test]
fn an_honest_mesh_has_no_conflict() {
    let mesh = mesh();
    let found = run(&mesh, &pairs(&mesh, &[]), &[]);
    assert_eq!((found.pairs, found.conflicts.len(), found.least_liars), (21, 0, 0));
    assert!(found.suspended.is_empty() && found.exact);
}

/// A server sold as Singapore that stands in Amsterdam is contradicted by all of Europe.
#[test]
fn a_landmark_elsewhere_is_convicted() {
    let mesh = mesh();
    let amsterdam = Point::from_degrees(52.37, 4.90).unwrap();
    let found = run(&mesh, &pairs(&mesh, &[("singapore", amsterdam)]), &[]);
    assert_eq!(found.least_liars, 1);
    assert_eq!(found.suspended.len(), 1);
    let (name, cause) = &suspended(&mesh, &found)[0];
    assert!(name == "singapore" && cause.starts_with("convicted by"), "{name} {cause}");
}

/// Rome answers Milan from Milan; nobody else is near enough to say which of the two is wrong.
#[test]
fn a_single_pair_is_a_tie_and_suspends_both() {
    let mesh = mesh();
    let mut pairs = pairs(&mesh, &[]);
    let (milan, rome) = (mesh.find("milan").unwrap(), mesh.find("rome").unwrap());
    for pair in pairs.iter_mut().filter(|pair| (pair.first, pair.second) == (milan, rome)) {
        pair.round_trip = RoundTrip::from_ns(700_000).unwrap();
    }
    let found = run(&mesh, &pairs, &[]);
    assert_eq!((found.conflicts.len(), found.least_liars, found.least_groups), (1, 1, 1));
    let expected = [("milan".into(), "tie with rome".into()), ("rome".into(), "tie with milan".into())];
    assert_eq!(suspended(&mesh, &found), expected);
}

#[test]
fn coordinates_outside_the_stated_country_are_named() {
    let mesh = mesh();
    let stated = |name: &str, code: &str| Stated {
        landmark: mesh.find(name).unwrap(),
        area: BORDERS.find(code).unwrap(),
    };
    let honest = [
        stated("amsterdam", "NL"),
        stated("singapore", "SG"),
        stated("new-york", "US"),
        stated("tokyo", "JP"),
    ];
    assert!(run(&mesh, &[], &honest).misplaced.is_empty());
    let found = run(&mesh, &[], &[stated("rome", "GR"), stated("milan", "IT"), stated("london", "VA")]);
    let named: Vec<&str> =
        found.misplaced.iter().map(|misplaced| mesh.landmark(misplaced.landmark).name.as_str()).collect();
    assert_eq!(named, ["london", "rome"]);
    assert_eq!(BORDERS.code(found.misplaced[1].found), "IT");
    assert!(found.misplaced[1].distance_m > 400_000);
}

/// A disputed place may be stated as any claimant's.
#[test]
fn a_disputed_place_counts_for_every_claimant() {
    let mesh = Mesh::new(vec![landmark("simferopol", 44.95, 34.10)]).unwrap();
    let id = mesh.find("simferopol").unwrap();
    for code in ["UA", "RU"] {
        let stated = [Stated { landmark: id, area: BORDERS.find(code).unwrap() }];
        assert!(run(&mesh, &[], &stated).misplaced.is_empty(), "{code}");
    }
}

/// Both directions and repeated pairs count once; a landmark's pair with itself is nothing.
#[test]
fn repeated_pairs_count_once() {
    let mesh = mesh();
    let (a, b) = (mesh.find("tokyo").unwrap(), mesh.find("london").unwrap());
    let pair = |first, second, ns| Pair { first, second, round_trip: RoundTrip::from_ns(ns).unwrap() };
    let found = run(&mesh, &[pair(a, b, 1_000), pair(b, a, 2_000), pair(a, a, 1)], &[]);
    assert_eq!(found.conflicts.len(), 1);
    assert!(found.conflicts[0].gap_m > 9_000_000);
}

#[test]
fn an_audit_stops_when_told() {
    let mesh = mesh();
    let pairs = pairs(&mesh, &[]);
    assert_eq!(audit(&BORDERS, &mesh, VACUUM, &pairs, &[], &|| true), Err(Stopped));
}

/// A mesh in which everyone contradicts everyone is answered soon, with a bound that is marked as one.
#[test]
fn a_tangled_mesh_is_answered_with_a_bound() {
    let mut chance = world::Chance::of(3);
    let named = |index: usize| {
        let point = chance.point();
        landmark(&format!("l{index:03}"), point.lat_deg(), point.lon_deg())
    };
    let mesh = Mesh::new((0..512).map(named).collect()).unwrap();
    let ids: Vec<_> = mesh.ids().collect();
    let all = ids.iter().flat_map(|a| ids.iter().filter(move |b| a < b).map(move |b| (*a, *b)));
    let pair = |(first, second)| Pair { first, second, round_trip: RoundTrip::from_ns(1_000).unwrap() };
    let found = run(&mesh, &all.map(pair).collect::<Vec<_>>(), &[]);
    assert!(!found.exact);
    assert!((200..512).contains(&found.least_liars), "{}", found.least_liars);
    assert_eq!(found.suspended.len(), 512);
}
