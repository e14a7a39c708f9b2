//! How the program ends: what a failure says, and the exit code that scripts can rely on.

use std::fmt;
use std::process::ExitCode;

/// Stable exit codes, documented in `docs/cli.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Every question was answered, whatever the answers are.
    Answered = 0,
    /// The machine, not the input, is at fault: a file cannot be written, the border data are corrupt.
    Machine = 1,
    /// The command line is wrong. The parser of the arguments uses the same number.
    Usage = 2,
    /// A file that was read is wrong, or asks for something that it does not hold.
    Input = 3,
    /// With `--exit-code`: an answer says that something is amiss (disproven, impossible, inconsistent).
    Amiss = 4,
    /// The server cannot be reached, or refused.
    Server = 5,
    /// Ended by ctrl-c or a signal.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not finish: one line for people, one code for scripts.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
}

/// What a command returns.
pub(crate) type Outcome<T = Exit> = Result<T, Failure>;

impl Failure {
    /// The command line asks for something that cannot be.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }

    /// A file is wrong.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self { exit: Exit::Input, message: message.into() }
    }

    /// The machine is at fault.
    pub(crate) fn machine(message: impl Into<String>) -> Self {
        Self { exit: Exit::Machine, message: message.into() }
    }

    /// The server is at fault, or refused.
    #[cfg_attr(not(feature = "server"), expect(dead_code, reason = "only a client meets a server"))]
    pub(crate) fn server(message: impl Into<String>) -> Self {
        Self { exit: Exit::Server, message: message.into() }
    }

    /// Someone pressed ctrl-c.
    pub(crate) fn interrupted() -> Self {
        Self { exit: Exit::Interrupted, message: "interrupted".to_owned() }
    }

    /// The code to end with.
    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Text cannot be written: the reader of a pipe that went away is no failure.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::Answered, message: String::new() };
        }
        Self::machine(format!("cannot write the output: {error}"))
    }
}
