//! Verdicts for spreadsheets: one row a target and question.

use std::io::Write;

use lightcone_core::verdict::Answer;
use lightcone_core::{Borders, Verdict};

use super::Answered;
use super::words::{self, Words};
use crate::exit::{Failure, Outcome};

const HEAD: [&str; 22] = [
    "target",
    "name",
    "question",
    "finding",
    "reasons",
    "area_km2",
    "centroid_lat",
    "centroid_lon",
    "radius_km",
    "landmarks",
    "groups",
    "liars",
    "mode",
    "jurisdictions",
    "touched",
    "binding",
    "least_f",
    "holds_up_to_f",
    "contradicted",
    "assumptions",
    "worldview",
    "borders",
];

/// Writes the rows of verdicts, with a head where they are the first.
pub(crate) fn write(out: &mut dyn Write, words: Words<'_>, all: &[Answered], head: bool) -> Outcome<()> {
    let mut writer = csv::Writer::from_writer(out);
    if head {
        writer.write_record(HEAD).map_err(failed)?;
    }
    for answered in all {
        let verdict = &answered.located.verdict;
        let answers: Vec<Option<&Answer>> = match &verdict.answers[..] {
            [] => vec![None],
            answers => answers.iter().map(Some).collect(),
        };
        for answer in answers {
            writer.write_record(row(words, &answered.target, verdict, answer)).map_err(failed)?;
        }
    }
    Ok(writer.flush()?)
}

/// A row that cannot be written: only the file can be at fault.
pub(crate) fn failed(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        _ => Failure::machine("cannot write the output as CSV"),
    }
}

fn row(words: Words<'_>, target: &str, verdict: &Verdict, answer: Option<&Answer>) -> [String; HEAD.len()] {
    let finding = answer.map(|answer| answer.finding).or_else(|| words::unasked(verdict));
    let summary = verdict.summary;
    let number = |value: Option<f64>, decimals: usize| {
        value.map_or_else(String::new, |value| format!("{value:.decimals$}"))
    };
    let landmarks = |ids: Vec<&str>| ids.join(" ");
    let name = |id| words.mesh.landmark(id).name.as_str();
    [
        target.to_owned(),
        words.nodes.find(target).map_or_else(String::new, |node| node.name.clone()),
        answer.map_or_else(String::new, |answer| words.question(&answer.question)),
        finding.map_or_else(String::new, |finding| finding.name().to_owned()),
        answer.map_or_else(String::new, codes),
        number(summary.map(|summary| summary.area_m2 as f64 / 1e6), 3),
        number(summary.map(|summary| summary.centroid.lat_deg()), 6),
        number(summary.map(|summary| summary.centroid.lon_deg()), 6),
        number(summary.map(|summary| summary.radius_m as f64 / 1e3), 3),
        verdict.landmarks.to_string(),
        verdict.groups.to_string(),
        verdict.liars.to_string(),
        verdict.mode.to_string(),
        words.all_codes(&words.jurisdictions(verdict)),
        words.all_codes(&verdict.touched),
        landmarks(verdict.binding.iter().map(|disk| name(disk.landmark)).collect()),
        verdict.least_liars.to_string(),
        answer
            .and_then(|answer| answer.holds_up_to_liars)
            .map_or_else(String::new, |liars| liars.to_string()),
        landmarks(verdict.contradicted.iter().map(|id| name(*id)).collect()),
        verdict.assumptions.iter().map(words::assumption).collect::<Vec<_>>().join("; "),
        verdict.worldview.name().to_owned(),
        Borders::VERSION.to_owned(),
    ]
}

fn codes(answer: &Answer) -> String {
    answer.reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(" ")
}
