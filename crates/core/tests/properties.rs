//! What must hold in every world, whoever lies and whatever is delayed.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

mod world;

use std::sync::LazyLock;

use lightcone_core::{
    AreaSet, Borders, Finding, Inquiry, Landmark, Located, Mesh, Metres, Observation, Question, Settings,
    canonical, ellipsoid, locate,
};
use proptest::prelude::*;
use world::{Chance, Shape, World, world};

static BORDERS: LazyLock<Borders> = LazyLock::new(|| Borders::embedded().unwrap());

/// Cases a property; the long form multiplies them.
fn cases(short: u32) -> ProptestConfig {
    let factor: u32 = std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(short * factor) }
}

fn shapes() -> impl Strategy<Value = Shape> {
    (3usize..40, 0usize..3, 0usize..4, 0usize..4).prop_map(|(landmarks, grouping, detour, spread)| Shape {
        landmarks,
        groups: [0, 0, landmarks.div_ceil(2)][grouping],
        detour: [0.02, 0.5, 2.0, 10.0][detour],
        spread_rad: [0.01, 0.1, 0.7, std::f64::consts::PI][spread],
    })
}

/// Shortens the delays of the landmarks of some groups, as a liar who claims to be near would.
fn shorten(world: &mut World, groups: u32, chance: &mut Chance) {
    let count = world.mesh.group_count();
    let liars: Vec<usize> = (0..groups).map(|_| chance.below(count)).collect();
    for seen in &mut world.observations {
        if liars.contains(&world.mesh.group(seen.landmark).index()) {
            let ns = seen.round_trip.ns() as f64 * chance.share();
            *seen = world::seen(seen.landmark, (ns as i64).max(1));
        }
    }
}

fn delay(world: &World, chance: &mut Chance) -> World {
    let mut delayed = world.clone();
    for seen in &mut delayed.observations {
        if chance.below(2) == 0 {
            let more = (chance.share() * 50e6) as i64;
            *seen = world::seen(seen.landmark, seen.round_trip.ns() as i64 + more);
        }
    }
    delayed
}

fn ask(world: &World, liars: u32, questions: &[Question]) -> Located {
    let settings = Settings { liars, ..Settings::default() };
    let (mesh, observations) = (&world.mesh, world.observations.as_slice());
    locate(&BORDERS, &Inquiry { mesh, observations, questions, settings: &settings }, &|| false).unwrap()
}

/// Questions whose honest answers are known, with the findings that would be false. The area of the truth
/// counts as what the destination view makes of it.
fn questions(world: &World) -> Vec<(Question, Vec<Finding>)> {
    let atom = BORDERS.area_at(world.truth);
    let areas = BORDERS.destinations(Settings::default().worldview, atom);
    let elsewhere = ["SG", "CN", "US", "BR", "ZA", "AU", "RU"].iter().filter_map(|code| BORDERS.find(code));
    let others = elsewhere.collect::<AreaSet>().without(areas);
    vec![
        (Question::Outside { areas }, vec![Finding::Proven]),
        (Question::Inside { areas: others, on_land: false }, vec![Finding::Proven]),
        (Question::Inside { areas, on_land: false }, vec![Finding::Disproven]),
        (Question::Outside { areas: others }, vec![Finding::Disproven]),
        (Question::Claim { point: world.truth, tolerance: Metres::ZERO }, vec![Finding::Impossible]),
    ]
}

proptest! {
    #![proptest_config(cases(400))]

    /// Promise 1: with at most f lying groups the region contains the chip, and no answer says otherwise.
    #[test]
    fn the_truth_is_never_excluded(seed: u64, shape in shapes(), liars in 0u32..4) {
        let mut chance = Chance::of(seed);
        let mut world = world(seed, shape);
        shorten(&mut world, liars, &mut chance);
        let asked = questions(&world);
        let plain: Vec<Question> = asked.iter().map(|(question, _)| *question).collect();
        let located = ask(&world, liars, &plain);
        if let Some(region) = &located.region {
            prop_assert!(region.contains(ellipsoid::direction(world.truth)));
        }
        for (answer, (_, lies)) in located.verdict.answers.iter().zip(&asked) {
            prop_assert!(!lies.contains(&answer.finding), "{:?} was {}", answer.question, answer.finding);
            prop_assert!(answer.finding != Finding::Inconsistent);
        }
    }

    /// Added delay never shrinks a region, and with at most f groups too near it never makes a proof.
    #[test]
    fn added_delay_never_makes_a_proof(seed: u64, shape in shapes(), liars in 0u32..4) {
        let mut chance = Chance::of(seed);
        let mut world = world(seed, shape);
        shorten(&mut world, liars, &mut chance);
        let delayed = delay(&world, &mut chance);
        let plain: Vec<Question> = questions(&world).iter().map(|(question, _)| *question).collect();
        let (before, after) = (ask(&world, liars, &plain), ask(&delayed, liars, &plain));
        if let (Some(small), Some(large)) = (&before.region, &after.region) {
            for arc in small.arcs() {
                let (rim, centre) = (small.rim(arc), small.bounds()[arc.bound()].cap.centre());
                // A hair inside the boundary, where the small region surely is.
                let middle = rim.at(arc.along(0.5)).vector();
                let inside = (middle + (centre.vector() - middle) * 1e-9).direction().unwrap();
                prop_assert!(!small.contains(inside) || large.contains(inside));
            }
        }
        prop_assert!(before.verdict.touched.is_within(&after.verdict.touched));
        for (one, other) in before.verdict.answers.iter().zip(&after.verdict.answers) {
            prop_assert!(!other.finding.is_certain() || other.finding == one.finding, "{} became {}", one.finding, other.finding);
        }
    }

    /// Order and repetition of the input leave no trace.
    #[test]
    fn order_changes_nothing(seed: u64, shape in shapes(), liars in 0u32..3) {
        let mut chance = Chance::of(seed);
        let mut world = world(seed, shape);
        shorten(&mut world, 2, &mut chance);
        let plain: Vec<Question> = questions(&world).iter().map(|(question, _)| *question).collect();
        let shuffled = shuffle(&world, &mut chance);
        let told = |world: &World| canonical::json(&ask(world, liars, &plain).verdict, &world.mesh, &BORDERS);
        prop_assert_eq!(told(&world), told(&shuffled));
    }
}

/// The same landmarks and observations in another order, some worse observations among them.
fn shuffle(world: &World, chance: &mut Chance) -> World {
    let mut landmarks: Vec<Landmark> = world.mesh.landmarks().to_vec();
    for last in (1..landmarks.len()).rev() {
        landmarks.swap(last, chance.below(last + 1));
    }
    let mesh = Mesh::new(landmarks).unwrap();
    let mut observations: Vec<Observation> = Vec::new();
    for seen in &world.observations {
        let landmark = mesh.find(&world.mesh.landmark(seen.landmark).name).unwrap();
        observations.push(Observation { landmark, ..*seen });
        if chance.below(3) == 0 {
            observations.push(world::seen(
                landmark,
                seen.round_trip.ns() as i64 + 1 + chance.below(1_000_000) as i64,
            ));
        }
    }
    for last in (1..observations.len()).rev() {
        observations.swap(last, chance.below(last + 1));
    }
    World { mesh, truth: world.truth, observations }
}
