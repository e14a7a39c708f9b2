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
