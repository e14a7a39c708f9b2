//! Many verdicts for people: one line each, what they share once.

use std::io::{self, Write};

use lightcone_core::Borders;

use super::words::{self, Words};
use super::{Align, Answered, Columns};
use crate::out::Style;

/// Writes many verdicts.
pub(crate) fn write(out: &mut dyn Write, words: Words<'_>, all: &[Answered], style: Style) -> io::Result<()> {
    let Some(first) = all.first().map(|answered| &answered.located.verdict) else { return Ok(()) };
    let mut columns = Columns::new(vec![
        ("target", Align::Left),
        ("finding", Align::Left),
        ("area", Align::Right),
        ("radius", Align::Right),
        ("least f", Align::Right),
        ("jurisdictions", Align::Left),
    ]);
    for answered in all {
        let verdict = &answered.located.verdict;
        let unasked = words::unasked(verdict);
        let (names, last): (Vec<String>, _) = match &verdict.answers[..] {
            [] => (unasked.iter().map(ToString::to_string).collect(), unasked),
            answers => (
                answers.iter().map(|answer| words::headline(verdict, answer)).collect(),
                answers.last().map(|answer| answer.finding),
            ),
        };
        let least = verdict.extent.map_or_else(|| "unknown".to_owned(), |_| verdict.least_liars.to_string());
        let number = |text: Option<String>| (text.unwrap_or_default(), None);
        columns.row(vec![
            (words.node(&answered.target), None),
            (names.join(" "), last.map(words::tone)),
            number(verdict.summary.map(|summary| words::km2(summary.area_m2))),
            number(verdict.summary.map(|summary| words::km(summary.radius_m))),
            number(Some(least)),
            (words.possible(verdict), None),
        ]);
    }
    columns.write(out, style)?;
    writeln!(out)?;
    for answer in &first.answers {
        writeln!(out, "question: {}", words.question(&answer.question))?;
    }
    writeln!(out, "light: {}; liars allowed: f = {}", words::light(first.mode), first.liars)?;
    for assumption in &first.assumptions {
        writeln!(out, "assuming: {}", words::assumption(assumption))?;
    }
    writeln!(out, "borders: {}, worldview {}", Borders::VERSION, first.worldview.name())
}
