//! Why a rehearsal does not go on.

use lightcone_server::ServeError;

/// Why a rehearsal does not go on.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The machine gives no room, thread, socket or randomness.
    #[error("{what}: {cause}")]
    Machine {
        /// What was asked of it.
        what: &'static str,
        /// What it says.
        cause: String,
    },
    /// The server does not start, or ended.
    #[error(transparent)]
    Server(#[from] ServeError),
    /// The WAN in a box does not start, or refuses a change.
    #[error(transparent)]
    Wan(#[from] lightcone_wan::WanError),
    /// A key cannot be made or read.
    #[error(transparent)]
    Key(#[from] lightcone_keyring::Error),
    /// A landmark does not start.
    #[error(transparent)]
    Landmark(#[from] lightcone_landmark::LandmarkError),
    /// An agent does not start.
    #[error(transparent)]
    Agent(#[from] lightcone_agent::AgentError),
    /// The service refuses a call.
    #[error("{call} failed: {status}")]
    Call {
        /// The call.
        call: &'static str,
        /// What the service says.
        status: Box<tonic::Status>,
    },
    /// The service's answer makes no sense.
    #[error("the service's answer makes no sense: {0}")]
    Odd(&'static str),
    /// Nobody of that name plays.
    #[error("nobody named `{0}` plays")]
    Nobody(String),
    /// The system is not ready in time.
    #[error("the system was not ready within {seconds} s: {what}")]
    NotReady {
        /// How long it had.
        seconds: u64,
        /// What is missing.
        what: String,
    },
}

impl RehearsalError {
    pub(crate) fn machine(what: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::Machine { what, cause: cause.to_string() }
    }
}
