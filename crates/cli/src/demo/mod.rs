//! The demo: the whole story on one machine, with real packets, in under a minute.

mod acts;
mod board;
mod pictures;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lightcone_rehearsal::{Cast, RehearsalError, Stage, StageSettings};
use lightcone_wan::Geography;

use crate::args::DemoArgs;
use crate::command::Notes;
use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, Tone};
use crate::stop;
use acts::Story;

/// How many times as fast as clocks verdict time runs between sessions: an hour in six seconds.
const TIME_FACTOR: u32 = 600;
/// How long the system may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);
/// Time between two rounds in which landmarks measure one another.
const MESH_INTERVAL: Duration = Duration::from_millis(3_000);
/// Where luck begins: which stretch each pair of cities has.
const SEED: u64 = 2026;
/// How often ctrl-c is looked for while the server is left up.
const LOOK: Duration = Duration::from_millis(100);

/// Plays the demo.
pub(crate) fn run(args: &DemoArgs, notes: Notes) -> Outcome<Exit> {
    stop::listen()?;
    let started = Instant::now();
    let (folder, _lock) = folder(&args.out)?;
    let mut settings = StageSettings::quick(folder.join("data"));
    settings.listen.clone_from(&args.listen);
    settings.time_factor = TIME_FACTOR;
    settings.geography = Geography::azure_2026(SEED);
    settings.mesh_interval = MESH_INTERVAL;
    settings.understudies = Cast::second().into_iter().chain(Cast::liar()).collect();
    let mut out = Out::open(None)?;
    introduce(&mut out, &Cast::demo())?;
    let stage = Stage::open(Cast::demo(), settings).map_err(failed)?;
    stage.settle(PATIENCE).map_err(failed)?;
    let mut story = Story::new(stage, folder.clone(), notes);
    story.play(&mut out)?;
    summary(&mut out, &story, started.elapsed(), &folder)?;
    out.flush()?;
    if args.keep {
        keep(&mut out, story.url())?;
    }
    let is_told = story.surprises().is_empty();
    story.end().map_err(failed)?;
    out.finish()?;
    Ok(if is_told { Exit::Answered } else { Exit::Amiss })
}

/// A fresh folder for what is written: pictures, and the store of this run. What an earlier run left is removed, if
/// it is a demo's and none runs there. The file keeps others out while it is open.
fn folder(path: &Path) -> Outcome<(PathBuf, File)> {
    let mark = path.join(MARK);
    let machine =
        |error: std::io::Error| Failure::machine(format!("cannot write `{}`: {error}", path.display()));
    if path.exists() {
        let Ok(before) = File::open(&mark) else {
            return Err(Failure::usage(format!(
                "`{}` is there and no demo made it; name another folder with --out",
                path.display()
            )));
        };
        if before.try_lock().is_err() {
            return Err(Failure::usage(format!(
                "a demo is running in `{}`; end it, or name another folder with --out",
                path.display()
            )));
        }
        fs::remove_dir_all(path).map_err(machine)?;
    }
    fs::create_dir_all(path).map_err(machine)?;
    let mut file = File::create(&mark).map_err(machine)?;
    file.write_all(b"made by `lightcone demo`, which removes this folder when it runs again\n")
        .map_err(machine)?;
    file.try_lock()
        .map_err(|error| Failure::machine(format!("cannot lock `{}`: {error}", mark.display())))?;
    Ok((path.to_owned(), file))
}

/// The file by which a demo knows its folder.
const MARK: &str = "README.txt";

fn introduce(out: &mut Out, cast: &Cast) -> Outcome<()> {
    let forbidden = cast.sites.first().map_or_else(String::new, |site| site.forbidden.join(" "));
    let (landmarks, sites, chips) = (cast.landmarks.len(), cast.sites.len(), cast.agents.len());
    writeln!(
        out,
        "A service, {landmarks} landmarks and {chips} chips at {sites} sites: real packets on loopback, with the delays\n\
         of real routes. SIMULATED: verdict time runs {TIME_FACTOR} times as fast as clocks between sessions, and keys\n\
         are software (R0), so every verdict is UNATTESTED. Nothing here touches a chip.\n\
         Each chip is asked two things: is it surely outside {forbidden}; and can it be where its\n\
         owner says? One group of landmarks may lie (f = 1). An order of two tranches waits: the first went to Tuas."
    )?;
    out.flush()?;
    Ok(())
}

fn summary(out: &mut Out, story: &Story, took: Duration, folder: &Path) -> Outcome<()> {
    let style = out.style();
    writeln!(out, "\n{}", style.paint(Tone::Strong, "In the end"))?;
    for line in story.summary() {
        writeln!(out, "  {line}")?;
    }
    writeln!(out, "  {} s; pictures in {}:", took.as_secs(), folder.display())?;
    for picture in story.pictures() {
        writeln!(out, "    {picture}")?;
    }
    if !story.surprises().is_empty() {
        writeln!(
            out,
            "\nThis run came out otherwise than told; a busy machine keeps packets waiting. Not so:"
        )?;
        for surprise in story.surprises() {
            writeln!(out, "  {}", style.paint(Tone::Bad, surprise))?;
        }
    }
    Ok(())
}

fn keep(out: &mut Out, url: &str) -> Outcome<()> {
    writeln!(out, "\nThe service stays up at {url} until ctrl-c: lightcone list verdicts --server {url}")?;
    out.flush()?;
    while !stop::pressed() {
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Why a rehearsal ended, for people.
pub(crate) fn failed(error: RehearsalError) -> Failure {
    match error {
        RehearsalError::Call { .. } => Failure::server(error.to_string()),
        error => Failure::machine(error.to_string()),
    }
}
