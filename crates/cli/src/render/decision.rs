//! A decision for people: the outcome first, then every reason.

use std::io::{self, Write};

use lightcone_policy::compare::Said;
use lightcone_policy::decision::{Effect, Ground, Margin};
use lightcone_policy::source::Grade;
use lightcone_policy::{Book, Decision, Outcome, Ruling, Tri};

use super::{Align, Columns};
use crate::out::{Style, Tone, printable};

/// Writes it.
pub(crate) fn sheet(
    out: &mut dyn Write,
    title: &str,
    book: &Book,
    decision: &Decision,
    style: Style,
) -> io::Result<()> {
    writeln!(out, "{}", style.paint(Tone::Strong, &printable(title)))?;
    headline(out, book, decision, style)?;
    let (shown, counting): (Vec<&Ground>, Vec<&Ground>) =
        decision.grounds.iter().partition(|ground| ground.effect == Effect::WouldApply);
    grounds(out, "rules", &counting, style)?;
    grounds(out, "not applied, shown only", &shown, style)?;
    if !decision.flags.is_empty() {
        writeln!(out, "\n{}", style.paint(Tone::Doubt, "red flags: a person looks at it"))?;
        for flag in &decision.flags {
            writeln!(out, "  {}  {}", flag.id, printable(&flag.found))?;
        }
    }
    if !decision.missing.is_empty() {
        writeln!(out, "\n{}", style.paint(Tone::Strong, "missing"))?;
        for missing in &decision.missing {
            writeln!(out, "  {}: {}", printable(&missing.fact), printable(&missing.remedy))?;
        }
    }
    margins(out, &decision.margins, style)?;
    facts(out, decision, style)
}

/// What a decision says, in one line.
pub(crate) fn said(said: Said) -> String {
    let is_sure = said.best == said.worst;
    match (said.best, said.outcome) {
        (Ruling::LicenceRequired(Some(review)), Outcome::LicenceRequired) if is_sure => {
            format!("LICENCE_REQUIRED, {}", review.words())
        }
        (_, outcome) if is_sure => outcome.name().to_owned(),
        (best, outcome) => {
            format!("{} (best: {}; worst: {})", outcome.name(), best.words(), said.worst.words())
        }
    }
}

/// Good news, bad news, or neither.
pub(crate) const fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Allow => Tone::Good,
        Outcome::Review => Tone::Doubt,
        Outcome::LicenceRequired | Outcome::Deny => Tone::Bad,
    }
}

/// A grade, of which nobody overlooks that nobody checked.
pub(crate) fn graded(grade: Grade, style: Style) -> String {
    let word = if grade.is_unverified() { "UNVERIFIED" } else { grade.words() };
    if grade.is_unverified() { style.paint(Tone::Doubt, word) } else { word.to_owned() }
}

/// Yes, no, or open.
pub(crate) const fn tri(value: Tri) -> &'static str {
    match value {
        Tri::Yes => "yes",
        Tri::No => "no",
        Tri::Open => "open",
    }
}

/// Lines and how far a chip is from each.
pub(crate) fn margins(out: &mut dyn Write, margins: &[Margin], style: Style) -> io::Result<()> {
    if margins.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.paint(Tone::Strong, "lines"))?;
    let heads = ["  chip", "rule", "line", "has", "away", "caught"];
    let mut columns = Columns::new(heads.map(|head| (head, Align::Left)).to_vec());
    for margin in margins {
        let bound = &margin.bound;
        let line =
            format!("{} {} {} {}", bound.metric.name(), bound.side.words(), bound.line, bound.metric.unit());
        columns.row(vec![
            (format!("  {}", printable(&margin.sku)), None),
            (margin.rule.clone(), None),
            (line, None),
            (margin.has.clone(), None),
            (away(margin), None),
            (tri(margin.caught).to_owned(), (margin.caught == Tri::Open).then_some(Tone::Doubt)),
        ]);
    }
    columns.write(out, style)
}

fn away(margin: &Margin) -> String {
    let Some(distance) = margin.distance else { return "the line is within".to_owned() };
    let unit = margin.bound.metric.unit();
    match margin.distance_ppm {
        Some(ppm) => format!("{distance} {unit} ({}.{} %)", ppm / 10_000, ppm % 10_000 / 1_000),
        None => format!("{distance} {unit}"),
    }
}

fn headline(out: &mut dyn Write, book: &Book, decision: &Decision, style: Style) -> io::Result<()> {
    let Decision { outcome, best, worst, stand, .. } = decision;
    let line = said(Said { outcome: *outcome, best: *best, worst: *worst });
    writeln!(out, "{}", style.paint(tone(*outcome), &line))?;
    if decision.leans_on_unverified {
        writeln!(
            out,
            "{}",
            style.paint(Tone::Doubt, "This leans on something that nobody checked: see UNVERIFIED below.")
        )?;
    }
    let drafts: Vec<&str> = stand.drafts.iter().map(String::as_str).collect();
    let drafts = if drafts.is_empty() {
        String::new()
    } else {
        format!(", with {} as if it were law", drafts.join(", "))
    };
    let sense = match stand.sense {
        lightcone_policy::Sense::AsEnforced => "as enforced",
        lightcone_policy::Sense::AsWritten => "as written",
    };
    writeln!(out, "\nrules      of {}, as known on {}, {sense}{drafts}", stand.valid_on, stand.known_on)?;
    writeln!(out, "rule book  {}, sha256 {}", printable(&book.name), decision.book)?;
    if stand.known_on > book.as_of {
        writeln!(out, "           texts after {} were not looked for", book.as_of)?;
    }
    let change =
        decision.rules_change_on.map_or_else(|| "none that is known".to_owned(), |day| day.to_string());
    writeln!(out, "next change of the rules: {change}")?;
    let classes = decision.classes.iter().filter(|(_, holds)| holds.may());
    let classes: Vec<String> = classes
        .map(|(class, holds)| if holds.must() { class.clone() } else { format!("{class}?") })
        .collect();
    writeln!(out, "classes    {}", if classes.is_empty() { "none".to_owned() } else { classes.join(", ") })
}

fn grounds(out: &mut dyn Write, heading: &str, grounds: &[&Ground], style: Style) -> io::Result<()> {
    let (apply, rest): (Vec<&Ground>, Vec<&Ground>) = grounds.iter().partition(|ground| ground.applies.may());
    if apply.is_empty() && rest.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.paint(Tone::Strong, heading))?;
    for ground in apply {
        let maybe = if ground.applies == Tri::Open { ", open" } else { "" };
        writeln!(
            out,
            "  {}  {}{maybe}; {}",
            style.paint(Tone::Strong, &ground.rule),
            ground.effect.words(),
            ground.force.words()
        )?;
        writeln!(out, "      {}", printable(&ground.why))?;
        writeln!(out, "      {} ({})", printable(&ground.citation), graded(ground.grade, style))?;
    }
    let names: Vec<&str> = rest.iter().map(|ground| ground.rule.as_str()).collect();
    if !names.is_empty() {
        writeln!(out, "  do not apply: {}", names.join(", "))?;
    }
    Ok(())
}

fn facts(out: &mut dyn Write, decision: &Decision, style: Style) -> io::Result<()> {
    if decision.facts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.paint(Tone::Strong, "facts"))?;
    let heads = ["  fact", "value", "known by", "from"];
    let mut columns = Columns::new(heads.map(|head| (head, Align::Left)).to_vec());
    for fact in &decision.facts {
        let is_open = fact.grade.is_unverified();
        let grade = if is_open { "UNVERIFIED" } else { fact.grade.words() };
        columns.row(vec![
            (format!("  {}", printable(&fact.fact)), None),
            (printable(&fact.value), None),
            (grade.to_owned(), is_open.then_some(Tone::Doubt)),
            (printable(&fact.source), None),
        ]);
    }
    columns.write(out, style)
}
