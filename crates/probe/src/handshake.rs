//! `Noise_KK_25519_ChaChaPoly_SHA256`: both ends prove the static keys that the verifier told each about, outside
//! the timed path, and get the session's two keys.
//!
//! The agent begins. The prologue ties the handshake to one attestation, one landmark and one session, so no
//! message of it means anything elsewhere.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use lightcone_responder::SessionId;
use lightcone_responder::keys::SessionKeys;
use snow::params::{CipherChoice, DHChoice, HashChoice};
use snow::resolvers::{CryptoResolver, DefaultResolver};
use snow::types::{Cipher, Dh, Hash, Random};
use snow::{Builder, HandshakeState};
use thiserror::Error;
use zeroize::Zeroize;

use crate::control::NOISE_BYTES;
use crate::ids::{Binding, LandmarkId};
use crate::tai64n::{TAI64N_BYTES, Tai64n};

const PATTERN: &str = "Noise_KK_25519_ChaChaPoly_SHA256";
const LABEL: &[u8; 16] = b"lightcone/kk/v1\0";
const PROLOGUE_BYTES: usize = 16 + 32 + 16 + 8;

/// A static X25519 private key. Zeroized on drop, never shown.
#[derive(Clone)]
pub struct StaticKey([u8; 32]);

impl StaticKey {
    /// A key from 32 unpredictable bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The public key, as plans and assignments name it.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        let mut public = [0; 32];
        if let Some(mut curve) = DefaultResolver.resolve_dh(&DHChoice::Curve25519) {
            curve.set(&self.0);
            public.copy_from_slice(curve.pubkey());
        }
        public
    }
}

impl Drop for StaticKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for StaticKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaticKey(secret)")
    }
}

/// What a handshake is tied to: the same words at both ends, or it fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tie {
    /// The session's binding: which attestation the agent's key came from.
    pub binding: Binding,
    /// The landmark.
    pub landmark: LandmarkId,
    /// The session.
    pub session: SessionId,
}

impl Tie {
    /// The Noise prologue.
    #[must_use]
    pub fn prologue(&self) -> [u8; PROLOGUE_BYTES] {
        let mut bytes = [0; PROLOGUE_BYTES];
        bytes[..16].copy_from_slice(LABEL);
        bytes[16..48].copy_from_slice(&self.binding.0);
        bytes[48..64].copy_from_slice(&self.landmark.0);
        bytes[64..].copy_from_slice(&self.session.0);
        bytes
    }
}

/// A handshake that did not succeed. What exactly was wrong is nobody's business but the sender's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("handshake refused: the other end does not hold the expected key, or speaks of another session")]
pub struct HandshakeRefused;

impl From<snow::Error> for HandshakeRefused {
    fn from(_: snow::Error) -> Self {
        Self
    }
}

/// The agent's half, waiting for the WELCOME.
pub struct Initiator(Box<HandshakeState>);

impl Initiator {
    /// Begins: `ephemeral` is 32 unpredictable bytes that are used once, `stamp` rises with each handshake of a key.
    ///
    /// # Errors
    /// [`HandshakeRefused`] when the landmark's public key is no key.
    pub fn start(
        key: &StaticKey,
        landmark: &[u8; 32],
        tie: &Tie,
        ephemeral: [u8; 32],
        stamp: Tai64n,
    ) -> Result<(Self, [u8; NOISE_BYTES]), HandshakeRefused> {
        let prologue = tie.prologue();
        let mut state = builder(key, landmark, &prologue, ephemeral)?.build_initiator()?;
        let message = write(&mut state, stamp)?;
        Ok((Self(Box::new(state)), message))
    }

    /// Reads the WELCOME's message. A forged one is refused and leaves the handshake as it was.
    ///
    /// # Errors
    /// [`HandshakeRefused`]: not from the landmark, or for another session.
    pub fn finish(&mut self, message: &[u8; NOISE_BYTES]) -> Result<SessionKeys, HandshakeRefused> {
        read(&mut self.0, message)?;
        keys(&mut self.0)
    }
}

/// What the landmark has after a HELLO: its answer and the session's keys.
pub struct Welcomed {
    /// Noise message 2.
    pub message: [u8; NOISE_BYTES],
    /// The session's keys.
    pub keys: SessionKeys,
    /// When the agent began, by its own clock; the caller's replay guard compares it.
    pub stamp: Tai64n,
}

/// The landmark's half: answers message 1 of the agent with the given public key.
///
/// # Errors
/// [`HandshakeRefused`]: not from that agent, or for another session.
pub fn welcome(
    key: &StaticKey,
    agent: &[u8; 32],
    tie: &Tie,
    message: &[u8; NOISE_BYTES],
    ephemeral: [u8; 32],
    stamp: Tai64n,
) -> Result<Welcomed, HandshakeRefused> {
    let prologue = tie.prologue();
    let mut state = builder(key, agent, &prologue, ephemeral)?.build_responder()?;
    let theirs = read(&mut state, message)?;
    let answer = write(&mut state, stamp)?;
    Ok(Welcomed { message: answer, keys: keys(&mut state)?, stamp: theirs })
}

fn builder<'a>(
    key: &'a StaticKey,
    other: &'a [u8; 32],
    prologue: &'a [u8; PROLOGUE_BYTES],
    ephemeral: [u8; 32],
) -> Result<Builder<'a>, HandshakeRefused> {
    let pattern = PATTERN.parse()?;
    let builder = Builder::with_resolver(pattern, Box::new(Entropy(Mutex::new(Once(Some(ephemeral))))));
    Ok(builder.prologue(prologue)?.local_private_key(&key.0)?.remote_public_key(other)?)
}

fn write(state: &mut HandshakeState, stamp: Tai64n) -> Result<[u8; NOISE_BYTES], HandshakeRefused> {
    let mut message = [0; NOISE_BYTES];
    let length = state.write_message(&stamp.0, &mut message)?;
    if length == NOISE_BYTES { Ok(message) } else { Err(HandshakeRefused) }
}

fn read(state: &mut HandshakeState, message: &[u8; NOISE_BYTES]) -> Result<Tai64n, HandshakeRefused> {
    let mut payload = [0; NOISE_BYTES];
    let length = state.read_message(message, &mut payload)?;
    let mut stamp = Tai64n([0; TAI64N_BYTES]);
    if length != TAI64N_BYTES {
        return Err(HandshakeRefused);
    }
    stamp.0.copy_from_slice(&payload[..TAI64N_BYTES]);
    Ok(stamp)
}

fn keys(state: &mut HandshakeState) -> Result<SessionKeys, HandshakeRefused> {
    let hash = state.get_handshake_hash().try_into().map_err(|_| HandshakeRefused)?;
    let (mut first, mut second) = state.dangerously_get_raw_split();
    let keys = SessionKeys::schedule(&hash, &first, &second);
    first.zeroize();
    second.zeroize();
    Ok(keys)
}

/// The default resolver with the caller's bytes as its only chance.
struct Entropy(Mutex<Once>);

/// 32 bytes that are given once.
struct Once(Option<[u8; 32]>);

impl Random for Once {
    fn try_fill_bytes(&mut self, wanted: &mut [u8]) -> Result<(), snow::Error> {
        match self.0.take() {
            Some(mut bytes) if bytes.len() == wanted.len() => {
                wanted.copy_from_slice(&bytes);
                bytes.zeroize();
                Ok(())
            }
            _ => Err(snow::Error::Rng),
        }
    }
}

impl CryptoResolver for Entropy {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).0.take();
        Some(Box::new(Once(bytes)))
    }

    fn resolve_dh(&self, choice: &DHChoice) -> Option<Box<dyn Dh>> {
        DefaultResolver.resolve_dh(choice)
    }

    fn resolve_hash(&self, choice: &HashChoice) -> Option<Box<dyn Hash>> {
        DefaultResolver.resolve_hash(choice)
    }

    fn resolve_cipher(&self, choice: &CipherChoice) -> Option<Box<dyn Cipher>> {
        DefaultResolver.resolve_cipher(choice)
    }
}
