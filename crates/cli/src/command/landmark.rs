//! `lightcone landmark`: the daemon that challenges and holds the stopwatch.

use std::io::Write;

use lightcone_landmark::{Config, LandmarkError};

use super::Notes;
use crate::args::LandmarkArgs;
use crate::daemon::{self, over};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;

/// Runs it until told to stop.
pub(crate) fn run(args: &LandmarkArgs, notes: Notes) -> Outcome<Exit> {
    let config = load(args)?;
    if args.print_config {
        return print(&config);
    }
    let ended =
        daemon::run(&args.log, notes, async |stop| lightcone_landmark::run(&config, stop.wait()).await)?;
    ended.map(|()| Exit::Answered).map_err(|error| match error {
        LandmarkError::Setting(_)
        | LandmarkError::Key(_)
        | LandmarkError::Identity(_)
        | LandmarkError::Dial(_)
        | LandmarkError::Moved { .. } => Failure::input(error.to_string()),
        LandmarkError::Outbox(_) | LandmarkError::Measure { .. } | LandmarkError::Carrier { .. } => {
            Failure::machine(error.to_string())
        }
    })
}

fn load(args: &LandmarkArgs) -> Outcome<Config> {
    let mut config: Config = daemon::settings(args.config.as_deref())?;
    over(&mut config.service, args.service.as_ref());
    over(&mut config.landmark, args.landmark.as_ref());
    over(&mut config.position_version, args.position_version.as_ref());
    over(&mut config.signing_key, args.signing_key.as_ref());
    over(&mut config.exchange_key, args.exchange_key.as_ref());
    over(&mut config.verifier_key, args.verifier_key.as_ref());
    over(&mut config.listen_v4, args.listen_v4.as_ref());
    over(&mut config.listen_v6, args.listen_v6.as_ref());
    over(&mut config.data, args.data.as_ref());
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
