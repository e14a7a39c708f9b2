//! `lightcone locate`: round trips in; region, jurisdictions and findings out.

use std::io::Write;

use lightcone_core::{Borders, Inquiry, Question, Settings, canonical, locate};
#[cfg(feature = "server")]
use lightcone_core::{Evidence, Located, Observation};
use rayon::prelude::*;
use serde_json::json;

use super::{Notes, embedded_borders};
use crate::args::{LocateArgs, LocateFormat, SettingArgs};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;
#[cfg(feature = "server")]
use crate::remote::{Ask, Remote};
use crate::render::{Answered, Words, geojson, list, rows, sheet, words};
use crate::survey::{self, Survey};
use crate::{map, progress, stop};

/// Targets that are worked on between two looks at the output.
const CHUNK_TARGETS: usize = 512;

/// Locates what the command line names.
pub(crate) fn run(args: &LocateArgs, notes: Notes) -> Outcome<Exit> {
    stop::listen()?;
    let survey = Survey::read(&args.mesh, args.bad_landmarks)?;
    for note in survey.notes(args.bad_landmarks) {
        notes.say(&note);
    }
    let targets = if args.all { survey.targets() } else { survey::named_targets(&survey, &args.target)? };
    check(args, &targets)?;
    let borders = embedded_borders()?;
    let questions = survey::questions(&borders, &args.questions)?;
    let work = Work {
        borders: &borders,
        survey: &survey,
        questions: &questions,
        settings: settings(args),
        #[cfg(feature = "server")]
        remote: args.server.as_deref().map(|url| Remote::connect(url, &args.way)).transpose()?,
    };
    let mut writer = Writer::new(args, &work)?;
    let bar = progress::bar("locating", targets.len(), notes.quiet());
    let mut amiss = false;
    for chunk in targets.chunks(CHUNK_TARGETS) {
        let answered = work.answer(chunk)?;
        amiss |= answered.iter().any(is_amiss);
        bar.inc(chunk.len() as u64);
        writer.take(answered)?;
    }
    bar.finish_and_clear();
    writer.finish()?;
    Ok(if amiss && args.exit_code { Exit::Amiss } else { Exit::Answered })
}

fn check(args: &LocateArgs, targets: &[String]) -> Outcome<()> {
    if targets.is_empty() {
        return Err(Failure::input(format!(
            "{}: nobody has a round trip to a landmark of {}",
            args.mesh.rtt.display(),
            args.mesh.nodes.display()
        )));
    }
    let picture = matches!(args.output, LocateFormat::Svg | LocateFormat::Png);
    if picture && targets.len() != 1 {
        return Err(Failure::usage("a picture shows one target; name it with --target ID"));
    }
    let to_terminal = args.out.is_none() && crate::out::stdout_is_terminal();
    if args.output == LocateFormat::Png && to_terminal {
        return Err(Failure::usage("a picture is nothing for a terminal; name a file with --out FILE"));
    }
    Ok(())
}

fn settings(args: &LocateArgs) -> Settings {
    settings_of(&args.settings, args.explain)
}

/// Settings of the arguments that several commands share.
pub(crate) fn settings_of(args: &SettingArgs, explain: bool) -> Settings {
    Settings {
        mode: args.mode,
        liars: args.liars,
        worldview: args.worldview(),
        territorial_sea: args.territorial_sea,
        max_age: None,
        explain,
    }
}

fn is_amiss(answered: &Answered) -> bool {
    let verdict = &answered.located.verdict;
    let asked = verdict.answers.iter().map(|answer| answer.finding);
    asked.chain(words::unasked(verdict)).any(words::is_amiss)
}

/// What all targets have in common.
struct Work<'a> {
    borders: &'a Borders,
    survey: &'a Survey,
    questions: &'a [Question],
    settings: Settings,
    #[cfg(feature = "server")]
    remote: Option<Remote>,
}

impl Work<'_> {
    /// Locates some targets at once, in their order.
    fn answer(&self, targets: &[String]) -> Outcome<Vec<Answered>> {
        #[cfg(feature = "server")]
        if let Some(remote) = &self.remote {
            return self.asked(remote, targets);
        }
        targets.par_iter().map(|target| self.one(target)).collect()
    }

    fn one(&self, target: &str) -> Outcome<Answered> {
        stop::check()?;
        let observations = self.survey.observations(target);
        let inquiry = Inquiry {
            mesh: &self.survey.mesh,
            observations: &observations,
            questions: self.questions,
            settings: &self.settings,
        };
        let located =
            locate(self.borders, &inquiry, &stop::pressed).map_err(|_stopped| Failure::interrupted())?;
        Ok(Answered { target: target.to_owned(), observations, located })
    }

    /// Has a server locate them. The region itself, for maps, is made here: it follows from what was sent.
    #[cfg(feature = "server")]
    fn asked(&self, remote: &Remote, targets: &[String]) -> Outcome<Vec<Answered>> {
        let mesh = &self.survey.mesh;
        let ask = Ask { borders: self.borders, mesh, questions: self.questions, settings: &self.settings };
        let sent: Vec<(String, Vec<Observation>)> =
            targets.iter().map(|target| (target.clone(), self.survey.observations(target))).collect();
        let verdicts = remote.locate(&ask, &sent)?;
        let answered = sent.into_iter().zip(verdicts).map(|((target, observations), verdict)| {
            let region = Evidence::new(mesh, self.settings.mode, &observations).region(self.settings.liars);
            Answered { target, observations, located: Located { verdict, region: region.ok() } }
        });
        Ok(answered.collect())
    }

    fn words(&self) -> Words<'_> {
        Words { borders: self.borders, mesh: &self.survey.mesh, nodes: &self.survey.nodes }
    }
}

/// Writes answers as they come, or keeps them until all are there.
struct Writer<'a> {
    format: LocateFormat,
    out: Out,
    words: Words<'a>,
    settings: Settings,
    single: bool,
    written: usize,
    kept: Vec<Answered>,
}

impl<'a> Writer<'a> {
    fn new(args: &LocateArgs, work: &'a Work<'a>) -> Outcome<Self> {
        Ok(Self {
            format: args.output,
            out: Out::open(args.out.as_deref())?,
            words: work.words(),
            settings: work.settings,
            single: !args.all,
            written: 0,
            kept: Vec::new(),
        })
    }

    fn take(&mut self, answered: Vec<Answered>) -> Outcome<()> {
        let count = answered.len();
        match self.format {
            LocateFormat::Json => {
                for one in &answered {
                    self.line(one)?;
                }
            }
            LocateFormat::Table if self.single => {
                for (index, one) in answered.iter().enumerate() {
                    if self.written + index > 0 {
                        writeln!(self.out)?;
                    }
                    let style = self.out.style();
                    sheet::write(&mut self.out, self.words, one, &self.settings, style)?;
                }
            }
            LocateFormat::Csv => {
                rows::write(&mut self.out, self.words, &answered, self.written == 0)?;
            }
            LocateFormat::Table => self.kept.extend(answered.into_iter().map(Answered::without_region)),
            LocateFormat::Geojson | LocateFormat::Svg | LocateFormat::Png => self.kept.extend(answered),
        }
        self.written += count;
        Ok(())
    }

    fn line(&mut self, one: &Answered) -> Outcome<()> {
        let body = canonical::json(&one.located.verdict, self.words.mesh, self.words.borders);
        writeln!(self.out, "{{\"target\":{},\"verdict\":{body}}}", json!(one.target))?;
        Ok(())
    }

    fn finish(mut self) -> Outcome<()> {
        let style = self.out.style();
        match self.format {
            LocateFormat::Json | LocateFormat::Csv => {}
            LocateFormat::Table => list::write(&mut self.out, self.words, &self.kept, style)?,
            LocateFormat::Geojson => geojson::write(&mut self.out, self.words, &self.kept)?,
            LocateFormat::Svg | LocateFormat::Png => {
                if let Some(one) = self.kept.first() {
                    let scene = map::draw(self.words, one, &self.settings);
                    match self.format {
                        LocateFormat::Svg => map::svg::write(&mut self.out, &scene)?,
                        _ => map::png::write(&mut self.out, &scene)?,
                    }
                }
            }
        }
        self.out.finish()
    }
}
