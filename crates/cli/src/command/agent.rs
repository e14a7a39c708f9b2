//! `lightcone agent`: the daemon that attests and answers.

use std::io::Write;

use lightcone_agent::{AgentError, Config};

use super::Notes;
use super::doctor;
#[cfg(feature = "tpm")]
use super::enrol;
use crate::args::{AgentArgs, AgentCommand};
use crate::daemon::{self, over};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;

/// Runs it until told to stop.
pub(crate) fn run(args: &AgentArgs, notes: Notes) -> Outcome<Exit> {
    match &args.command {
        None => {}
        Some(AgentCommand::Doctor { output }) => return doctor::run(*output),
        #[cfg(feature = "tpm")]
        Some(AgentCommand::Enrol { image_out, image_name }) => {
            return enrol::run(&load(args)?, image_out.as_deref().zip(image_name.as_deref()));
        }
    }
    let config = load(args)?;
    if args.print_config {
        return print(&config);
    }
    let ended = daemon::run(&args.log, notes, async |stop| lightcone_agent::run(&config, stop.wait()).await)?;
    ended.map(|()| Exit::Answered).map_err(|error| match error {
        AgentError::Setting(_) | AgentError::Key(_) | AgentError::Identity(_) | AgentError::Dial(_) => {
            Failure::input(error.to_string())
        }
        AgentError::Bind(_) => Failure::machine(error.to_string()),
    })
}

fn load(args: &AgentArgs) -> Outcome<Config> {
    let mut config: Config = daemon::settings(args.config.as_deref())?;
    over(&mut config.service, args.service.as_ref());
    over(&mut config.agent, args.agent.as_ref());
    over(&mut config.identity_key, args.identity_key.as_ref());
    over(&mut config.verifier_key, args.verifier_key.as_ref());
    over(&mut config.bind_v4, args.bind_v4.as_ref());
    over(&mut config.bind_v6, args.bind_v6.as_ref());
    over(&mut config.landmarks_max, args.landmarks_max.as_ref());
    args.tls.over(&mut config.tls);
    config.check().map_err(|error| Failure::input(error.to_string()))?;
    Ok(config)
}

fn print(config: &Config) -> Outcome<Exit> {
    let text = toml::to_string(config)
        .map_err(|error| Failure::machine(format!("cannot print the settings: {error}")))?;
    let mut out = Out::open(None)?;
    write!(out, "{text}")?;
    out.finish()?;
    Ok(Exit::Answered)
}
