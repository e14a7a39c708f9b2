//! What this host says of itself, for those who keep fleets. The owner's word, and signed by the session's key only so
//! that nobody on the way changes it.

use std::time::{SystemTime, UNIX_EPOCH};

use ed25519_dalek::Signer as _;
use lightcone_attest::inventory::AgentFacts;
use lightcone_attest::{UnixTime, inventory_signed};
use lightcone_attester::inventory::{Concealer, Survey};
use lightcone_attester::{Root, nvidia};
use lightcone_keyring::SigningIdentity;
use lightcone_probe::{Binding, SigningKey};
use sha2::{Digest as _, Sha256};

use crate::config::{Config, InvalidSetting};
use crate::error::Refused;

/// What the secret of concealed names is derived from: the identity key's signature over it, which nobody is sent.
const CONCEAL_LABEL: &[u8] = b"lightcone/conceal-key/v1\0";
/// The most bytes that the service takes.
const BYTES_MAX: usize = 65_536;

/// How this host is told of, if at all.
#[derive(Clone)]
pub(crate) struct Inventory {
    concealer: Option<Concealer>,
    agent: AgentFacts,
}

/// An inventory and its signature; both empty where none is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) json: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Inventory {
    /// As the settings have it.
    pub(crate) fn of(config: &Config, identity: &SigningIdentity) -> Result<Self, InvalidSetting> {
        let secret = || Sha256::digest(identity.sign(CONCEAL_LABEL)).into();
        let concealer = match config.inventory.as_str() {
            "none" => None,
            "clear" => Some(Concealer::clear(&config.agent)),
            "hashed" => Some(Concealer::hashed(&config.agent, secret())),
            other => {
                let remedy = "choose `hashed`, `clear` or `none`";
                return Err(InvalidSetting::new("inventory", other, remedy));
            }
        };
        let agent = AgentFacts {
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            evidence_kinds: config.evidence.clone(),
            timed_path: Some(if config.busy_poll { "busy-poll" } else { "thread" }.to_owned()),
            ..AgentFacts::default()
        };
        Ok(Self { concealer, agent })
    }

    /// Takes it and signs it. Reads files: off the threads that serve sockets.
    pub(crate) async fn tell(&self, key: &SigningKey, binding: &Binding) -> Result<Told, Refused> {
        let Some(concealer) = self.concealer.clone() else { return Ok(Told::default()) };
        let agent = self.agent.clone();
        let taken = tokio::task::spawn_blocking(move || {
            let (root, accelerators, now) = (Root::system(), nvidia::accelerators(), now());
            let survey =
                Survey { root: &root, concealer: &concealer, accelerators: &accelerators, agent, now };
            survey.take().to_json()
        });
        let json = taken
            .await
            .map_err(|error| Refused::System { what: "taking an inventory", cause: error.to_string() })?;
        if json.len() > BYTES_MAX {
            tracing::warn!(bytes = json.len(), "the inventory is too long to be told and is left out");
            return Ok(Told::default());
        }
        Ok(Told { signature: key.sign(&inventory_signed(&binding.0, &json)).to_bytes().to_vec(), json })
    }
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_s(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
