//! `lightcone policy diff`: transfers in files, decided by two versions of the rules.

use std::io::Write;
use std::path::Path;

use lightcone_policy::compare::{self, Flip};
use lightcone_policy::{Book, Law, Stand};
use serde_json::json;

use crate::args::{BookArgs, PolicyDiffArgs, RulesFormat};
use crate::data::book;
use crate::exit::{Exit, Outcome};
use crate::out::{Out, Style, printable};
use crate::render::decision::{said, tone};

/// Decides twice on each, and tells what flips.
pub(crate) fn run(args: &PolicyDiffArgs) -> Outcome<Exit> {
    let before = book::open(&BookArgs { rules: args.rules.clone() })?;
    let after = match &args.to_rules {
        Some(folder) => book::open(&BookArgs { rules: Some(folder.clone()) })?,
        None => before.clone(),
    };
    let (from, mut to) = (stand(&before, args.from.as_deref())?, stand(&after, args.to.as_deref())?);
    for id in &args.draft {
        to.drafts.insert(book::draft(&after, id)?);
    }
    let (old, new) = (Law::new(&before, from), Law::new(&after, to));
    let mut out = Out::open(None)?;
    let style = out.style();
    if args.output == RulesFormat::Table {
        writeln!(out, "from {}\nto   {}\n", by(&old), by(&new))?;
    }
    let mut flips = 0;
    for path in &args.facts {
        let example = book::facts(path)?;
        let flip = compare::flip(&example.decide(&old), &example.decide(&new));
        flips += usize::from(flip.is_some());
        match args.output {
            RulesFormat::Table => told(&mut out, path, flip.as_ref(), style)?,
            RulesFormat::Json => {
                writeln!(out, "{}", json!({ "file": path.display().to_string(), "flip": flip }))?;
            }
        }
    }
    if args.output == RulesFormat::Table {
        writeln!(out, "\n{flips} of {} flip", args.facts.len())?;
    }
    out.finish()?;
    Ok(if args.exit_code && flips > 0 { Exit::Amiss } else { Exit::Answered })
}

fn stand(book: &Book, when: Option<&str>) -> Outcome<Stand> {
    match when {
        Some(when) => book::stand_of(book, when),
        None => Ok(Stand::on(book::today()?)),
    }
}

fn by(law: &Law<'_>) -> String {
    let (book, stand) = (law.book(), law.stand());
    let drafts: Vec<&str> = stand.drafts.iter().map(String::as_str).collect();
    let drafts =
        if drafts.is_empty() { String::new() } else { format!(", {} as if it were law", drafts.join(", ")) };
    format!("{} of {} as known on {}{drafts}", book.name, stand.valid_on, stand.known_on)
}

fn told(out: &mut dyn Write, path: &Path, flip: Option<&Flip>, style: Style) -> Outcome<()> {
    let path = printable(&path.display().to_string());
    let Some(flip) = flip else {
        return Ok(writeln!(out, "{path}: the same")?);
    };
    let (from, to) = (said(flip.from), style.paint(tone(flip.to.outcome), &said(flip.to)));
    writeln!(out, "{path}: {from} -> {to}")?;
    for because in &flip.because {
        writeln!(out, "  {}: {}", printable(&because.of), printable(&because.words))?;
    }
    Ok(())
}
