//! `lightcone serve` and `lightcone config check`: the server, and its settings held up to the light.

use std::io::Write;

use lightcone_server::config::{ConfigError, Sources};
use lightcone_server::{Config, ServeError};

use super::Notes;
use crate::args::{ConfigCommand, ServeArgs};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;

/// Serves until told to stop.
pub(crate) fn run(args: &ServeArgs, notes: Notes) -> Outcome<Exit> {
    #[cfg(target_os = "linux")]
    crate::harden::leave_no_core()?;
    let config = load(args)?;
    if config.server.development {
        notes
            .say("development mode: the API describes itself, calls are neither authenticated nor encrypted");
    }
    lightcone_server::run(config).map_err(|error| match error {
        ServeError::Setting(error) => Failure::input(error.to_string()),
        error => Failure::machine(error.to_string()),
    })?;
    Ok(Exit::Answered)
}

/// Looks at settings.
pub(crate) fn config(command: &ConfigCommand) -> Outcome<Exit> {
    let ConfigCommand::Check { file, args } = command;
    let file = file.clone().or_else(|| args.config.clone());
    check(&ServeArgs { config: file, ..args.clone() })
}

/// Checks settings and prints what would hold.
fn check(args: &ServeArgs) -> Outcome<Exit> {
    let config = load(args)?;
    let text = toml::to_string(&config)
        .map_err(|error| Failure::machine(format!("cannot print the settings: {error}")))?;
    let mut out = Out::open(None)?;
    write!(out, "{text}")?;
    out.finish()?;
    Ok(Exit::Answered)
}

fn load(args: &ServeArgs) -> Outcome<Config> {
    let mut sources = Sources::of_process(args.config.as_deref());
    let mut set = |key: &str, value: String| sources.overrides.push((key.to_owned(), value));
    if let Some(listen) = &args.listen {
        set("server.listen", listen.clone());
    }
    if let Some(listen) = &args.web_listen {
        set("server.web_listen", listen.clone());
    }
    if args.dev {
        set("server.development", "true".to_owned());
    }
    for setting in &args.set {
        let Some((key, value)) = setting.split_once('=') else {
            return Err(Failure::usage(format!(
                "`{setting}` in --set is not KEY=VALUE, such as pool.threads=4"
            )));
        };
        set(key.trim(), value.trim().to_owned());
    }
    sources.load().map_err(|error: ConfigError| Failure::input(error.to_string()))
}
