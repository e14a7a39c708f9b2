//! `lightcone evaluate`: the method, and a mesh, held against known places.

use lightcone_core::Question;

use super::{Notes, embedded_borders, locate};
use crate::args::EvaluateArgs;
use crate::evaluate::{Judge, Subjects, write_rows, write_summary};
use crate::exit::{Exit, Outcome};
use crate::out::Out;
use crate::render::Words;
use crate::{progress, stop, survey};

/// Judges every target of a folder.
pub(crate) fn run(args: &EvaluateArgs, notes: Notes) -> Outcome<Exit> {
    stop::listen()?;
    let borders = embedded_borders()?;
    let question = if !args.allow.is_empty() {
        Some(Question::Inside { areas: survey::areas(&borders, &args.allow, "--allow")?, on_land: false })
    } else if !args.deny.is_empty() {
        Some(Question::Outside { areas: survey::areas(&borders, &args.deny, "--deny")? })
    } else {
        None
    };
    let subjects = Subjects::read(args)?;
    for note in &subjects.notes {
        notes.say(note);
    }
    if !subjects.mesh.is_grouped() {
        notes.say("each landmark counts as its own trust group");
    }
    // Opened before the work, so that a file that cannot be written costs nothing.
    let rows = args.out.as_deref().map(|path| Out::open(Some(path))).transpose()?;
    let settings = locate::settings_of(&args.settings, true);
    let judge = Judge { borders: &borders, mesh: &subjects.mesh, settings, question };
    let bar = progress::bar("judging", subjects.list.len(), notes.quiet());
    let mut all = Vec::with_capacity(subjects.list.len());
    for subject in &subjects.list {
        all.push(judge.judge(subject)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let stale = all.iter().filter(|judged| judged.is_stale()).count();
    if stale > 0 {
        notes.say(&format!(
            "{stale} targets are STALE: no more trust groups measured them than may lie; coverage leaves them out"
        ));
    }
    let method = format!("{} f={}", settings.mode, settings.liars);
    let words = Words { borders: &borders, mesh: &subjects.mesh, nodes: &subjects.nodes };
    if let Some(mut rows) = rows {
        write_rows(&mut rows, words, &method, &all)?;
        rows.finish()?;
    }
    let mut out = Out::open(None)?;
    write_summary(&mut out, &borders, settings.worldview, &method, &all)?;
    out.finish()?;
    Ok(Exit::Answered)
}
