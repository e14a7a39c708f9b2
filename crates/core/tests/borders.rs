//! Borders against brute force: which areas regions touch, and where places lie.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

mod world;

use std::sync::LazyLock;

use lightcone_core::area::AreaKind;
use lightcone_core::borders::{BORDER_ERROR_M, TERRITORIAL_SEA_M};
use lightcone_core::direction::Direction;
use lightcone_core::region::Extent;
use lightcone_core::{AreaId, AreaSet, Borders, Evidence, Metres, Point, Region, WorldviewId, ellipsoid};
use world::{Chance, Shape, VACUUM, world};

static BORDERS: LazyLock<Borders> = LazyLock::new(|| Borders::embedded().unwrap());

fn code_at(lat: f64, lon: f64) -> &'static str {
    BORDERS.code(BORDERS.area_at(Point::from_degrees(lat, lon).unwrap()))
}

#[test]
fn known_places_lie_where_they_should() {
    let places = [
        ("SG", 1.3521, 103.8198),
        ("MY", 1.60, 103.65),
        ("HK", 22.40, 114.15),
        ("MO", 22.19, 113.545),
        ("CN", 22.60, 114.00),
        ("TW", 24.80, 120.97),
        ("PH", 9.74, 118.74),
        ("FR", 48.85, 2.35),
        ("VA", 41.9033, 12.4534),
        ("IT", 41.95, 12.50),
        ("SM", 43.94, 12.46),
        ("LS", -29.6, 28.2),
        ("ZA", -26.2, 28.0),
        ("GF", 4.9, -52.35),
        ("RE", -21.1, 55.5),
        ("SJ", 78.60, 17.0),
        ("XCR", 44.95, 34.10),
        ("RU", 55.75, 37.62),
        ("RU", 71.2, -179.4),
        ("RU", 66.5, -175.0),
        ("FJ", -17.8, 178.0),
        ("AQ", -90.0, 0.0),
        ("AQ", -85.0, 179.999),
        ("XZ", 0.0, -150.0),
        ("XZ", 90.0, 0.0),
        ("US", 41.5, -74.5),
        ("CA", 49.1, -110.0),
        ("US", 48.9, -110.0),
        ("KG", 42.87, 74.6),
        ("RU", 54.71, 20.51),
        ("GL", 72.0, -40.0),
        ("NZ", -41.3, 174.8),
    ];
    for (code, lat, lon) in places {
        assert_eq!(code_at(lat, lon), code, "{lat} {lon}");
    }
}

/// Walking a kilometre to either side of the middle of a border piece must lead to the area named there,
/// unless another border is near.
#[test]
fn both_sides_of_every_hundredth_border_are_as_named() {
    let (mut checked, mut pieces) = (0, 0);
    for chain in Borders::chains() {
        for (place, pair) in chain.points.windows(2).enumerate() {
            if place % 100 != 0 {
                continue;
            }
            let (a, b) = (ellipsoid::direction(pair[0]), ellipsoid::direction(pair[1]));
            let Some(pole) = a.vector().cross(b.vector()).direction() else { continue };
            if (pair[0].lon_deg() - pair[1].lon_deg()).abs() > 0.25 {
                continue; // drawn as a line of longitude and latitude, in pieces
            }
            let middle = a.midway(b).unwrap();
            let step = 1e-6; // 6 m
            let left = (middle.vector() + pole.vector() * step).direction().unwrap();
            let right = (middle.vector() - pole.vector() * step).direction().unwrap();
            pieces += 1;
            for (at, side) in [(left, chain.left), (right, chain.right)] {
                if BORDERS.area_at(ellipsoid::point(at)) == side {
                    checked += 1;
                }
            }
        }
    }
    // A few pieces are shorter than the step or have a neighbour within it.
    let expected = 2 * pieces;
    assert!(checked as f64 > 0.999 * f64::from(expected), "{checked} of {expected}");
}

/// All points of borders inside the region, and areas of random points: the brute force.
fn brute(region: &Region, chance: &mut Chance) -> AreaSet {
    let mut found = AreaSet::EMPTY;
    for (left, right, points) in DENSE.iter() {
        if found.contains(*left) && found.contains(*right) {
            continue;
        }
        if points.iter().any(|point| region.contains(*point)) {
            found.insert(*left);
            found.insert(*right);
        }
    }
    if let Some(centre) = region.centroid() {
        let radius = region.farthest_rad(centre);
        for _ in 0..3_000 {
            let at = chance.near(centre, radius);
            if region.contains(at) {
                found.insert(BORDERS.area_at(ellipsoid::point(at)));
            }
        }
    }
    found
}

static DENSE: LazyLock<Vec<(AreaId, AreaId, Vec<Direction>)>> = LazyLock::new(|| {
    let dense = |chain: lightcone_core::borders::Chain| {
        (chain.left, chain.right, chain.points.iter().map(|point| ellipsoid::direction(*point)).collect())
    };
    Borders::chains().map(dense).collect()
});

#[test]
fn touched_areas_agree_with_brute_force() {
    let long: u64 = std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let (mut same, mut more) = (0, 0);
    for seed in 0..250 * long {
        let mut chance = Chance::of(seed ^ 0x7777);
        let landmarks = 3 + chance.below(30);
        let shape = Shape {
            landmarks,
            groups: 0,
            detour: [0.05, 0.5, 2.0, 4.0][chance.below(4)],
            spread_rad: [0.01, 0.1, 0.4, 1.5][chance.below(4)],
        };
        let world = world(seed, shape);
        let evidence = Evidence::new(&world.mesh, VACUUM, &world.observations);
        let liars = chance.below(3) as u32;
        let region = evidence.region_grown(liars, Metres::new(BORDER_ERROR_M).unwrap()).unwrap();
        let touched = BORDERS.touched(&region);
        if region.extent() == Extent::Whole {
            assert_eq!(touched.len(), BORDERS.areas().len(), "seed {seed}");
            continue;
        }
        let brute = brute(&region, &mut chance);
        assert!(
            brute.is_within(&touched),
            "seed {seed}: misses {:?}",
            BORDERS.codes(&brute.without(touched))
        );
        // What is found beyond brute force must be a border that passes between its points.
        for extra in touched.without(brute).iter() {
            more += 1;
            let near =
                DENSE.iter().filter(|chain| chain.0 == extra || chain.1 == extra).flat_map(|chain| &chain.2);
            let gap = near.map(|point| region.nearest_rad(*point)).fold(f64::INFINITY, f64::min);
            assert!(gap < 0.01, "seed {seed}: {} is {gap} rad away", BORDERS.code(extra));
        }
        same += touched.intersection(brute).len();
    }
    assert!(more * 200 < same, "{more} areas only by edges against {same}");
}

#[test]
fn the_nearest_place_of_an_area_is_never_nearer_in_brute_force() {
    for seed in 0..60 {
        let mut chance = Chance::of(seed ^ 0x3333);
        let from = chance.direction();
        let area = AreaId::new(1 + chance.below(BORDERS.areas().len() - 1)).unwrap();
        let found = BORDERS.nearest_rad(from, &AreaSet::of(area));
        let chains = DENSE.iter().filter(|chain| chain.0 == area || chain.1 == area);
        let brute = chains
            .flat_map(|chain| &chain.2)
            .map(|point| from.angle_to(*point))
            .fold(f64::INFINITY, f64::min);
        if BORDERS.area_at(ellipsoid::point(from)) == area {
            assert_eq!(found, 0.0);
        } else {
            assert!(found <= brute + 1e-12 && found > brute - 0.01, "seed {seed}: {found} against {brute}");
        }
    }
}

#[test]
fn a_strait_has_no_high_sea_and_an_ocean_has() {
    let band = Metres::new(TERRITORIAL_SEA_M).unwrap();
    for (lat, lon, km, expected) in [
        (1.25, 103.8, 10.0, false),
        (0.0, -150.0, 50.0, true),
        (1.3, 104.5, 60.0, true),
        (47.0, 8.0, 50.0, false),
    ] {
        let region = disk(lat, lon, km);
        assert_eq!(BORDERS.reaches_beyond_coast(&region, band), expected, "{lat} {lon} {km}");
    }
}

fn disk(lat: f64, lon: f64, km: f64) -> Region {
    use lightcone_core::{ClockError, Landmark, Mesh};
    let landmark = Landmark {
        name: "one".into(),
        point: Point::from_degrees(lat, lon).unwrap(),
        position_error: Metres::new(km * 1000.0).unwrap(),
        clock_error: ClockError::default(),
        group: None,
    };
    let mesh = Mesh::new(vec![landmark]).unwrap();
    let seen = [world::seen(mesh.find("one").unwrap(), 1)];
    Evidence::new(&mesh, VACUUM, &seen).region(0).unwrap()
}

#[test]
fn every_area_is_found_and_every_disputed_unit_has_destinations() {
    for (index, area) in BORDERS.areas().iter().enumerate() {
        let id = AreaId::new(index).unwrap();
        assert_eq!(BORDERS.find(&area.code), Some(id));
        for worldview in WorldviewId::ALL {
            let destinations = BORDERS.destinations(worldview, id);
            assert!(!destinations.is_empty(), "{}", area.code);
            if area.kind == AreaKind::Iso && worldview == WorldviewId::EveryClaimant {
                assert!(destinations.contains(id), "{}", area.code);
            }
        }
    }
}

#[test]
fn the_digest_is_that_of_the_file() {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(include_bytes!("../data/borders.bin"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(Borders::SHA256.trim(), hex);
}

/// Rims of grouped landmarks that pass within kilometres of the smallest countries: the cases in which one
/// group has a cap that fails all over a cell and another that only crosses it.
#[test]
fn small_countries_are_not_missed_by_grouped_landmarks() {
    let long: u64 = std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let small: Vec<AreaId> = ["VA", "SM", "LI", "MC", "AD", "GI", "MO", "TK", "NR", "SG", "LU", "MT"]
        .iter()
        .map(|code| BORDERS.find(code).unwrap())
        .collect();
    let places: Vec<Vec<Direction>> = small
        .iter()
        .map(|area| {
            DENSE
                .iter()
                .filter(|chain| chain.0 == *area || chain.1 == *area)
                .flat_map(|chain| chain.2.clone())
                .collect()
        })
        .collect();
    let mut inside = 0;
    for seed in 0..30_000 * long {
        let mut chance = Chance::of(seed ^ 0x9999);
        let which = chance.below(small.len());
        let aim = places[which][chance.below(places[which].len())];
        let (mesh, observations) = rims_near(aim, &mut chance);
        let evidence = Evidence::new(&mesh, VACUUM, &observations);
        let liars = chance.below(evidence.groups().min(3)) as u32;
        let region = evidence.region(liars).unwrap();
        let touches = places[which].iter().any(|place| world::failing(&evidence, *place) <= liars as usize);
        inside += u32::from(touches);
        let found = BORDERS.touched(&region).contains(small[which]);
        assert!(found || !touches, "seed {seed}: {} is missed", BORDERS.code(small[which]));
    }
    assert!(inside > 3_000, "{inside}");
}

/// Two to four landmarks in each of two to four groups, with rims within forty kilometres of a place.
fn rims_near(
    aim: Direction,
    chance: &mut Chance,
) -> (lightcone_core::Mesh, Vec<lightcone_core::Observation>) {
    use lightcone_core::{ClockError, Landmark, Mesh};
    let groups = 2 + chance.below(3);
    let count = groups * (2 + chance.below(3));
    let landmarks = (0..count).map(|index| Landmark {
        name: format!("l{index:02}"),
        point: ellipsoid::point(chance.near(aim, 0.1)),
        position_error: Metres::ZERO,
        clock_error: ClockError::default(),
        group: Some(format!("g{}", index % groups)),
    });
    let mesh = Mesh::new(landmarks.collect()).unwrap();
    let observations = mesh.ids().map(|id| {
        let metres = mesh.direction(id).angle_to(aim) * ellipsoid::A_M + 80_000.0 * (chance.share() - 0.4);
        world::seen(id, world::light_ns(metres.max(100.0)))
    });
    let observations = observations.collect();
    (mesh, observations)
}
