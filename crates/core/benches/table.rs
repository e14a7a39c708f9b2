//! Cost a device on one core, as a table: median, p90 and maximum over all targets, each the median of
//! several rounds.
//!
//! With `LIGHTCONE_REFERENCE` naming a Python program that takes a data folder and `--methods c`, that
//! program is run too, and the ratio printed.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program that prints a table")]

mod mesh;

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use lightcone_core::borders::BORDER_ERROR_M;
use lightcone_core::{Borders, Evidence, Inquiry, LightMode, Metres, Question, Settings, locate};
use mesh::Target;

const ROUNDS: u32 = 15;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only asks whether it builds
    }
    let begin = Instant::now();
    let borders = Borders::embedded().unwrap();
    println!("borders ready in {:.0} ms", begin.elapsed().as_secs_f64() * 1e3);
    let (targets, origin) = mesh::targets();
    println!("{} targets of {origin}\n", targets.len());
    println!("{:44} {:>9} {:>9} {:>9}", "µs a device, one core", "median", "p90", "max");
    for landmarks in [32, 150] {
        let kept: Vec<Target> = targets.iter().map(|target| thinned(target, landmarks)).collect();
        let named = |what: &str| format!("{what}, {landmarks} landmarks");
        for liars in [0, 1, 2, 5] {
            row(&named(&format!("region f = {liars}")), &kept, |target| {
                black_box(evidence(target).region(liars).map(|region| region.arcs().len())).is_ok()
            });
        }
        for liars in [0, 1, 2, 5] {
            row(&named(&format!("region and jurisdictions f = {liars}")), &kept, |target| {
                let grown = Metres::new(BORDER_ERROR_M).unwrap();
                !borders.touched(&evidence(target).region_grown(liars, grown).unwrap()).is_empty()
            });
        }
        for liars in [0, 1] {
            let plain = Settings { liars, ..Settings::default() };
            row(&named(&format!("whole verdict f = {liars}")), &kept, |target| {
                verdict(&borders, target, plain)
            });
            let explained = Settings { explain: true, ..plain };
            row(&named(&format!("explained verdict f = {liars}")), &kept, |target| {
                verdict(&borders, target, explained)
            });
        }
    }
    reference(&targets);
}

fn evidence(target: &Target) -> Evidence<'_> {
    Evidence::new(&target.mesh, LightMode::Vacuum, &target.observations)
}

fn verdict(borders: &Borders, target: &Target, settings: Settings) -> bool {
    let areas = ["CN", "HK", "MO", "RU", "IR"].iter().filter_map(|code| borders.find(code)).collect();
    let questions = [Question::Outside { areas }];
    let inquiry = Inquiry {
        mesh: &target.mesh,
        observations: &target.observations,
        questions: &questions,
        settings: &settings,
    };
    locate(borders, &inquiry, &|| false).is_ok()
}

/// The same target with its first landmarks by name only.
fn thinned(target: &Target, landmarks: usize) -> Target {
    let observations = target.observations.iter().take(landmarks).copied().collect();
    Target { mesh: target.mesh.clone(), observations }
}

fn row(name: &str, targets: &[Target], work: impl Fn(&Target) -> bool) -> f64 {
    let mut costs: Vec<f64> = targets.iter().map(|target| median_us(|| work(target))).collect();
    costs.sort_by(f64::total_cmp);
    let at = |share: f64| costs[((costs.len() - 1) as f64 * share) as usize];
    println!("{name:44} {:9.1} {:9.1} {:9.1}", at(0.5), at(0.9), at(1.0));
    at(0.5)
}

fn median_us(work: impl Fn() -> bool) -> f64 {
    let timed = |_| {
        let begin = Instant::now();
        black_box(work());
        begin.elapsed().as_secs_f64() * 1e6
    };
    let mut rounds: Vec<f64> = (0..ROUNDS).map(timed).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

/// Runs the reference on the same folder and prints the ratio of the times a target, means on both sides.
fn reference(targets: &[Target]) {
    let (Ok(program), Some(folder)) = (std::env::var("LIGHTCONE_REFERENCE"), mesh::folder()) else {
        println!("\nno reference program or no real data: no ratio");
        return;
    };
    let output = Command::new("python3").arg(program).arg(folder).args(["--methods", "c"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().and_then(|line| line.split_whitespace().last()?.parse::<f64>().ok());
    let Some(theirs) = last else {
        println!("\nthe reference program failed: {}", String::from_utf8_lossy(&output.stderr).trim_end());
        return;
    };
    let begin = Instant::now();
    for target in targets {
        let region = evidence(target).region(0).unwrap();
        black_box((region.area_m2(), region.centroid()));
    }
    let ours = begin.elapsed().as_secs_f64() * 1e3 / targets.len() as f64;
    println!("\n{}", text.trim_end());
    println!(
        "ours, region with area and centroid: {ours:.4} ms a target; the reference takes {:.0} times as long",
        theirs / ours
    );
}
