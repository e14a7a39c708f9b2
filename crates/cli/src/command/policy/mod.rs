//! `lightcone policy`: rule books and decisions by them, from files.

mod check;
mod diff;
mod examples;
mod explain;
mod show;
mod sign;
mod unverified;

use crate::args::PolicyCommand;
use crate::exit::{Exit, Outcome};

/// Does what is asked.
pub(crate) fn run(command: &PolicyCommand) -> Outcome<Exit> {
    match command {
        PolicyCommand::Check(args) => check::run(args),
        PolicyCommand::Show(args) => show::run(args),
        PolicyCommand::Test(args) => examples::run(args),
        PolicyCommand::Explain(args) => explain::run(args),
        PolicyCommand::Diff(args) => diff::run(args),
        PolicyCommand::Sign(args) => sign::run(args),
    }
}
