//! What the daemons have in common: settings from a file, a log, a runtime, and signals that end them.

use std::path::Path;

use serde::de::DeserializeOwned;
use tokio::runtime::Builder;
use tokio::signal;
use tracing_subscriber::EnvFilter;

use crate::args::{LogArgs, LogFormat};
use crate::command::Notes;
use crate::exit::{Failure, Outcome};
use crate::out;

/// Settings of a file, or the defaults.
pub(crate) fn settings<C: DeserializeOwned + Default>(file: Option<&Path>) -> Outcome<C> {
    let Some(path) = file else { return Ok(C::default()) };
    let refused = |cause: String| {
        let cause = cause.split_whitespace().collect::<Vec<_>>().join(" ");
        Failure::input(format!("cannot read settings from `{}`: {cause}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    toml::from_str(&text).map_err(|error| refused(error.to_string()))
}

/// Puts what a flag or variable says in the place of what was there.
pub(crate) fn over<T: Clone>(place: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        place.clone_from(value);
    }
}

/// Runs a daemon until it ends by itself or by SIGINT or SIGTERM.
pub(crate) fn run<T, E>(
    log: &LogArgs,
    notes: Notes,
    daemon: impl AsyncFnOnce(StopSignal) -> Result<T, E>,
) -> Outcome<Result<T, E>> {
    #[cfg(target_os = "linux")]
    crate::harden::leave_no_core()?;
    start_log(log, notes)?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::machine(format!("cannot start the network: {error}")))?;
    runtime.block_on(async {
        let stop = StopSignal::listen()
            .map_err(|error| Failure::machine(format!("cannot listen for signals: {error}")))?;
        Ok(daemon(stop).await)
    })
}

fn start_log(log: &LogArgs, notes: Notes) -> Outcome<()> {
    let wanted = if notes.quiet() { "error" } else { &log.log };
    let filter = EnvFilter::try_new(wanted).map_err(|error| {
        Failure::usage(format!(
            "`{}` in --log: write a level such as info, or target=level,… ({error})",
            log.log
        ))
    })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let builder = builder.with_ansi(out::stderr_is_coloured());
    let started = match log.log_format {
        LogFormat::Human => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| Failure::machine(format!("cannot start the log: {error}")))
}

/// SIGINT or SIGTERM, listened for from the moment that it exists.
pub(crate) struct StopSignal {
    interrupt: signal::unix::Signal,
    terminate: signal::unix::Signal,
}

impl StopSignal {
    fn listen() -> std::io::Result<Self> {
        use signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for one of them.
    pub(crate) async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
