//! One file a command.

#[cfg(feature = "server")]
mod access;
#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "demo")]
mod attack;
#[cfg(feature = "attest")]
mod attest;
mod audit;
mod borders;
#[cfg(feature = "server")]
mod ca;
#[cfg(feature = "server")]
mod certify;
mod completions;
#[cfg(feature = "agent")]
mod doctor;
#[cfg(feature = "tpm")]
mod enrol;
mod evaluate;
#[cfg(any(feature = "landmark", feature = "agent"))]
mod keys;
#[cfg(feature = "landmark")]
mod landmark;
mod locate;
#[cfg(feature = "server")]
pub(crate) mod login;
#[cfg(feature = "access")]
mod policies;
#[cfg(feature = "policy")]
mod policy;
#[cfg(feature = "attest")]
mod references;
#[cfg(feature = "server")]
mod registry;
#[cfg(feature = "relay")]
mod relay;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "policy")]
mod sku;

use lightcone_core::{Borders, verdict};

#[cfg(feature = "server")]
use crate::args::WatchCommand;
use crate::args::{Cli, Command};
use crate::exit::{Exit, Failure, Outcome};
use crate::out;

/// Does what the command line says.
pub(crate) fn run(cli: &Cli) -> Outcome<Exit> {
    match &cli.command {
        #[cfg(feature = "demo")]
        Command::Demo(args) => crate::demo::run(args, Notes { quiet: cli.quiet }),
        #[cfg(feature = "demo")]
        Command::Attack(command) => attack::run(command, Notes { quiet: cli.quiet }),
        Command::Locate(args) => locate::run(args, Notes { quiet: cli.quiet }),
        Command::Audit(args) => audit::run(args, Notes { quiet: cli.quiet }),
        Command::Evaluate(args) => evaluate::run(args, Notes { quiet: cli.quiet }),
        #[cfg(feature = "server")]
        Command::Serve(args) => serve::run(args, Notes { quiet: cli.quiet }),
        #[cfg(feature = "server")]
        Command::Config(command) => serve::config(command),
        #[cfg(feature = "landmark")]
        Command::Landmark(args) => landmark::run(args, Notes { quiet: cli.quiet }),
        #[cfg(feature = "agent")]
        Command::Agent(args) => agent::run(args, Notes { quiet: cli.quiet }),
        #[cfg(feature = "relay")]
        Command::Relay(args) => relay::run(args, Notes { quiet: cli.quiet }),
        #[cfg(feature = "attest")]
        Command::Attest(command) => attest::run(command),
        #[cfg(feature = "attest")]
        Command::References(command) => references::run(command),
        #[cfg(feature = "policy")]
        Command::Policy(command) => policy::run(command),
        #[cfg(feature = "policy")]
        Command::Sku(command) => sku::run(command),
        #[cfg(any(feature = "landmark", feature = "agent"))]
        Command::Keys(command) => keys::run(command),
        #[cfg(feature = "server")]
        Command::Ca(command) => ca::run(command, Notes { quiet: cli.quiet }),
        #[cfg(feature = "server")]
        Command::Enrol(command) => certify::enrol(command),
        #[cfg(feature = "server")]
        Command::Renew(args) => certify::renew(args, Notes { quiet: cli.quiet }),
        #[cfg(feature = "server")]
        Command::Register(command) => registry::register(command),
        #[cfg(feature = "server")]
        Command::Pair(args) => registry::pair(args),
        #[cfg(feature = "server")]
        Command::Retire(args) => registry::retire(args),
        #[cfg(feature = "server")]
        Command::List(args) => registry::list(args, Notes { quiet: cli.quiet }),
        #[cfg(feature = "server")]
        Command::Get(args) => registry::get(args),
        #[cfg(feature = "server")]
        Command::Watch(WatchCommand::Verdicts(args)) => {
            registry::watch_verdicts(args, Notes { quiet: cli.quiet })
        }
        #[cfg(feature = "server")]
        Command::Summon(args) => registry::summon(args),
        #[cfg(feature = "server")]
        Command::Standing(args) => registry::standing(args),
        #[cfg(feature = "server")]
        Command::Whoami(args) => access::whoami(args),
        #[cfg(feature = "server")]
        Command::CanI(args) => access::can_i(args),
        #[cfg(feature = "server")]
        Command::Case(command) => access::case(command),
        #[cfg(feature = "access")]
        Command::Access(command) => policies::run(command),
        #[cfg(feature = "server")]
        Command::Login(args) => login::login(args),
        #[cfg(feature = "server")]
        Command::Logout => login::logout(Notes { quiet: cli.quiet }),
        Command::Borders(args) => borders::run(args),
        Command::Completions(args) => completions::run(args),
    }
}

/// What `--version` says: program, engine and border data, all of which a verdict names.
pub(crate) fn version() -> String {
    format!("{} ({}, {})", env!("CARGO_PKG_VERSION"), verdict::ENGINE, Borders::VERSION)
}

/// Whether people are told what was left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notes {
    quiet: bool,
}

impl Notes {
    /// Whether nothing is to be said.
    pub(crate) const fn quiet(self) -> bool {
        self.quiet
    }

    /// Says something, unless told to be quiet.
    pub(crate) fn say(self, text: &str) {
        if !self.quiet {
            out::note(&format!("note: {text}"));
        }
    }
}

/// The borders that are compiled in.
pub(crate) fn embedded_borders() -> Outcome<Borders> {
    Borders::embedded()
        .map_err(|error| Failure::machine(format!("the program's own border data are corrupt: {error}")))
}
