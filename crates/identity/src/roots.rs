//! Whom a client trusts that says with a token who it is.

use std::sync::Arc;

use tokio_rustls::rustls::ClientConfig;

use crate::bundle::Bundle;
use crate::{IdentityError, TlsSettings, client, files};

/// The roots to trust, without a certificate of one's own.
#[derive(Clone, Debug)]
pub struct Roots {
    client: Arc<ClientConfig>,
}

impl Roots {
    /// Reads `trust_bundle`; `server_id` holds as it does with a certificate.
    ///
    /// # Errors
    /// [`IdentityError`]: the bundle cannot be read, or a setting is wrong.
    pub fn open(settings: &TlsSettings) -> Result<Self, IdentityError> {
        let server_id = settings.check_server_id()?;
        let bundle =
            Bundle::new(files::bundle(&settings.trust_bundle)?).ok_or_else(|| IdentityError::Malformed {
                origin: settings.trust_bundle.display().to_string(),
                why: "a certificate in it is no root".to_owned(),
            })?;
        Ok(Self { client: client::config_without_identity(bundle, server_id)? })
    }

    /// TLS of a client that shows no certificate.
    pub fn client_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.client)
    }
}
