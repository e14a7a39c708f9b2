//! How fast, and how long to read.

use crate::case::Case;
use crate::engine::Engine;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Decisions a second over all cases, the best of three turns; the engines take turns.
pub(crate) fn speeds(engines: &[Box<dyn Engine>], cases: &[&Case]) -> Vec<f64> {
    let mut best = vec![0.0_f64; engines.len()];
    for _ in 0..3 {
        for (best, engine) in best.iter_mut().zip(engines) {
            *best = best.max(turn(engine.as_ref(), cases));
        }
    }
    best
}

fn turn(engine: &dyn Engine, cases: &[&Case]) -> f64 {
    let (begin, mut decided) = (Instant::now(), 0_u32);
    while begin.elapsed() < Duration::from_secs(1) {
        for case in cases {
            let _ = black_box(engine.decide(black_box(case)));
            decided += 1;
        }
    }
    f64::from(decided) / begin.elapsed().as_secs_f64()
}

/// Lines with content, comments left out, for each of the three rules: from `== rule 1` to the next mark.
pub(crate) fn lines(text: &str) -> [usize; 3] {
    let mut counts = [0; 3];
    let mut rule = None;
    for line in text.lines().map(str::trim) {
        if let Some((_, number)) = line.split_once("== rule ") {
            rule = number.parse::<usize>().ok();
        } else if !line.is_empty() && !line.starts_with("//") && !line.starts_with('#') {
            rule.into_iter().for_each(|rule| counts[rule - 1] += 1);
        }
    }
    counts
}
