//! The same evidence gives the same bytes, whatever the number of threads, and the same bytes as last time.
//!
//! `LIGHTCONE_BLESS=1` rewrites the golden file: do so only when a change of the verdict is meant, and say why.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

mod world;

use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

use lightcone_core::{
    AreaSet, Borders, ClockError, Inquiry, Landmark, LightMode, Mesh, Metres, Observation, Point, Question,
    Settings, WorldviewId, canonical, ellipsoid, light, locate,
};
use sha2::Digest;
use world::Chance;

static BORDERS: LazyLock<Borders> = LazyLock::new(|| Borders::embedded().unwrap());
const WORLDS: u64 = 400;
/// So many verdicts are kept in full; of the rest, the digest.
const KEPT: usize = 12;

/// A world made with nothing but whole numbers and the engine's own arithmetic: the platform's sines have no
/// part in it.
fn verdict(seed: u64) -> String {
    let mut chance = Chance::of(seed);
    let place = |chance: &mut Chance| {
        let lat = chance.below(160_000_000_000) as i64 - 80_000_000_000;
        let lon = chance.below(360_000_000_000) as i64 - 180_000_000_000;
        Point::from_ndeg(lat, lon).unwrap()
    };
    let truth = place(&mut chance);
    let count = 3 + chance.below(60);
    let landmarks = (0..count).map(|index| Landmark {
        name: format!("l{index:02}"),
        point: place(&mut chance),
        position_error: Metres::new(chance.below(30_000) as f64).unwrap(),
        clock_error: ClockError::from_ns(chance.below(10_000) as i64).unwrap(),
        group: (seed.is_multiple_of(3)).then(|| format!("g{}", chance.below(9))),
    });
    let mesh = Mesh::new(landmarks.collect()).unwrap();
    let observations: Vec<Observation> = mesh
        .ids()
        .map(|id| {
            let metres = ellipsoid::direction(truth).angle_to(mesh.direction(id)) * ellipsoid::A_M;
            let ns = (metres * 2e9 / light::C_M_PER_S) as i64 + 1 + chance.below(20_000_000) as i64;
            // Every thirtieth lies.
            world::seen(id, if chance.below(30) == 0 { ns / 3 + 1 } else { ns })
        })
        .collect();
    let code = |chance: &mut Chance| {
        BORDERS.find(["CN", "RU", "SG", "US", "IN", "BR", "FR", "ZA"][chance.below(8)]).unwrap()
    };
    let areas: AreaSet = [code(&mut chance), code(&mut chance)].into_iter().collect();
    let questions = [
        Question::Outside { areas },
        Question::Inside { areas, on_land: seed.is_multiple_of(2) },
        Question::Claim { point: truth, tolerance: Metres::new(1_000.0).unwrap() },
    ];
    let settings = Settings {
        mode: [LightMode::Vacuum, LightMode::Chord, "fibre:1.468".parse().unwrap()][(seed % 3) as usize],
        liars: (seed % 4) as u32,
        worldview: WorldviewId::ALL[(seed % 2) as usize],
        territorial_sea: seed.is_multiple_of(5),
        max_age: None,
        explain: true,
    };
    let inquiry =
        Inquiry { mesh: &mesh, observations: &observations, questions: &questions, settings: &settings };
    canonical::json(&locate(&BORDERS, &inquiry, &|| false).unwrap().verdict, &mesh, &BORDERS)
}

fn verdicts(threads: usize) -> Vec<String> {
    let mut told = vec![String::new(); WORLDS as usize];
    let share = told.len().div_ceil(threads);
    std::thread::scope(|scope| {
        for (part, slots) in told.chunks_mut(share).enumerate() {
            scope.spawn(move || {
                for (place, slot) in slots.iter_mut().enumerate() {
                    *slot = verdict((part * share + place) as u64);
                }
            });
        }
    });
    told
}

fn told(verdicts: &[String]) -> String {
    let digest = sha2::Sha256::digest(verdicts.join("\n"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut text = verdicts[..KEPT].join("\n");
    writeln!(text, "\nsha256 of {WORLDS}: {hex}").unwrap();
    text
}

#[test]
fn one_two_and_eight_threads_give_the_golden_bytes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/verdicts.txt");
    let one = told(&verdicts(1));
    assert_eq!(one, told(&verdicts(2)), "two threads");
    assert_eq!(one, told(&verdicts(8)), "eight threads");
    if std::env::var_os("LIGHTCONE_BLESS").is_some() {
        std::fs::write(&path, &one).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(one == golden, "verdicts differ from {}; if that is meant, bless them", path.display());
}

#[test]
fn the_canonical_body_is_json_without_fractions() {
    for seed in 0..40 {
        let body = verdict(seed);
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), body, "keys in order, no blanks");
        assert!(!has_fraction(&value), "{body}");
    }
}

fn has_fraction(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(number) => number.as_i64().is_none(),
        serde_json::Value::Array(items) => items.iter().any(has_fraction),
        serde_json::Value::Object(fields) => fields.values().any(has_fraction),
        _ => false,
    }
}
