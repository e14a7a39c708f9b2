//! Why an agent does not run, and why it keeps out of a session.

use lightcone_identity::IdentityError;
use lightcone_identity::dial::DialError;
use lightcone_keyring as keyring;
use lightcone_probe::plan::NotOrdered;
use tonic::Status;

use crate::config::InvalidSetting;

/// Why an agent does not run.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// A setting that cannot hold.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// The identity key cannot be read.
    #[error(transparent)]
    Key(#[from] keyring::Error),
    /// What it is to the service cannot be had.
    #[error("setting `tls`: {0}")]
    Identity(#[from] IdentityError),
    /// The service cannot be called.
    #[error("setting `service`: {0}")]
    Dial(#[from] DialError),
    /// The local addresses of the settings cannot be had.
    #[error(
        "cannot bind the addresses of `bind_v4` and `bind_v6`: {0}; leave one empty that this host has not"
    )]
    Bind(std::io::Error),
}

/// Why a session was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Another verifier than the one of the settings.
    #[error("the summons is of the verifier {found}, the setting `verifier_key` names {expected}")]
    Verifier {
        /// The key that the summons names.
        found: String,
        /// The key that was given by hand.
        expected: String,
    },
    /// A field that is not as the contract has it.
    #[error("`{field}` of the {message} is not as the contract has it: {remedy}")]
    Field {
        /// The message.
        message: &'static str,
        /// The field.
        field: &'static str,
        /// What it has to be.
        remedy: &'static str,
    },
    /// A plan for something else than what was attested.
    #[error("the plan is for another {what} than what was attested")]
    NotAttested {
        /// What differs.
        what: &'static str,
    },
    /// More landmarks than the settings allow.
    #[error("the plan names {count} landmarks, the setting `landmarks_max` allows {limit}")]
    Landmarks {
        /// How many.
        count: usize,
        /// The most.
        limit: usize,
    },
    /// No device gave evidence that ties the session's keys.
    #[error("no evidence ties the session's keys: {0}")]
    Unattested(String),
    /// No landmark of a plan has a relay.
    #[error(
        "none of the {count} landmarks of the plan has a relay in the setting `site_relay`; add one, or set \
         `site_relay_only` to false and be seen by landmarks"
    )]
    NoRelay {
        /// How many landmarks the plan names.
        count: usize,
    },
    /// A plan that the service did not sign, or not like this.
    #[error(transparent)]
    NotOrdered(#[from] NotOrdered),
    /// As many sessions as there may be are under way.
    #[error("{limit} sessions are under way already")]
    Busy {
        /// The most.
        limit: usize,
    },
    /// The service refuses, or cannot be reached in time.
    #[error("{call} failed: {status}")]
    Service {
        /// The call.
        call: &'static str,
        /// What it says.
        status: Box<Status>,
    },
    /// The system has no randomness, socket or thread to give.
    #[error("{what} failed: {cause}")]
    System {
        /// What was asked of it.
        what: &'static str,
        /// What it says.
        cause: String,
    },
}
