//! `lightcone whoami`, `can-i` and `case`: who one is to a server, and what one may do.

use std::io::Write;

use super::registry::{open, show};
use crate::args::{CanIArgs, CaseCommand, ShownFormat, WhoamiArgs};
use crate::exit::{Exit, Outcome};
use crate::out::{Out, Tone};

/// Shows whom the server takes the caller for.
pub(crate) fn whoami(args: &WhoamiArgs) -> Outcome<Exit> {
    let who = open(&args.server)?.whoami()?;
    show(&args.server, &who)
}

/// Says whether a call would be allowed, and by which rules.
pub(crate) fn can_i(args: &CanIArgs) -> Outcome<Exit> {
    let answer = open(&args.server)?.can_i(args)?;
    if args.server.output == ShownFormat::Json {
        return show(&args.server, &answer);
    }
    let mut out = Out::open(None)?;
    let style = out.style();
    let (word, tone) = if answer.at("allowed") == "true" { ("yes", Tone::Good) } else { ("no", Tone::Bad) };
    writeln!(out, "{}  {}", style.paint(tone, word), answer.at("explanation"))?;
    writeln!(out, "by access policy {}", answer.at("policy_version"))?;
    out.finish()?;
    Ok(Exit::Answered)
}

/// Asks for a case, agrees to one or ends one.
pub(crate) fn case(command: &CaseCommand) -> Outcome<Exit> {
    let server = match command {
        CaseCommand::Request(args) => &args.server,
        CaseCommand::Approve(args) | CaseCommand::Close(args) => &args.server,
    };
    let registry = open(server)?;
    let case = match command {
        CaseCommand::Request(args) => registry.request_case(args)?,
        CaseCommand::Approve(args) => registry.approve_case(&args.case)?,
        CaseCommand::Close(args) => registry.close_case(&args.case)?,
    };
    show(server, &case)
}
