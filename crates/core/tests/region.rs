//! The region against an oracle that counts failing caps point by point, on random worlds.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

mod world;

use lightcone_core::direction::Direction;
use lightcone_core::region::Extent;
use lightcone_core::{Evidence, Region, ellipsoid};
use world::{Chance, Shape, VACUUM, World, failing, world};

/// Worlds a test; the long form runs a thousand times as many.
fn worlds(short: u64) -> std::ops::Range<u64> {
    let factor = std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    0..short * factor
}

fn shape(chance: &mut Chance) -> Shape {
    let spreads = [0.02, 0.3, 1.0, std::f64::consts::PI];
    let landmarks = 1 + chance.below(40);
    Shape {
        landmarks,
        groups: [0, 0, 1 + chance.below(landmarks)][chance.below(3)],
        detour: [0.01, 0.5, 3.0, 20.0][chance.below(4)],
        spread_rad: spreads[chance.below(4)],
    }
}

/// Shortens some delays so that worlds with contradictions are among the tested.
fn with_lies(mut world: World, chance: &mut Chance) -> World {
    for _ in 0..chance.below(4) {
        let index = chance.below(world.observations.len());
        let id = world.observations[index].landmark;
        let ns = world.observations[index].round_trip.ns() as f64 * (0.05 + 0.9 * chance.share());
        world.observations[index] = world::seen(id, (ns as i64).max(1_000));
    }
    world
}

#[test]
fn the_boundary_separates_inside_from_outside() {
    for seed in worlds(3_000) {
        let mut chance = Chance::of(seed ^ 0xa5a5);
        let world = with_lies(world(seed, shape(&mut chance)), &mut chance);
        let evidence = Evidence::new(&world.mesh, VACUUM, &world.observations);
        let liars = chance.below(evidence.groups().min(6)) as u32;
        let region = evidence.region(liars).unwrap();
        for arc in region.arcs() {
            let (bound, middle) = (&region.bounds()[arc.bound()], region.rim(arc).at(arc.along(0.5)));
            // A step of 1e-9 rad (6 mm) to either side, unless the arc is a sliver of that size.
            if arc.span_rad() * bound.cap.sine() < 1e-6 || bound.cap.sine() < 1e-6 {
                continue;
            }
            let toward = |to: Direction, step: f64| {
                (middle.vector() + (to.vector() - middle.vector()) * step).direction().unwrap()
            };
            let step = 1e-9 / middle.angle_to(bound.cap.centre()).min(1.0);
            let (inside, outside) = (toward(bound.cap.centre(), step), toward(bound.cap.centre(), -step));
            if middle.angle_to(bound.cap.centre()) < 3.0 {
                assert!(failing(&evidence, inside) <= liars as usize, "seed {seed}: inside fails");
                assert!(failing(&evidence, outside) > liars as usize, "seed {seed}: outside holds");
            }
        }
    }
}

#[test]
fn contains_agrees_with_counting_and_so_does_the_area() {
    for seed in worlds(600) {
        let mut chance = Chance::of(seed ^ 0x5a5a);
        let world = with_lies(world(seed, shape(&mut chance)), &mut chance);
        let evidence = Evidence::new(&world.mesh, VACUUM, &world.observations);
        let liars = chance.below(evidence.groups().min(5)) as u32;
        let region = evidence.region(liars).unwrap();
        let (centre, radius) = frame(&region);
        const SAMPLES: usize = 4_000;
        let mut hits = 0;
        for _ in 0..SAMPLES {
            let at = chance.near(centre, radius);
            let holds = failing(&evidence, at) <= liars as usize;
            assert_eq!(region.contains(at), holds, "seed {seed}");
            hits += usize::from(holds);
        }
        let whole = 2.0 * std::f64::consts::PI * (1.0 - radius.cos());
        let share = hits as f64 / SAMPLES as f64;
        let sampled = whole * share;
        let error =
            whole * 5.0 * (share * (1.0 - share) / SAMPLES as f64).sqrt() + whole * 3.0 / SAMPLES as f64;
        let exact = region.solid_angle_sr();
        assert!(
            (exact - sampled).abs() <= error,
            "seed {seed} liars {liars}: {exact} sampled {sampled} ± {error}"
        );
        if region.extent() == Extent::Empty {
            assert_eq!(hits, 0, "seed {seed}");
        }
    }
}

/// A cap that holds the region.
fn frame(region: &Region) -> (Direction, f64) {
    match region.centroid() {
        Some(centre) if region.farthest_rad(centre) < 3.0 => {
            (centre, region.farthest_rad(centre) * 1.000_001 + 1e-9)
        }
        _ => (Direction::NORTH, std::f64::consts::PI),
    }
}

#[test]
fn the_truth_is_never_excluded_by_honest_landmarks() {
    for seed in worlds(3_000) {
        let mut chance = Chance::of(seed ^ 0x1111);
        let world = world(seed, shape(&mut chance));
        let evidence = Evidence::new(&world.mesh, VACUUM, &world.observations);
        let region = evidence.region(0).unwrap();
        assert!(region.contains(ellipsoid::direction(world.truth)), "seed {seed}");
        assert_eq!(evidence.least_liars(), Ok(0), "seed {seed}");
    }
}

#[test]
fn the_least_number_of_liars_is_the_first_region_that_is_not_empty() {
    for seed in worlds(400) {
        let mut chance = Chance::of(seed ^ 0x2222);
        let mut world = with_lies(world(seed, shape(&mut chance)), &mut chance);
        world = with_lies(world, &mut chance);
        let evidence = Evidence::new(&world.mesh, VACUUM, &world.observations);
        let least = evidence.least_liars().unwrap();
        let groups = evidence.groups() as u32;
        let first = (0..groups).find(|&liars| !evidence.region(liars).unwrap().is_empty());
        assert_eq!(least, first.unwrap_or(groups), "seed {seed}"); // all lie when each contradicts itself
    }
}

/// Area on the ellipsoid and centre of mass, against sums over an even scatter of points.
#[test]
fn area_and_centroid_agree_with_sums_over_points() {
    for seed in worlds(40) {
        let mut chance = Chance::of(seed ^ 0x4444);
        let world = world(seed, shape(&mut chance));
        let evidence = Evidence::new(&world.mesh, VACUUM, &world.observations);
        let region = evidence.region(0).unwrap();
        let (centre, radius) = frame(&region);
        const SAMPLES: usize = 40_000;
        let cell = 2.0 * std::f64::consts::PI * (1.0 - radius.cos()) / SAMPLES as f64;
        let (mut area, mut solid, mut sum) =
            (0.0, 0.0, lightcone_core::direction::Vector::new(0.0, 0.0, 0.0));
        for place in (0..SAMPLES).map(|number| spiral(centre, radius, number, SAMPLES)) {
            if region.contains(place) {
                area += cell * steradian_m2(place);
                solid += cell;
                sum = sum + place.vector() * cell;
            }
        }
        if region.extent() == Extent::Whole {
            assert!((region.area_m2() / area - 1.0).abs() < 1e-6, "seed {seed}");
        } else {
            // Both share the error of the scatter; what is left is the ellipsoid's, of which 6e-6 is allowed.
            let scatter = region.solid_angle_sr() / solid;
            assert!((region.area_m2() / (area * scatter) - 1.0).abs() < 2e-5, "seed {seed}");
            let apart = region.centroid().unwrap().angle_to(sum.direction().unwrap());
            assert!(apart < 0.01 * radius + 1e-9, "seed {seed}: {apart} of {radius}");
        }
    }
}

/// Square metres of the ellipsoid a steradian, at a direction: r² over the cosine between the normal and
/// the line to the centre.
fn steradian_m2(place: Direction) -> f64 {
    let latitude = ellipsoid::latitude_rad(place);
    let (radius, ep2) = (ellipsoid::radius_m(latitude), ellipsoid::EP2);
    let tilt = ep2 * latitude.sin() * latitude.cos() / (1.0 + ep2 * latitude.sin().powi(2));
    radius * radius * (1.0 + tilt * tilt).sqrt()
}

/// The `number`th of evenly spread points of a cap (Fibonacci).
fn spiral(centre: Direction, radius: f64, number: usize, of: usize) -> Direction {
    let versine = (1.0 - radius.cos()) * (number as f64 + 0.5) / of as f64;
    let turn = number as f64 * std::f64::consts::PI * (3.0 - 5f64.sqrt());
    let sine = (versine * (2.0 - versine)).max(0.0).sqrt();
    let (u, v) = centre.frame();
    (centre.vector() * (1.0 - versine) + u * (sine * turn.cos()) + v * (sine * turn.sin()))
        .direction()
        .unwrap()
}
