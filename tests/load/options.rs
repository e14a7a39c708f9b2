//! What is asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

/// What is asked for on the command line.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) quick: bool,
    pub(crate) landmarks: usize,
    pub(crate) data: Option<PathBuf>,
    /// Where a server keeps things: folder and URL; in memory unless said otherwise.
    pub(crate) store: Option<(String, String)>,
    /// What a server keeps of full samples, in seconds.
    pub(crate) samples_s: u64,
    only: Vec<String>,
}

/// What this process is.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    /// The one that measures.
    Measure,
    /// A server for it.
    Serve,
    /// What it is compared with: tonic and nothing behind it.
    Echo,
    /// A client for it to kill.
    Client {
        /// Of the server.
        address: String,
    },
    /// A client that keeps the bulk lane full.
    Flood {
        /// Of the server.
        address: String,
    },
}

impl Options {
    /// Reads the arguments; those that cargo adds are passed over.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            mode: Mode::Measure,
            quick: false,
            landmarks: 150,
            data: None,
            store: None,
            samples_s: 0,
            only: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--bench" => {}
                "--serve" => options.mode = Mode::Serve,
                "--echo" => options.mode = Mode::Echo,
                "--client" => options.mode = Mode::Client { address: value()? },
                "--flood" => options.mode = Mode::Flood { address: value()? },
                "--store" => options.store = Some((value()?, value()?)),
                "--samples" => {
                    let text = value()?;
                    options.samples_s =
                        text.parse().map_err(|_| format!("`{text}` is no time in seconds"))?;
                }
                "--quick" => options.quick = true,
                "--data" => options.data = Some(value()?.into()),
                "--only" => options.only = value()?.split(',').map(str::to_owned).collect(),
                "--landmarks" => {
                    let text = value()?;
                    options.landmarks =
                        text.parse().map_err(|_| format!("`{text}` is no number of landmarks"))?;
                }
                other => return Err(format!("there is no option `{other}`")),
            }
        }
        Ok(options)
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }

    /// How long a phase lasts.
    pub(crate) fn phase(&self) -> Duration {
        Duration::from_secs(if self.quick { 3 } else { 10 })
    }
}
