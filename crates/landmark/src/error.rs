//! Why a landmark does not run, and what it does not take from the service.

use lightcone_identity::IdentityError;
use lightcone_identity::dial::DialError;
use lightcone_keyring as keyring;
use lightcone_probe::plan::NotOrdered;

use crate::config::InvalidSetting;
use crate::outbox::OutboxError;

/// Why a landmark does not run, or runs no longer.
#[derive(Debug, thiserror::Error)]
pub enum LandmarkError {
    /// A setting that cannot hold.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// A key cannot be read.
    #[error(transparent)]
    Key(#[from] keyring::Error),
    /// What it is to the service cannot be had.
    #[error("setting `tls`: {0}")]
    Identity(#[from] IdentityError),
    /// The service cannot be called.
    #[error("setting `service`: {0}")]
    Dial(#[from] DialError),
    /// The fallback carrier cannot be offered.
    #[error("cannot take agents in over TLS: {cause}")]
    Carrier {
        /// What the carrier says.
        cause: String,
    },
    /// Reports cannot be kept.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// Sockets or threads cannot be had.
    #[error("cannot measure: {cause}; is another landmark running at this address?")]
    Measure {
        /// What the system says.
        cause: String,
    },
    /// The service reckons with another place.
    #[error(
        "the service reckons with version {told} of this landmark's place, the setting `position_version` says \
         {own}: measuring has stopped; hold the place against the registry, then set `position_version` to {told}"
    )]
    Moved {
        /// The version that the service named.
        told: u32,
        /// The version of the settings.
        own: u32,
    },
}

/// Why something that the service sent is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
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
    /// A plan that the service did not sign, or not like this.
    #[error(transparent)]
    NotOrdered(#[from] NotOrdered),
    /// Another place than that of the settings.
    #[error("version {0} of the place is not that of the settings")]
    Moved(u32),
}
