//! Fresh keys for each session, and evidence of format `software` that binds them: the identity key's signature.

use lightcone::names::AgentName;
use lightcone::v1;
use lightcone_keyring::SigningIdentity;
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::{Binding, SigningKey, VerifyingKey, binding};
use zeroize::Zeroizing;

use crate::error::Refused;

/// The name of the format.
const FORMAT: &str = "software";
/// What the signature is over, before the binding.
const LABEL: &[u8] = b"lightcone/evidence/software/v1\0";

/// The keys of one session. Made for it, never stored, wiped when it ends.
pub(crate) struct SessionKeys {
    /// X25519: makes the handshakes with the landmarks.
    pub(crate) exchange: StaticKey,
    /// Ed25519: signs the transcript.
    pub(crate) signing: SigningKey,
}

impl SessionKeys {
    /// Draws new keys from the system's generator.
    pub(crate) fn draw() -> Result<Self, Refused> {
        Ok(Self { exchange: StaticKey::from_bytes(*random()?), signing: SigningKey::from_bytes(&*random()?) })
    }

    /// The public half of the exchange key.
    pub(crate) fn exchange_public(&self) -> [u8; 32] {
        self.exchange.public()
    }

    /// The public half of the signing key.
    pub(crate) fn signing_public(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// What ties these keys to a summons and to nothing else.
    pub(crate) fn binding(&self, nonce: &[u8; 32], verifier: &VerifyingKey, agent: &AgentName) -> Binding {
        let context = binding::context(&hex::encode(verifier.as_bytes()), &agent.to_string(), None);
        binding::binding(nonce, &self.exchange_public(), &self.signing_public(), &context)
    }
}

/// Evidence that the holder of the identity key made the session's keys. It says nothing about where that is: a
/// verdict on it is marked UNATTESTED.
pub(crate) fn software(identity: &SigningIdentity, binding: &Binding) -> v1::Evidence {
    let body = [LABEL, &binding.0].concat();
    v1::Evidence { format: FORMAT.to_owned(), payload: identity.sign(&body).to_vec() }
}

/// 32 bytes of the system's generator.
pub(crate) fn random() -> Result<Zeroizing<[u8; 32]>, Refused> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes)
        .map_err(|error| Refused::System { what: "drawing a key", cause: error.to_string() })?;
    Ok(bytes)
}
