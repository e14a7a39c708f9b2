//! `lightcone audit`: what landmarks say of each other, with no chip involved.

use std::io::Write;

use lightcone_core::audit::{Audit, Cause, Pair, Stated, audit};
use lightcone_core::{Borders, Mesh};
use serde_json::{Value, json};

use super::{Notes, embedded_borders};
use crate::args::{AuditArgs, PlainFormat};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, Style, Tone};
use crate::render::{Words, rows, words};
use crate::stop;
use crate::survey::Survey;

/// Conflicts shown to people before the list is cut.
const CONFLICTS_SHOWN: usize = 40;

/// Audits the landmarks of a file. Nodes that the file flags are audited too: that is what an audit is for.
pub(crate) fn run(args: &AuditArgs, notes: Notes) -> Outcome<Exit> {
    stop::listen()?;
    let borders = embedded_borders()?;
    let survey = Survey::read(&args.mesh, true)?;
    for note in survey.notes(true) {
        notes.say(&note);
    }
    let pairs = pairs(&survey);
    let (stated, unknown) = stated(&borders, &survey);
    if unknown > 0 {
        notes
            .say(&format!("{unknown} landmarks state no country, or one whose code the borders do not know"));
    }
    let found = audit(&borders, &survey.mesh, args.mode, &pairs, &stated, &stop::pressed)
        .map_err(|_stopped| Failure::interrupted())?;
    let words = Words { borders: &borders, mesh: &survey.mesh, nodes: &survey.nodes };
    let mut out = Out::open(args.out.as_deref())?;
    let style = out.style();
    match args.output {
        PlainFormat::Table => table(&mut out, words, &found, args, style)?,
        PlainFormat::Json => writeln!(out, "{}", json(words, &found, args))?,
        PlainFormat::Csv => sheet(&mut out, words, &found)?,
    }
    out.finish()?;
    let clean = found.conflicts.is_empty() && found.misplaced.is_empty();
    Ok(if args.exit_code && !clean { Exit::Amiss } else { Exit::Answered })
}

/// The round trips between landmarks, each pair once.
fn pairs(survey: &Survey) -> Vec<Pair> {
    let mesh: &Mesh = &survey.mesh;
    let mut pairs = Vec::new();
    for first in mesh.ids() {
        for (other, round_trip) in survey.trips.of(&mesh.landmark(first).name) {
            let second = mesh.find(other).filter(|second| first < *second);
            pairs.extend(second.map(|second| Pair { first, second, round_trip }));
        }
    }
    pairs
}

/// The stated countries, and how many landmarks state none that is known.
fn stated(borders: &Borders, survey: &Survey) -> (Vec<Stated>, usize) {
    let mut stated = Vec::new();
    for landmark in survey.mesh.ids() {
        let node = survey.nodes.find(&survey.mesh.landmark(landmark).name);
        let area = node.and_then(|node| borders.find(&node.country));
        stated.extend(area.map(|area| Stated { landmark, area }));
    }
    let unknown = survey.mesh.landmarks().len() - stated.len();
    (stated, unknown)
}

fn table(
    out: &mut dyn Write,
    words: Words<'_>,
    found: &Audit,
    args: &AuditArgs,
    style: Style,
) -> Outcome<()> {
    let (landmarks, bound) = (words.mesh.landmarks().len(), if found.exact { "" } else { "at least " });
    let least = format!("{bound}{} wrong", found.least_liars);
    let tone = if found.least_liars == 0 { Tone::Good } else { Tone::Bad };
    writeln!(out, "{landmarks} landmarks, {} pairs: {}", found.pairs, style.paint(tone, &least))?;
    writeln!(out, "light: {}", words::light(args.mode))?;
    writeln!(out, "\n{}", style.paint(Tone::Strong, &format!("suspended ({})", found.suspended.len())))?;
    for suspension in &found.suspended {
        let why = match suspension.cause {
            Cause::Convicted { conflicts: 1 } => {
                "no least explanation leaves it out; 1 landmark contradicts it".to_owned()
            }
            Cause::Convicted { conflicts } => {
                format!("no least explanation leaves it out; {conflicts} landmarks contradict it")
            }
            Cause::Tie { with } => format!("tie with {}, until a third party decides", words.landmark(with)),
        };
        writeln!(out, "  {}: {why}", words.landmark(suspension.landmark))?;
    }
    let heading = format!("outside the stated country ({})", found.misplaced.len());
    writeln!(out, "\n{}", style.paint(Tone::Strong, &heading))?;
    for misplaced in &found.misplaced {
        let (stated, there) = (words.borders.code(misplaced.stated), words.borders.code(misplaced.found));
        let name = words.landmark(misplaced.landmark);
        writeln!(
            out,
            "  {name}: said to be in {stated}, {} from it, in {there}",
            words::km(misplaced.distance_m)
        )?;
    }
    let heading = format!("pairs faster than light ({})", found.conflicts.len());
    writeln!(out, "\n{}", style.paint(Tone::Strong, &heading))?;
    let mut worst = found.conflicts.clone();
    worst.sort_by_key(|conflict| std::cmp::Reverse(conflict.gap_m));
    for conflict in worst.iter().take(CONFLICTS_SHOWN) {
        let pair = [words.landmark(conflict.first), words.landmark(conflict.second)].join(" and ");
        writeln!(out, "  {pair}: {} too far apart", words::km(conflict.gap_m))?;
    }
    if worst.len() > CONFLICTS_SHOWN {
        writeln!(out, "  and {} more; -o csv lists all", worst.len() - CONFLICTS_SHOWN)?;
    }
    Ok(())
}

fn json(words: Words<'_>, found: &Audit, args: &AuditArgs) -> Value {
    let name = |id| words.mesh.landmark(id).name.as_str();
    let conflicts = found.conflicts.iter().map(|conflict| {
        json!({ "landmarks": [name(conflict.first), name(conflict.second)], "gap_m": conflict.gap_m })
    });
    let suspended = found.suspended.iter().map(|suspension| match suspension.cause {
        Cause::Convicted { conflicts } => {
            json!({ "landmark": name(suspension.landmark), "cause": "CONVICTED", "conflicts": conflicts })
        }
        Cause::Tie { with } => {
            json!({ "landmark": name(suspension.landmark), "cause": "TIE", "with": name(with) })
        }
    });
    let misplaced = found.misplaced.iter().map(|misplaced| {
        json!({
            "landmark": name(misplaced.landmark),
            "stated": words.borders.code(misplaced.stated),
            "found": words.borders.code(misplaced.found),
            "distance_m": misplaced.distance_m,
        })
    });
    json!({
        "mode": args.mode.to_string(),
        "landmarks": words.mesh.landmarks().len(),
        "pairs": found.pairs,
        "least_liars": found.least_liars,
        "least_groups": found.least_groups,
        "exact": found.exact,
        "conflicts": conflicts.collect::<Vec<_>>(),
        "suspended": suspended.collect::<Vec<_>>(),
        "misplaced": misplaced.collect::<Vec<_>>(),
        "borders": { "version": Borders::VERSION, "sha256": Borders::SHA256.trim() },
    })
}

fn sheet(out: &mut dyn Write, words: Words<'_>, found: &Audit) -> Outcome<()> {
    let name = |id| words.mesh.landmark(id).name.clone();
    let mut writer = csv::Writer::from_writer(out);
    let mut line = |record: [String; 5]| writer.write_record(record).map_err(rows::failed);
    line(["finding", "landmark", "other", "metres", "detail"].map(str::to_owned))?;
    for suspension in &found.suspended {
        let (other, detail) = match suspension.cause {
            Cause::Convicted { conflicts } => (String::new(), format!("CONVICTED by {conflicts}")),
            Cause::Tie { with } => (name(with), "TIE".to_owned()),
        };
        line(["SUSPENDED".to_owned(), name(suspension.landmark), other, String::new(), detail])?;
    }
    for misplaced in &found.misplaced {
        let code = |area| words.borders.code(area).to_owned();
        let detail = format!("stated {} found {}", code(misplaced.stated), code(misplaced.found));
        let metres = misplaced.distance_m.to_string();
        line(["MISPLACED".to_owned(), name(misplaced.landmark), String::new(), metres, detail])?;
    }
    for conflict in &found.conflicts {
        let metres = conflict.gap_m.to_string();
        line(["CONFLICT".to_owned(), name(conflict.first), name(conflict.second), metres, String::new()])?;
    }
    Ok(writer.flush()?)
}
