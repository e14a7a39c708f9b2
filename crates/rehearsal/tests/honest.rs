//! Honest agents at random places, measured by real packets: the true place is in every region, and what the service
//! found is found again here to the bit.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::time::Duration;

use lightcone_core::Point;
use lightcone_rehearsal::{AgentPart, Cast, Outcome, Spot, Stage, StageSettings};

/// Agents that are measured at once.
const AGENTS: usize = 20;
/// Rounds, each with every agent at another place; LIGHTCONE_LONG multiplies them: 25 make 500 places.
const ROUNDS: u32 = 1;

#[test]
fn the_true_place_is_in_every_region() {
    let rounds =
        ROUNDS * std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let folder = tempfile::tempdir().unwrap();
    let mut dice = fastrand::Rng::with_seed(2026);
    let mut stage = Stage::open(cast(&mut dice), StageSettings::quick(folder.path().to_owned())).unwrap();
    stage.settle(Duration::from_secs(60)).unwrap();
    let agents = stage.cast().agents_of("anywhere");
    let mut judged = 0;
    for round in 0..rounds {
        for agent in &agents {
            stage.carry(agent, &anywhere(&mut dice, &format!("{agent} in round {round}"))).unwrap();
        }
        for (agent, outcome) in stage.ask(&agents).unwrap() {
            let Outcome::Verdict(sight) = outcome else { panic!("{agent} missed its session") };
            let replay = stage.replay(&sight).unwrap();
            let stands = &stage.cast().agents.iter().find(|part| part.id == agent).unwrap().stands;
            let measured = &replay.observations;
            assert!(measured.len() >= 2, "round {round}: {agent} was measured by {measured:?} only");
            assert!(replay.holds(stands.point), "{agent} is at {}, outside of {measured:?}", stands.point);
            assert_eq!(sight.least_liars, 0, "{agent}: {:?} contradict", sight.contradicted);
            assert_eq!(String::from_utf8(sight.canonical).unwrap(), replay.canonical(), "{agent}");
            judged += 1;
        }
    }
    assert_eq!(judged, rounds as usize * AGENTS);
    stage.close().unwrap();
}

/// The demo's landmarks, and agents anywhere.
fn cast(dice: &mut fastrand::Rng) -> Cast {
    let demo = Cast::demo();
    let mut site = demo.sites[0].clone();
    site.id = "anywhere".to_owned();
    let agents = (0..AGENTS).map(|number| AgentPart {
        id: format!("a-{number}"),
        site: site.id.clone(),
        stands: anywhere(dice, &format!("start of {number}")),
    });
    let agents = agents.collect();
    Cast { landmarks: demo.landmarks, sites: vec![site], agents }
}

/// A place from anywhere on Earth, evenly.
fn anywhere(dice: &mut fastrand::Rng, name: &str) -> Spot {
    let lat = (2.0 * dice.f64() - 1.0).asin().to_degrees();
    let lon = 360.0 * dice.f64() - 180.0;
    Spot::new(name, Point::from_degrees(lat, lon).unwrap())
}
