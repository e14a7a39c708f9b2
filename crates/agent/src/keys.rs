//! Fresh keys for each session.

use lightcone::names::AgentName;
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::{Binding, SigningKey, VerifyingKey, binding};
use zeroize::Zeroizing;

use crate::error::Refused;

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

/// 32 bytes of the system's generator.
pub(crate) fn random() -> Result<Zeroizing<[u8; 32]>, Refused> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes)
        .map_err(|error| Refused::System { what: "drawing a key", cause: error.to_string() })?;
    Ok(bytes)
}
