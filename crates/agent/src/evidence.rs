//! Evidence of this host's devices, taken off the threads that serve sockets.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ed25519_dalek::Signer as _;
use lightcone::v1;
use lightcone_attest::{Kind, Piece as Set, evidence_signed};
use lightcone_attester::{Piece, Source};
use lightcone_keyring::SigningIdentity;
use lightcone_probe::SigningKey;

use crate::config::{Config, InvalidSetting};
use crate::error::Refused;

/// Evidence, and the session key's signature of the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) evidence: Vec<v1::Evidence>,
    pub(crate) signature: Vec<u8>,
}

/// The devices that vouch for this agent.
#[derive(Clone)]
pub(crate) struct Evidence {
    sources: Arc<Mutex<Vec<Box<dyn Source>>>>,
    kinds: Vec<Kind>,
}

impl Evidence {
    /// The devices that the settings name.
    pub(crate) fn of(config: &Config, identity: &Arc<SigningIdentity>) -> Result<Self, InvalidSetting> {
        let kinds = config.kinds()?;
        let source = |kind: &Kind| config.source(*kind, identity);
        let sources = kinds.iter().map(source).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { sources: Arc::new(Mutex::new(sources)), kinds })
    }

    /// Whether anything but a software key vouches.
    pub(crate) fn is_of_hardware(&self) -> bool {
        self.kinds.iter().any(|kind| *kind != Kind::Software)
    }

    /// Evidence that bears these 32 bytes. A device that gives none is told and left out, as long as another ties the
    /// session's keys.
    pub(crate) async fn collect(&self, nonce: [u8; 32], key: &SigningKey) -> Result<Shown, Refused> {
        let sources = Arc::clone(&self.sources);
        let collected = tokio::task::spawn_blocking(move || collect(&sources, &nonce)).await;
        let (pieces, missing) = collected
            .map_err(|error| Refused::System { what: "collecting evidence", cause: error.to_string() })?;
        if !pieces.iter().any(|piece| piece.kind.can_bind()) {
            return Err(Refused::Unattested(missing.join("; ")));
        }
        for why in missing {
            tracing::error!(why, "a device gave no evidence; the verdict will be the weaker for it");
        }
        let list: Vec<Set<'_>> =
            pieces.iter().map(|piece| Set { kind: piece.kind, payload: &piece.payload }).collect();
        let signature = key.sign(&evidence_signed(&nonce, &list)).to_bytes().to_vec();
        let wire =
            |piece: Piece| v1::Evidence { format: piece.kind.name().to_owned(), payload: piece.payload };
        Ok(Shown { evidence: pieces.into_iter().map(wire).collect(), signature })
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence").field("kinds", &self.kinds).finish_non_exhaustive()
    }
}

/// What the devices give, and why some give nothing.
fn collect(sources: &Mutex<Vec<Box<dyn Source>>>, nonce: &[u8; 32]) -> (Vec<Piece>, Vec<String>) {
    let mut sources = sources.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut pieces, mut missing) = (Vec::new(), Vec::new());
    for source in sources.iter_mut() {
        match source.collect(nonce) {
            Ok(given) => pieces.extend(given),
            Err(unavailable) => missing.push(unavailable.to_string()),
        }
    }
    (pieces, missing)
}
