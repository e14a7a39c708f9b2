//! The board: what is known of each chip, live while sessions run, by site when they are over.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use lightcone_rehearsal::{Asked, Cast, Outcome as Seen, Sight};

use crate::exit::Outcome;
use crate::out::{Out, Tone};
use crate::render::{Align, Columns, words};

/// Areas that a line names before it counts.
const NAMED_MAX: usize = 6;

/// Lines on the terminal that change while verdicts come, one for each chip; nothing where no one could see it.
pub(super) struct Board {
    lines: BTreeMap<String, ProgressBar>,
    all: MultiProgress,
}

impl Board {
    /// A board of some chips.
    pub(super) fn new(chips: &[String], quiet: bool) -> Self {
        let (all, mut lines) = (MultiProgress::new(), BTreeMap::new());
        if !quiet && stderr().is_terminal() {
            for chip in chips {
                let line = all.add(ProgressBar::new_spinner());
                if let Ok(style) = ProgressStyle::with_template("  {prefix:13} {wide_msg}") {
                    line.set_style(style);
                }
                line.set_prefix(chip.clone());
                line.set_message("asked");
                lines.insert(chip.clone(), line);
            }
        }
        Self { lines, all }
    }

    /// Shows what became of a chip's session.
    pub(super) fn tell(&self, chip: &str, seen: &Seen) {
        if let Some(line) = self.lines.get(chip) {
            line.set_message(self::line(seen));
        }
    }

    /// Takes the lines away.
    pub(super) fn clear(self) {
        for line in self.lines.values() {
            line.finish_and_clear();
        }
        // A terminal that went away is no failure.
        let _ = self.all.clear();
    }
}

/// One chip on one line.
pub(super) fn line(seen: &Seen) -> String {
    let Seen::Verdict(sight) = seen else { return "did not answer".to_owned() };
    let finding = |asked| sight.finding(asked).map_or("-", lightcone_core::Finding::name);
    let (outside, claim) = (finding(Asked::Outside), finding(Asked::Claim));
    format!("{:>12}  outside {outside:<12}  claim {claim:<12}  {}", area(sight), areas(&sight.touched))
}

/// What was found, in lines of chips that are alike: same site, same findings.
pub(super) fn table(out: &mut Out, cast: &Cast, seen: &BTreeMap<String, Seen>) -> Outcome<()> {
    let mut columns = Columns::new(vec![
        ("  chips", Align::Left),
        ("declared at", Align::Left),
        ("region km²", Align::Right),
        ("outside", Align::Left),
        ("claim", Align::Left),
        ("still possible", Align::Left),
    ]);
    for (key, chips) in alike(cast, seen) {
        let Some((first, outcome)) = chips.first() else { continue };
        let who = if chips.len() == 1 { format!("  {first}") } else { format!("  {} chips", chips.len()) };
        let mut cells = vec![(who, None), (key.0, None)];
        match outcome {
            Seen::Missed => {
                cells.extend([("-".to_owned(), None), ("silent".to_owned(), Some(Tone::Doubt))]);
                cells.extend([("-".to_owned(), None), (String::new(), None)]);
            }
            Seen::Verdict(_) => {
                let sights: Vec<&Sight> = chips.iter().filter_map(|(_, seen)| seen.sight()).collect();
                cells.push((area(largest(&sights)), None));
                for asked in [Asked::Outside, Asked::Claim] {
                    let found = largest(&sights).finding(asked);
                    cells.push((
                        found.map_or("-", lightcone_core::Finding::name).to_owned(),
                        found.map(words::tone),
                    ));
                }
                cells.push((areas(&largest(&sights).touched), None));
            }
        }
        columns.row(cells);
    }
    let style = out.style();
    Ok(columns.write(out, style)?)
}

/// Site, and what was found.
type Key = (String, String);

fn alike<'a>(cast: &Cast, seen: &'a BTreeMap<String, Seen>) -> Vec<(Key, Vec<(&'a String, &'a Seen)>)> {
    let mut groups: Vec<(Key, Vec<(&String, &Seen)>)> = Vec::new();
    for (chip, outcome) in seen {
        let site = cast.agents.iter().find(|agent| agent.id == *chip).map(|agent| agent.site.as_str());
        let site = cast.sites.iter().find(|part| Some(part.id.as_str()) == site);
        let site = site.map_or("-", |site| site.spot.name.as_str()).to_owned();
        let found = outcome.sight().map_or_else(
            || "silent".to_owned(),
            |sight| format!("{:?} {:?}", sight.finding(Asked::Outside), sight.finding(Asked::Claim)),
        );
        let key = (site, found);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, chips)) => chips.push((chip, outcome)),
            None => groups.push((key, vec![(chip, outcome)])),
        }
    }
    groups
}

/// The one that says least.
fn largest<'a>(sights: &[&'a Sight]) -> &'a Sight {
    let size = |sight: &&&Sight| sight.area_m2.unwrap_or(u64::MAX);
    sights.iter().max_by_key(size).copied().unwrap_or(sights[0])
}

fn area(sight: &Sight) -> String {
    match sight.area_m2 {
        Some(area) => words::grouped(area.div_ceil(1_000_000)),
        None if sight.touched.is_empty() => "none".to_owned(),
        None => "anywhere".to_owned(),
    }
}

fn areas(codes: &[String]) -> String {
    let land: Vec<&str> = codes.iter().map(String::as_str).filter(|code| *code != "XZ").collect();
    let sea = if land.len() < codes.len() { " and sea" } else { "" };
    match land.len() {
        0..=NAMED_MAX => format!("{}{sea}", land.join(" ")),
        count => format!("{} and {} more{sea}", land[..NAMED_MAX].join(" "), count - NAMED_MAX),
    }
}
