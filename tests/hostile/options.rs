//! What is asked for on the command line.

use std::net::SocketAddr;
use std::time::Duration;

use crate::attack::Attack;

/// How long each attack lasts unless said otherwise, and at length.
const SHORT: Duration = Duration::from_secs(5);
const LONG: Duration = Duration::from_secs(60);

/// What is asked for on the command line.
pub(crate) struct Options {
    pub(crate) mode: Mode,
    /// How long each attack lasts.
    pub(crate) lasts: Duration,
    only: Vec<String>,
}

/// What this process is.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// The one that measures.
    Measure,
    /// A server for it.
    Serve,
    /// What is attacked in its place, to see what the attack itself takes.
    Sink,
    /// An attacker.
    Attack {
        /// How.
        attack: Attack,
        /// Whom.
        target: SocketAddr,
    },
}

impl Options {
    /// Reads the arguments; those that cargo adds are passed over.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { mode: Mode::Measure, lasts: SHORT, only: Vec::new() };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--bench" => {}
                "--serve" => options.mode = Mode::Serve,
                "--sink" => options.mode = Mode::Sink,
                "--attack" => {
                    let name = value()?;
                    let attack = Attack::named(&name).ok_or(format!("there is no attack `{name}`"))?;
                    let target = value()?.parse().map_err(|error| format!("no address: {error}"))?;
                    options.mode = Mode::Attack { attack, target };
                }
                "--long" => options.lasts = LONG,
                "--seconds" => {
                    let text = value()?;
                    let seconds = text.parse().map_err(|_| format!("`{text}` is no number of seconds"))?;
                    options.lasts = Duration::from_secs(seconds);
                }
                "--only" => options.only = value()?.split(',').map(str::to_owned).collect(),
                other => return Err(format!("there is no option `{other}`")),
            }
        }
        Ok(options)
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}
