//! Canaries: sites are planted at secret points, measured week after week, and everything that outsiders can ask is asked
//! as often as can be. Whoever has all answers knows no better where the sites are than who was told once.

mod adversary;
mod guess;
mod plant;

use std::collections::{BTreeMap, BTreeSet};

use lightcone_tests::{Ground, House, Seed};

use adversary::{Adversary, Heard};
use guess::{Answers, Guess, Maps};
use plant::{Canary, Sizes};

/// How many times as fast as clocks verdict time runs: a week in 2 s.
const TIME_FACTOR: u32 = 300_000;
/// How many times every agent is measured before everything is asked again: a few times a week.
const ROUNDS: usize = 4;

/// How the adversary listens.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Weeks in which something is told.
    weeks: usize,
    sizes: Sizes,
}

/// What became of the canaries.
struct Outcome {
    /// Sets that were told of each chip, one a week.
    told: BTreeMap<String, Vec<Vec<String>>>,
    /// Sets that the sessions of each chip's agent found, in their order.
    found: BTreeMap<String, Vec<Vec<String>>>,
    /// Weeks in which a chip was told in two ways.
    contradictions: usize,
    /// Everything that was heard.
    heard: Vec<Heard>,
}

#[tokio::test(flavor = "multi_thread")]
async fn outsiders_learn_no_place_however_often_they_ask() {
    let mut seed = Seed::new(2_026);
    let canaries = Canary::drawn(&mut seed);
    let plan = Plan { weeks: 8, sizes: Sizes::ByChance };
    let outcome = listen(&canaries, &mut seed, plan).await;
    assert_eq!(outcome.contradictions, 0, "a week has one answer");
    for heard in &outcome.heard {
        for canary in &canaries {
            assert_eq!(canary.betrayed_by(heard), None, "{}", heard.call);
        }
    }
    let guess = judged(&canaries, &outcome.told, &Answers::Told);
    println!("all that was told, against the last answer: {guess:?}");
    assert!(guess.nearness() > 0.95, "all answers bring the adversary nearer than one: {guess:?}");
    assert!(guess.bits() < 0.5, "and say more of the place: {guess:?}");
    // Told what each session found as it found it, the same adversary succeeds: so its failure means something.
    let guess = judged(&canaries, &outcome.found, &Answers::EachSession);
    println!("what each session found, against one: {guess:?}");
    assert!(guess.nearness() < 0.5, "the adversary cannot guess: {guess:?}");
    assert!(guess.bits() > 2.0, "the adversary cannot guess: {guess:?}");
}

/// Regions that change in the middle of a week change nothing in it.
#[tokio::test(flavor = "multi_thread")]
async fn regions_that_change_mid_week_change_no_answer() {
    let mut seed = Seed::new(2_026);
    let canaries = Canary::drawn(&mut seed);
    // Few, so that there are many rounds a week on a busy machine too.
    let canaries = &canaries[..2];
    let alternating = Plan { weeks: 4, sizes: Sizes::AlternatingMidWeek };
    assert_eq!(listen(canaries, &mut seed, alternating).await.contradictions, 0);
}

/// Measures and asks for some weeks.
async fn listen(canaries: &[Canary], seed: &mut Seed, plan: Plan) -> Outcome {
    let ground = Ground::on_disk();
    let mut house = House::on(&ground, |config| config.simulation.time_factor = TIME_FACTOR).await;
    let mut story = plant::plant(&house, canaries, TIME_FACTOR).await;
    let mut adversary = Adversary::against(&house, canaries).await;
    let mut weeks: BTreeMap<(String, i64), Vec<Vec<String>>> = BTreeMap::new();
    let mut heard = Vec::new();
    let mut seen = BTreeSet::new();
    while seen.len() < plan.weeks {
        for _ in 0..ROUNDS {
            story.measure(canaries, plan.sizes, seed).await;
        }
        for _ in 0..2 {
            for standing in adversary.standings(&mut heard).await {
                // Before a place is told there is nothing to hide.
                if standing.jurisdictions.is_empty() {
                    continue;
                }
                let week = standing.epoch_begin_time.map_or(0, |begin| begin.seconds);
                seen.insert(week);
                let told = weeks.entry((standing.chip, week)).or_default();
                if !told.contains(&standing.jurisdictions) {
                    told.push(standing.jurisdictions);
                }
            }
        }
        adversary.all_else(&mut heard).await;
    }
    house.ask_to_stop();
    let contradictions = weeks.values().filter(|told| told.len() > 1).count();
    let mut told: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for ((chip, _), sets) in weeks {
        told.entry(chip).or_default().extend(sets);
    }
    Outcome { told, found: story.found, contradictions, heard }
}

/// What the adversary makes of all these answers, against one who has a single one.
fn judged(canaries: &[Canary], sets: &BTreeMap<String, Vec<Vec<String>>>, answers: &Answers) -> Guess {
    let borders = lightcone_core::Borders::embedded().expect("a map");
    let mut guess = Guess::default();
    for canary in canaries {
        guess.add(&Maps::of(&borders, canary), canary, &sets[&canary.chip(0)], answers);
    }
    guess
}
