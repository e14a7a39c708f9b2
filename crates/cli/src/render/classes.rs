//! What a chip is under the rules, for people.

use std::io::{self, Write};

use lightcone_policy::classify::{Classification, Window};
use lightcone_policy::cut::Cut;
use lightcone_policy::{Law, Tri};

use super::decision::{graded, margins, tri};
use crate::out::{Style, Tone, printable};

/// Under which classes a chip falls, in a few words: `3A090.a`, `is-informed?`, `below every line`.
pub(crate) fn headline(classes: &Classification) -> (String, Tone) {
    let held = classes.classes.iter().filter(|classed| classed.counts.may());
    let mut names: Vec<String> = held
        .map(
            |classed| {
                if classed.counts.must() { classed.class.clone() } else { format!("{}?", classed.class) }
            },
        )
        .collect();
    names.dedup();
    match classes.caught {
        Tri::No => ("below".to_owned(), Tone::Good),
        Tri::Yes => (format!("caught: {}", names.join(", ")), Tone::Bad),
        Tri::Open => (format!("open: {}", names.join(", ")), Tone::Doubt),
    }
}

/// Where the lines of a rule on review are, in a few words.
pub(crate) fn window(window: &Window) -> String {
    let place = match window.within {
        Tri::Yes => "in",
        Tri::No => "out",
        Tri::Open => "open",
    };
    format!("{} {place}", window.rule)
}

/// Writes what a chip is under the rules of one stand.
pub(crate) fn sheet(
    out: &mut dyn Write,
    law: &Law<'_>,
    classes: &Classification,
    cuts: &[Cut],
    style: Style,
) -> io::Result<()> {
    let (line, tone) = headline(classes);
    let stand = law.stand();
    writeln!(out, "{}  {}", style.paint(Tone::Strong, &printable(&classes.sku)), style.paint(tone, &line))?;
    writeln!(out, "rules of {}, as known on {}", stand.valid_on, stand.known_on)?;
    for classed in &classes.classes {
        let ground = &classed.ground;
        writeln!(out, "\n  {}  {}: {}", classed.rule, classed.class, tri(classed.counts))?;
        writeln!(out, "      {}", printable(&ground.why))?;
        writeln!(out, "      {} ({})", printable(&ground.citation), graded(ground.grade, style))?;
    }
    windows(out, &classes.windows, style)?;
    if !classes.would.is_empty() {
        writeln!(out, "\n{}", style.paint(Tone::Strong, "not applied, shown only"))?;
        for ground in classes.would.iter().filter(|ground| ground.applies.may()) {
            writeln!(out, "  {}  {}: {}", ground.rule, ground.force.words(), printable(&ground.why))?;
        }
    }
    margins(out, &classes.margins, style)?;
    writeln!(out, "\n{}", style.paint(Tone::Strong, "cuts, one figure at a time"))?;
    for cut in cuts {
        let rules = if cut.rules.is_empty() { String::new() } else { format!(" ({})", cut.rules.join(", ")) };
        writeln!(out, "  {}{rules}", cut.says)?;
    }
    if !classes.missing.is_empty() {
        writeln!(out, "\n{}", style.paint(Tone::Strong, "missing"))?;
        for missing in &classes.missing {
            writeln!(out, "  {}: {}", printable(&missing.fact), printable(&missing.remedy))?;
        }
    }
    Ok(())
}

fn windows(out: &mut dyn Write, windows: &[Window], style: Style) -> io::Result<()> {
    if windows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.paint(Tone::Strong, "within the lines of rules on review and exceptions"))?;
    for window in windows {
        writeln!(out, "  {}: {}; {}", window.rule, tri(window.within), printable(&window.ground.why))?;
    }
    Ok(())
}
