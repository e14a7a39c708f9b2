//! `lightcone completions`: what a shell needs to finish words.

use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::exit::{Exit, Outcome};
use crate::out::Out;

/// Prints completions.
pub(crate) fn run(args: &CompletionsArgs) -> Outcome<Exit> {
    let mut out = Out::open(None)?;
    clap_complete::generate(args.shell, &mut Cli::command(), "lightcone", &mut out);
    out.finish()?;
    Ok(Exit::Answered)
}
