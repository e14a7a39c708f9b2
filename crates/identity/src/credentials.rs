//! With what a person's program calls a server.

use std::sync::Arc;

use tokio_rustls::rustls::ClientConfig;

use crate::{Identity, IdentityError, Roots, TlsSettings};

/// With what a server is called: nothing, whom to trust, or a certificate too.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Nothing: enough for a server on this machine without TLS.
    Nothing,
    /// Whom to trust; a token says who calls.
    Trust(Roots),
    /// A certificate.
    Identity(Identity),
}

impl Credentials {
    /// What the settings give.
    ///
    /// # Errors
    /// [`IdentityError`]: files are missing or not what they should be.
    pub async fn open(settings: &TlsSettings) -> Result<Self, IdentityError> {
        if settings.is_trust_alone() {
            return Ok(Self::Trust(Roots::open(settings)?));
        }
        if settings.is_set() {
            return Ok(Self::Identity(Identity::open(settings).await?));
        }
        Ok(Self::Nothing)
    }

    /// TLS of a client, where anybody is trusted.
    pub(crate) fn client_config(&self) -> Option<Arc<ClientConfig>> {
        match self {
            Self::Nothing => None,
            Self::Trust(roots) => Some(roots.client_config()),
            Self::Identity(identity) => Some(identity.client_config()),
        }
    }
}
