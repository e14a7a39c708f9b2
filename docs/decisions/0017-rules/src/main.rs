//! Three export rules in four forms: do they agree, what does each miss, how fast are they?

mod analyse;
mod band;
mod case;
mod cedar;
mod cel;
mod engine;
mod exact;
mod load;
mod measure;
mod plants;
mod rego;
mod tables;
mod typed;
mod worlds;

use case::{Case, Seat};
use engine::{Engine, Given, Typed};
use exact::{Ratio, Span};
use load::{Rules, Texts};
use std::collections::BTreeMap;
use worlds::World;

/// All that is read.
pub(crate) struct Sources {
    pub(crate) texts: Texts,
    pub(crate) cel: String,
    pub(crate) cedar: String,
    pub(crate) schema: String,
    pub(crate) rego: String,
}

impl Sources {
    fn new() -> Self {
        let texts = Texts {
            classes: include_str!("../typed/classes.toml").to_owned(),
            licence: include_str!("../typed/licence.toml").to_owned(),
            review: include_str!("../typed/review.toml").to_owned(),
            groups: include_str!("../typed/groups.toml").to_owned(),
        };
        Self {
            texts,
            cel: include_str!("../rules.cel").to_owned(),
            cedar: include_str!("../rules.cedar").to_owned(),
            schema: include_str!("../rules.cedarschema").to_owned(),
            rego: include_str!("../rules.rego").to_owned(),
        }
    }

    fn engines(&self, given: &Given) -> Result<Vec<Box<dyn Engine>>, String> {
        Ok(vec![
            Box::new(Typed::new(&self.texts)?),
            Box::new(cel::Cel::new(&self.cel, given.clone())?),
            Box::new(cedar::Cedar::new(&self.cedar, &self.schema, given.clone())?),
            Box::new(rego::Rego::new(&self.rego, given)?),
        ])
    }

    /// Lines for each rule, form by form. Groups are data and count for nobody.
    fn lines(&self) -> [[usize; 3]; 4] {
        let Texts { classes, licence, review, .. } = &self.texts;
        let typed = [classes, licence, review].map(String::as_str).join("\n");
        [&typed, &self.cel, &self.cedar, &self.rego].map(|text| measure::lines(text))
    }
}

fn main() -> Result<(), String> {
    let sources = Sources::new();
    let rules = sources.texts.read()?;
    let cases = case::read(include_str!("../cases.toml"), &rules.same_as);
    let given = Given::new(&rules);
    let engines = sources.engines(&given)?;
    agree(&engines, &cases)?;
    lines_agree(&engines, &rules, &cases[0])?;
    margins(&engines, &cases)?;
    doubles(&rules);
    speak(&rules, &cases[0]);
    analysis(&sources, &rules)?;
    println!("\n== Planted mistakes");
    plants::report(&sources, &rules, &cases);
    table(&sources, &engines, &cases, &given.cuts);
    Ok(())
}

/// Every engine must answer every case as expected.
fn agree(engines: &[Box<dyn Engine>], cases: &[Case]) -> Result<(), String> {
    for engine in engines {
        for case in cases {
            let (answer, name) = (engine.decide(case)?, &case.name);
            if answer != case.expect {
                return Err(format!("{}: {name}: {answer:?}, expected {:?}", engine.name(), case.expect));
            }
        }
    }
    println!("{} cases, {} forms: all agree with what was expected", cases.len(), engines.len());
    Ok(())
}

/// At each line, and a ten-thousandth below and above, for chips that the lines themselves suggest.
fn lines_agree(engines: &[Box<dyn Engine>], rules: &Rules, like: &Case) -> Result<(), String> {
    let near = |cuts: &[Ratio]| -> Vec<Ratio> {
        let step = Ratio::new(1, 10_000);
        cuts.iter().flat_map(|cut| [cut.minus(step), *cut, cut.minus(Ratio::new(-1, 10_000))]).collect()
    };
    let [tpps, pds] = rules.cuts();
    let mut tried = 0;
    for tpp in near(&tpps) {
        for pd in near(&pds) {
            for data_centre in [Some(true), Some(false), None] {
                let case = Case { tpp, pd: Span::point(pd), data_centre, ..copy(like) };
                let answers =
                    engines.iter().map(|engine| engine.decide(&case)).collect::<Result<Vec<_>, _>>()?;
                if answers.iter().any(|answer| *answer != answers[0]) {
                    return Err(format!("TPP {tpp}, PD {pd}: {answers:?}"));
                }
                tried += 1;
            }
        }
    }
    println!("{tried} chips at, just below and just above each line: all agree");
    Ok(())
}

fn copy(case: &Case) -> Case {
    Case {
        name: case.name.clone(),
        on: case.on.clone(),
        known: case.known.clone(),
        to: case.to.clone(),
        seats: case.seats.iter().map(Seat::clone).collect(),
        met: case.met.clone(),
        expect: case.expect.clone(),
        ..*case
    }
}

/// Margins of each engine against the tables' exact ones.
fn margins(engines: &[Box<dyn Engine>], cases: &[Case]) -> Result<(), String> {
    println!("\n== Margins, against exact ones");
    for engine in engines {
        let (mut worst, mut inexact, mut compared) = (0.0_f64, 0, 0);
        for case in cases {
            let (exact, Some(said)) = (engines[0].margins(case)?.unwrap_or_default(), engine.margins(case)?)
            else {
                continue;
            };
            let pairs: BTreeMap<&String, _> =
                exact.iter().filter_map(|(name, exact)| Some((name, (exact, said.get(name)?)))).collect();
            for (exact, said) in pairs.values() {
                let ends = exact.iter().zip(said.iter()).filter(|(exact, _)| exact.is_finite());
                for (exact, said) in ends {
                    compared += 1;
                    inexact += usize::from(exact.to_bits() != said.to_bits());
                    worst = worst.max((exact - said).abs());
                }
            }
        }
        let name = engine.name();
        if compared == 0 {
            println!("  {name:13} cannot say");
        } else {
            println!(
                "  {name:13} {inexact} of {compared} differ from the closest double, at most by {worst:e}"
            );
        }
    }
    Ok(())
}

/// How often plain doubles, handed through as they come, put a chip below a line on which it lies.
fn doubles(rules: &Rules) {
    let (mut tried, mut wrong) = (0, 0);
    let [_, lines] = rules.cuts();
    for line in lines {
        for tenths in 2_000..40_000 {
            let tpp = Ratio::new(tenths * 8, 10);
            let area = tpp.over(line);
            let whole = area.over(Ratio::new(1, 100)).whole();
            if whole && Ratio::new(100, 1) < area && area < Ratio::new(1000, 1) {
                tried += 1;
                wrong += usize::from(tenths as f64 / 10.0 * 8.0 / area.double() < line.double());
            }
        }
    }
    println!("  doubles put {wrong} of {tried} chips that lie on a line of density below it");
}

/// What only the tables say: reasons, margins and the next cut.
fn speak(rules: &Rules, case: &Case) {
    println!("\n== {}, as the tables tell it", case.name);
    let verdict = rules.verdict(case);
    for reason in &verdict.reasons {
        let holds = reason.holds.map_or("open", |holds| if holds { "yes" } else { "no" });
        println!("  {holds:4} {} ({}), from {}", reason.rule, reason.source, reason.facts);
    }
    for margin in &verdict.margins {
        println!("  {} {} {}: {:+.4}", margin.rule, margin.of, margin.line, margin.above.lo.double());
    }
    for (class, ways) in analyse::next_cuts(rules, case.tpp, case.pd.lo, true) {
        println!("  next cut to {class}: {}", ways.join("; or "));
    }
}

fn analysis(sources: &Sources, rules: &Rules) -> Result<(), String> {
    println!("\n== Analysis of the class table");
    let say = |what: &str, cells: Vec<String>| {
        println!("  {what}: {} cells", cells.len());
        cells.iter().for_each(|cell| println!("    {cell}"));
    };
    say("overlap", analyse::overlaps(rules));
    say("no class", analyse::gaps(rules));
    let mut texts = sources.texts.clone();
    texts.classes = texts.classes.replace("{ tpp = \">= 4800 TPP\" }", "{ tpp = \">= 5000 TPP\" }");
    say("changed by 4800 -> 5000 in .a", analyse::diff(rules, &texts.read()?));
    Ok(())
}

/// Cases without unknowns and cases with some apart: an engine that knows only yes and no is asked once for
/// each way in which they could be known.
fn table(sources: &Sources, engines: &[Box<dyn Engine>], cases: &[Case], cuts: &[Ratio]) {
    let worlds = |case: &Case| World::all(case, cuts).len();
    let (settled, open): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| worlds(case) == 1);
    let many: usize = open.iter().map(|case| worlds(case)).sum();
    println!("\n== Decisions a second on one core, and lines of text a rule\n");
    println!(
        "{} cases are settled, {} have unknowns, in {many} worlds together\n",
        settled.len(),
        open.len()
    );
    println!("| form | settled | slower | with unknowns | slower | lines of rules 1, 2, 3 |");
    println!("|---|---|---|---|---|---|");
    let [settled, open] = [&settled, &open].map(|cases| measure::speeds(engines, cases));
    for (at, (engine, [one, two, three])) in engines.iter().zip(sources.lines()).enumerate() {
        let rates =
            [&settled, &open].map(|speeds| format!("{:.0} | {:.0}", speeds[at], speeds[0] / speeds[at]));
        println!("| {} | {} | {one}, {two}, {three} |", engine.name(), rates.join(" | "));
    }
}
