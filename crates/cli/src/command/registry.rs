//! `lightcone register`, `list`, `get`, `standing`, `retire`, `pair`, `summon`, `watch`: what a server keeps and finds.

use std::io::Write;
use std::time::{Duration, Instant};

use super::Notes;
use crate::args::{
    GetArgs, ListArgs, PairArgs, RegisterCommand, RetireArgs, ServerArgs, ShownFormat, StandingArgs,
    SummonArgs, WatchVerdictsArgs,
};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;
use crate::remote::{Registry, Shown};
use crate::render::records;
use crate::stop;

/// How often a session that is waited for is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);
/// How long a session is waited for: the longest plan, and time to judge.
const SESSION_WAIT_MAX: Duration = Duration::from_secs(900);

/// Enters a record.
pub(crate) fn register(command: &RegisterCommand) -> Outcome<Exit> {
    let server = match command {
        RegisterCommand::Landmark(args) => &args.create.server,
        RegisterCommand::Site(args) => &args.create.server,
        RegisterCommand::Agent(args) => &args.create.server,
        RegisterCommand::Chip(args) => &args.create.server,
    };
    let registry = open(server)?;
    let record = match command {
        RegisterCommand::Landmark(args) => registry.create_landmark(args)?,
        RegisterCommand::Site(args) => registry.create_site(args)?,
        RegisterCommand::Agent(args) => registry.create_agent(args)?,
        RegisterCommand::Chip(args) => registry.create_chip(args)?,
    };
    show(server, &record)
}

/// Shows one record.
pub(crate) fn get(args: &GetArgs) -> Outcome<Exit> {
    let record = open(&args.server)?.get(&args.name)?;
    show(&args.server, &record)
}

/// Shows how a chip stands.
pub(crate) fn standing(args: &StandingArgs) -> Outcome<Exit> {
    let standing = open(&args.server)?.standing(&args.chip)?;
    show(&args.server, &standing)
}

/// Takes one record out of use.
pub(crate) fn retire(args: &RetireArgs) -> Outcome<Exit> {
    let record = open(&args.server)?.retire(&args.name, &args.reason)?;
    show(&args.server, &record)
}

/// Ties a chip to an agent.
pub(crate) fn pair(args: &PairArgs) -> Outcome<Exit> {
    let record = open(&args.server)?.pair(args)?;
    show(&args.server, &record)
}

/// Shows many records.
pub(crate) fn list(args: &ListArgs, notes: Notes) -> Outcome<Exit> {
    let records = open(&args.server)?.list(args)?;
    if records.len() == args.limit {
        notes.say(&format!("there may be more than {}; --limit shows them", args.limit));
    }
    let mut out = Out::open(None)?;
    let style = out.style();
    match args.server.output {
        ShownFormat::Table => records::table(&mut out, args.kind, &records, style)?,
        ShownFormat::Json => {
            for record in &records {
                writeln!(out, "{}", record.json())?;
            }
        }
    }
    out.finish()?;
    Ok(Exit::Answered)
}

/// Summons an agent, and shows the session or what was found in it.
pub(crate) fn summon(args: &SummonArgs) -> Outcome<Exit> {
    let registry = open(&args.server)?;
    let session = registry.summon(&args.agent)?;
    if !args.wait {
        return show(&args.server, &session);
    }
    let name = session.at("name");
    let end = Instant::now() + SESSION_WAIT_MAX;
    while Instant::now() < end {
        let session = registry.get(&name)?;
        match session.at("state").as_str() {
            "MISSED" => {
                show(&args.server, &session)?;
                let attested = !session.at("evidence_format").is_empty();
                let did = if attested { "attested but brought no transcript" } else { "did not come" };
                return Err(Failure::server(format!("{} {did}: {name} is missed", args.agent)));
            }
            "JUDGED" => return show(&args.server, &registry.get(&session.at("verdict"))?),
            _ => registry.pause(LOOK_INTERVAL)?,
        }
    }
    Err(Failure::server(format!("{name} was not judged within {} s", SESSION_WAIT_MAX.as_secs())))
}

/// Shows verdicts as they are given.
pub(crate) fn watch_verdicts(args: &WatchVerdictsArgs, notes: Notes) -> Outcome<Exit> {
    let registry = open(&args.server)?;
    let mut left = args.count.unwrap_or(usize::MAX);
    let mut token = args.resume.clone();
    let mut is_heard = false;
    let ended = registry.watch_verdicts(args, |given| {
        if !std::mem::replace(&mut is_heard, true) {
            notes.say("watching; ctrl-c ends it");
        }
        for verdict in given.verdicts.iter().take(left) {
            let mut out = Out::open(None)?;
            match args.server.output {
                ShownFormat::Json => writeln!(out, "{}", verdict.json())?,
                ShownFormat::Table => {
                    let at = |path| verdict.at(path);
                    writeln!(out, "{}  {}  {}", at("as_of"), at("name"), at("headline"))?;
                }
            }
            out.finish()?;
        }
        left = left.saturating_sub(given.verdicts.len());
        token = given.token;
        Ok(left > 0)
    });
    if ended.is_err() && !token.is_empty() {
        notes.say(&format!("go on with --resume {token}"));
    }
    ended.map(|()| Exit::Answered)
}

pub(super) fn open(server: &ServerArgs) -> Outcome<Registry> {
    stop::listen()?;
    Registry::connect(&server.server, &server.way)
}

pub(super) fn show(server: &ServerArgs, record: &Shown) -> Outcome<Exit> {
    let mut out = Out::open(None)?;
    let style = out.style();
    match server.output {
        ShownFormat::Table => records::sheet(&mut out, record, style)?,
        ShownFormat::Json => writeln!(out, "{}", record.json())?,
    }
    out.finish()?;
    Ok(Exit::Answered)
}
