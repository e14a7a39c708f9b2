//! All targets in one table, in the columns of the published comparisons.

use std::collections::BTreeMap;
use std::io::{self, Write};

use lightcone_core::{Borders, Finding, Question, WorldviewId};

use super::judged::Judged;
use crate::render::words::{self, grouped};

/// Targets named in a line before it is cut.
const NAMED_MAX: usize = 8;

/// Writes the table and what the findings were.
pub(crate) fn write(
    out: &mut dyn Write,
    borders: &Borders,
    worldview: WorldviewId,
    method: &str,
    all: &[Judged],
) -> io::Result<()> {
    let width = method.len().max(7);
    writeln!(
        out,
        "{:width$} {:>7} {:>8} {:>6} {:>17} {:>12} {:>17} {:>8} {:>10}",
        "method",
        "targets",
        "covered",
        "empty",
        "area km2: median",
        "p90",
        "error km: median",
        "p90",
        "ms/target"
    )?;
    let areas: Vec<f64> = all.iter().filter_map(|judged| judged.area_km2).collect();
    let full: Vec<f64> = areas.iter().copied().filter(|area| *area > 0.0).collect();
    let errors: Vec<f64> = all.iter().filter_map(|judged| judged.error_km).collect();
    let known: Vec<bool> = all.iter().filter_map(|judged| judged.covered).collect();
    let covered = known.iter().filter(|covered| **covered).count();
    let times: Vec<f64> = all.iter().map(|judged| judged.ms).collect();
    let ms = times.iter().sum::<f64>() / times.len().max(1) as f64;
    let median_ms = quantile(&times, 0.5).unwrap_or_default();
    writeln!(
        out,
        "{method:width$} {:>7} {:>8} {:>6} {:>17} {:>12} {:>17} {:>8} {ms:>10.4} (median {median_ms:.4})",
        all.len(),
        share(covered, known.len(), 2),
        share(areas.len() - full.len(), all.len(), 1),
        whole(quantile(&full, 0.5)),
        whole(quantile(&full, 0.9)),
        tenth(quantile(&errors, 0.5)),
        tenth(quantile(&errors, 0.9)),
    )?;
    writeln!(out, "\ncovered: {covered} of {} with a known place", known.len())?;
    let stale = all.iter().filter(|judged| judged.is_stale()).count();
    if stale > 0 {
        writeln!(out, "stale: {stale}, not counted as covered or not")?;
    }
    named(out, "not covered", all, |judged| judged.covered == Some(false))?;
    findings(out, all)?;
    clearances(out, borders, worldview, all)?;
    liars(out, all)
}

/// How often each finding came out, with its question.
fn findings(out: &mut dyn Write, all: &[Judged]) -> io::Result<()> {
    let mut counts: BTreeMap<(&str, Option<Finding>), usize> = BTreeMap::new();
    for judged in all {
        let asked = judged.verdict.answers.first().map_or("no question", |answer| kind(&answer.question));
        *counts.entry((asked, judged.finding())).or_default() += 1;
    }
    for ((asked, finding), count) in counts {
        let finding = finding.map_or("located", Finding::name);
        writeln!(out, "finding: {asked}: {finding} {count}")?;
    }
    named(out, "inconsistent", all, |judged| judged.finding() == Some(Finding::Inconsistent))?;
    named(out, "a landmark is doubted", all, |judged| !judged.verdict.doubted.is_empty())?;
    named(out, "does not survive one more liar", all, |judged| {
        let liars = judged.verdict.liars;
        judged.verdict.answers.iter().any(|answer| answer.holds_up_to_liars == Some(liars))
    })
}

const fn kind(question: &Question) -> &'static str {
    match question {
        Question::Inside { .. } => "INSIDE",
        Question::Outside { .. } => "OUTSIDE",
        Question::Claim { .. } => "CLAIM of the true place",
    }
}

/// For an OUTSIDE question: how many of those truly outside were cleared, and whether anyone was wrongly.
fn clearances(
    out: &mut dyn Write,
    borders: &Borders,
    worldview: WorldviewId,
    all: &[Judged],
) -> io::Result<()> {
    let (mut inside, mut wrongly, mut outside, mut cleared) = (0, 0, 0, 0);
    for judged in all {
        let Some(answer) = judged.verdict.answers.first() else { continue };
        let (Question::Outside { areas }, Some(truth)) = (answer.question, judged.truth) else { continue };
        let proven = usize::from(answer.finding == Finding::Proven);
        if borders.destinations(worldview, borders.area_at(truth)).meets(&areas) {
            (inside, wrongly) = (inside + 1, wrongly + proven);
        } else {
            (outside, cleared) = (outside + 1, cleared + proven);
        }
    }
    if inside + outside == 0 {
        return Ok(());
    }
    let percent = share(cleared, outside, 1);
    writeln!(
        out,
        "cleared: {cleared} of {outside} truly outside ({percent}); wrongly: {wrongly} of {inside} truly inside"
    )
}

/// How many lying groups it takes to explain the measurements.
fn liars(out: &mut dyn Write, all: &[Judged]) -> io::Result<()> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for judged in all {
        *counts.entry(judged.verdict.least_liars).or_default() += 1;
    }
    let parts: Vec<String> = counts.iter().map(|(least, count)| format!("{least} ({count})")).collect();
    const SHOWN: usize = 12;
    let tail = if parts.len() > SHOWN { ", …" } else { "" };
    let shown = &parts[..parts.len().min(SHOWN)];
    writeln!(out, "least f (targets): {}{tail}", shown.join(", "))
}

fn named(
    out: &mut dyn Write,
    what: &str,
    all: &[Judged],
    wanted: impl Fn(&Judged) -> bool,
) -> io::Result<()> {
    let found: Vec<&Judged> = all.iter().filter(|judged| wanted(judged)).collect();
    if found.is_empty() {
        return Ok(());
    }
    let name = |judged: &&Judged| words::named(&judged.id, &judged.name);
    let shown: Vec<String> = found.iter().take(NAMED_MAX).map(name).collect();
    let more = found.len().saturating_sub(NAMED_MAX);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    writeln!(out, "{what}: {}{tail}", shown.join(", "))
}

fn share(part: usize, all: usize, decimals: usize) -> String {
    if all == 0 { "nan%".to_owned() } else { format!("{:.decimals$}%", 100.0 * part as f64 / all as f64) }
}

fn whole(value: Option<f64>) -> String {
    value.map_or_else(|| "nan".to_owned(), |value| grouped(value.round() as u64))
}

fn tenth(value: Option<f64>) -> String {
    value.map_or_else(|| "nan".to_owned(), |value| format!("{value:.1}"))
}

/// The quantile of some numbers, interpolated between neighbours.
fn quantile(numbers: &[f64], share: f64) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated_as_the_usual_tools_do() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.9), Some(3.0));
        assert_eq!(quantile(&[4.0, 1.0, 2.0, 3.0], 0.5), Some(2.5));
        assert!((quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.9).unwrap() - 4.6).abs() < 1e-12);
    }
}
