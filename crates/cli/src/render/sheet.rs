//! One verdict for people: the finding first, then what it rests on.

use std::io::{self, Write};

use lightcone_core::region::Extent;
use lightcone_core::verdict::Answer;
use lightcone_core::{Borders, Evidence, Settings, Verdict};

use super::Answered;
use super::words::{self, Words};
use crate::out::{Style, Tone};

/// Width of the left column.
const LABEL_CHARS: usize = 15;
/// Binding landmarks shown before the list is cut.
const BINDING_SHOWN: usize = 8;
/// Conflicting pairs shown before the list is cut.
const CONFLICTS_SHOWN: usize = 4;

/// Writes one verdict.
pub(crate) fn write(
    out: &mut dyn Write,
    words: Words<'_>,
    answered: &Answered,
    settings: &Settings,
    style: Style,
) -> io::Result<()> {
    let verdict = &answered.located.verdict;
    writeln!(out, "{}", style.paint(Tone::Strong, &words.node(&answered.target)))?;
    let mut sheet = Sheet { out, style };
    for answer in &verdict.answers {
        sheet.answer(words, verdict, answer)?;
    }
    let unasked = words::unasked(verdict).filter(|_| verdict.answers.is_empty());
    if let Some(finding) = unasked {
        sheet.line("finding", &style.paint(words::tone(finding), finding.name()))?;
    }
    sheet.region(verdict)?;
    sheet.line("jurisdictions", &counted(words, verdict))?;
    for disputed in words.disputed(verdict) {
        sheet.line("disputed", &disputed)?;
    }
    sheet.binding(words, verdict)?;
    sheet.liars(words, verdict)?;
    if settings.explain {
        sheet.stability(words, answered, settings)?;
    }
    sheet.line("light", &words::light(verdict.mode))?;
    for assumption in &verdict.assumptions {
        sheet.line("assuming", &words::assumption(assumption))?;
    }
    let sea = if verdict.territorial_sea { ", 12 nautical miles of sea count as the coast's" } else { "" };
    let borders = format!("{}, worldview {}{sea}", Borders::VERSION, verdict.worldview.name());
    sheet.line("borders", &borders)
}

struct Sheet<'a> {
    out: &'a mut dyn Write,
    style: Style,
}

impl Sheet<'_> {
    fn line(&mut self, label: &str, text: &str) -> io::Result<()> {
        let label = self.style.paint(Tone::Faint, &format!("{label:LABEL_CHARS$}"));
        writeln!(self.out, "  {label}{text}")
    }

    fn answer(&mut self, words: Words<'_>, verdict: &Verdict, answer: &Answer) -> io::Result<()> {
        let finding = self.style.paint(words::tone(answer.finding), &words::headline(verdict, answer));
        let holds = words.holds(answer).map_or_else(String::new, |holds| format!(" ({holds})"));
        writeln!(self.out, "  {finding}: {}{holds}", words.question(&answer.question))?;
        for reason in &answer.reasons {
            self.line("  because", &words.reason(&answer.question, reason))?;
        }
        for settlement in &answer.settled_by {
            self.line("  settled by", &words.settlement(settlement))?;
        }
        Ok(())
    }

    fn region(&mut self, verdict: &Verdict) -> io::Result<()> {
        match (verdict.extent, &verdict.summary) {
            (Some(Extent::Bounded), Some(summary)) => {
                self.line("region", &words::km2(summary.area_m2))?;
                let place = format!("{}, all of it within {}", summary.centroid, words::km(summary.radius_m));
                self.line("around", &place)
            }
            (Some(Extent::Empty), _) => self.line("region", "none: no place fits"),
            (Some(Extent::Whole | Extent::Bounded), _) => self.line("region", "the whole Earth"),
            (None, _) => self.line("region", "unknown: too few trust groups measured"),
        }
    }

    fn binding(&mut self, words: Words<'_>, verdict: &Verdict) -> io::Result<()> {
        let shown = verdict.binding.iter().take(BINDING_SHOWN).enumerate();
        for (index, disk) in shown {
            let text = format!("{} within {}", words.landmark(disk.landmark), words::km(disk.radius_m));
            self.line(if index == 0 { "bound by" } else { "" }, &text)?;
        }
        let more = verdict.binding.len().saturating_sub(BINDING_SHOWN);
        if more > 0 { self.line("", &format!("and {more} more landmarks")) } else { Ok(()) }
    }

    fn liars(&mut self, words: Words<'_>, verdict: &Verdict) -> io::Result<()> {
        let allowed = format!("f = {} of {}", verdict.liars, words::groups(verdict.groups));
        let least = match verdict.least_liars {
            _ if verdict.extent.is_none() => format!("{allowed}; unknown whether all agree"),
            0 => format!("{allowed}; all agree"),
            least => {
                format!("{allowed}; {}", self.style.paint(Tone::Bad, &words::lying(least)))
            }
        };
        self.line("liars allowed", &least)?;
        if !verdict.contradicted.is_empty() {
            let names: Vec<String> = verdict.contradicted.iter().map(|id| words.landmark(*id)).collect();
            self.line("contradicted", &names.join(", "))?;
        }
        for conflict in verdict.conflicts.iter().take(CONFLICTS_SHOWN) {
            let pair = [words.landmark(conflict.first), words.landmark(conflict.second)].join(" and ");
            self.line("conflict", &format!("{pair}: {} apart", words::km(conflict.gap_m)))?;
        }
        if verdict.conflicts.len() > CONFLICTS_SHOWN {
            self.line("", "and more; -o json lists them")?;
        }
        Ok(())
    }

    /// Whom the region leans on, and what one more liar would open.
    fn stability(&mut self, words: Words<'_>, answered: &Answered, settings: &Settings) -> io::Result<()> {
        let (seen, located) = (&answered.observations, &answered.located);
        let Some(_) = located.region.as_ref() else { return Ok(()) };
        for doubt in &located.verdict.doubted {
            let (name, percent) = (words.landmark(doubt.landmark), f64::from(doubt.share_ppm) / 1e4);
            self.line("doubted", &format!("{name} agrees with {percent:.2} % of the region"))?;
        }
        let wider = Evidence::new(words.mesh, settings.mode, seen).region(settings.liars + 1);
        if let (Ok(wider), Some(now)) = (wider, located.verdict.summary) {
            let area = wider.area_m2();
            let times = area / now.area_m2 as f64;
            self.line("one more liar", &format!("{} ({times:.1} times as large)", words::km2(area as u64)))?;
        }
        Ok(())
    }
}

fn counted(words: Words<'_>, verdict: &Verdict) -> String {
    let possible = words.possible(verdict);
    match verdict.extent {
        None | Some(Extent::Empty) => possible,
        Some(Extent::Bounded | Extent::Whole) => {
            format!("{}: {possible}", words.jurisdictions(verdict).len())
        }
    }
}
