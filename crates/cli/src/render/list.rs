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
        let findings: Vec<_> = match &verdict.answers[..] {
            [] => words::unasked(verdict).into_iter().collect(),
            answers => answers.iter().map(|answer| answer.finding).collect(),
        };
        let names: Vec<&str> = findings.iter().map(|finding| finding.name()).collect();
        let number = |text: Option<String>| (text.unwrap_or_default(), None);
        columns.row(vec![
            (words.node(&answered.target), None),
            (names.join(" "), findings.last().map(|finding| words::tone(*finding))),
            number(verdict.summary.map(|summary| words::km2(summary.area_m2))),
            number(verdict.summary.map(|summary| words::km(summary.radius_m))),
            number(Some(verdict.least_liars.to_string())),
            (words.areas(&words.jurisdictions(verdict)), None),
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
