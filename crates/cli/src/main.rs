//! The program `lightcone`. It knows files, terminals and the network; what is true is the core's to say.

mod args;
mod command;
#[cfg(any(feature = "landmark", feature = "agent"))]
mod daemon;
mod data;
#[cfg(feature = "demo")]
mod demo;
mod evaluate;
mod exit;
#[cfg(all(
    target_os = "linux",
    any(feature = "agent", feature = "landmark", feature = "relay", feature = "server")
))]
mod harden;
mod map;
mod out;
mod progress;
#[cfg(feature = "server")]
mod remote;
mod render;
mod sphere;
mod stop;
mod survey;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::Cli;

fn main() -> ExitCode {
    let matches = Cli::command().version(command::version()).get_matches();
    let outcome = Cli::from_arg_matches(&matches)
        .map_err(|error| exit::Failure::usage(error.to_string()))
        .and_then(|cli| command::run(&cli));
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let message = failure.to_string();
            if !message.is_empty() {
                out::note(&format!("error: {message}"));
            }
            failure.exit().into()
        }
    }
}
