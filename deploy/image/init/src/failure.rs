//! What can go wrong before the agent runs.

use std::io;

/// A step that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The system refused something.
    #[error("cannot {step}: {cause}")]
    System {
        /// What was tried.
        step: String,
        /// What the system says.
        cause: io::Error,
    },
    /// Nobody said whose host this is.
    #[error("no host record: give fw_cfg `{firmware}`, or write the EFI variable {variable}")]
    NoRecord {
        /// The name under QEMU.
        firmware: &'static str,
        /// The name elsewhere.
        variable: &'static str,
    },
    /// The host record is wrong.
    #[error("host record: `{field}` is `{value}`: {remedy}")]
    Record {
        /// The field.
        field: String,
        /// Its value, shortened.
        value: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// No network interface that the record means.
    #[error("{found} network interfaces; the host record must name the one to use: interface=MAC")]
    Interface {
        /// How many are there.
        found: usize,
    },
    /// The agent says that its settings cannot hold.
    #[error("the agent ended with {0}: trying again does not help")]
    Settings(std::process::ExitStatus),
}

/// Says what was being done when the system refused.
pub(crate) trait Step<T> {
    /// The same result, with its step.
    fn step(self, step: impl Into<String>) -> Result<T, Failure>;
}

impl<T, E: Into<io::Error>> Step<T> for Result<T, E> {
    fn step(self, step: impl Into<String>) -> Result<T, Failure> {
        self.map_err(|error| Failure::System { step: step.into(), cause: error.into() })
    }
}
