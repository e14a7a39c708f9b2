//! A whole agent: settings and key in, one life until it is told to stop.

use std::future::Future;
use std::sync::Arc;

use lightcone_identity::{Identity, TlsSettings, dial};
use lightcone_keyring::SigningIdentity;

use crate::answer;
use crate::attend::attend;
use crate::config::{Config, InvalidSetting, Settings};
use crate::error::AgentError;
use crate::evidence::Evidence;
use crate::inventory::Inventory;

/// An agent with its key. A process may run many, each on threads of its own for the timed path.
pub struct Agent {
    pub(crate) settings: Settings,
    pub(crate) evidence: Evidence,
    pub(crate) inventory: Inventory,
    identity_key: [u8; 32],
    service: String,
    tls: TlsSettings,
}

impl Agent {
    /// An agent whose key is the file that the settings name.
    ///
    /// # Errors
    /// A setting that cannot hold, or a key file that cannot be read.
    pub fn open(config: &Config) -> Result<Self, AgentError> {
        config.check()?;
        if config.identity_key.as_os_str().is_empty() {
            let remedy = "name the file of its key; `lightcone keys new` makes one".to_owned();
            return Err(InvalidSetting { key: "identity_key", value: String::new(), remedy }.into());
        }
        Self::with_identity(config, SigningIdentity::load(&config.identity_key)?)
    }

    /// An agent whose key is handed over.
    ///
    /// # Errors
    /// A setting that cannot hold.
    pub fn with_identity(config: &Config, identity: SigningIdentity) -> Result<Self, AgentError> {
        let identity_key = identity.public();
        let settings = config.settings()?;
        let (inventory, identity) = (Inventory::of(config, &identity)?, Arc::new(identity));
        let evidence = Evidence::of(config, &identity)?;
        Ok(Self {
            settings,
            evidence,
            inventory,
            identity_key,
            service: config.service.clone(),
            tls: config.tls.clone(),
        })
    }

    /// Runs until `stop` is over. Sessions under way then are given up.
    ///
    /// # Errors
    /// The local addresses cannot be had.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), AgentError> {
        // Once for nothing: what cannot work is better known now than at the first summons.
        drop(answer::bind(&self.settings).map_err(AgentError::Bind)?);
        let key = hex::encode(self.identity_key);
        tracing::info!(agent = %self.settings.agent, identity_key = key, service = self.service, "agent starts");
        // It lives as long as the channel: a certificate that is renewed is shown at the next connection.
        let identity = if self.tls.is_set() { Some(Identity::open(&self.tls).await?) } else { None };
        let channel = dial::channel(&self.service, identity.as_ref())?;
        tokio::select! {
            () = attend(Arc::new(self), channel) => {}
            () = stop => {}
        }
        Ok(())
    }
}

/// Runs an agent until `stop` is over.
///
/// # Errors
/// A setting that cannot hold, or a key file that cannot be read.
pub async fn run(config: &Config, stop: impl Future<Output = ()>) -> Result<(), AgentError> {
    Agent::open(config)?.run(stop).await
}
