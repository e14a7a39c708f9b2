//! What an agent answered, signed with its session's key when the session ends. It reveals the reply keys, so that
//! a verifier can recompute every proof; after that they are good for nothing.

use std::fmt;

use ed25519_dalek::{SigningKey, VerifyingKey};
pub use lightcone_responder::Sequences;
use sha2::{Digest, Sha256};

use crate::bytes::{Malformed, Reader};
use crate::ids::{self, Binding, LandmarkId, Nonce, SessionId, Signature};

/// The most landmarks of one session.
pub const LANDMARKS_MAX: usize = 64;
/// How a transcript begins; the signature covers it.
pub const LABEL: &[u8; 24] = b"lightcone/transcript/v1\0";
/// Bytes before the first landmark.
pub const HEAD_BYTES: usize = 66;
/// Bytes of one landmark.
pub const ENTRY_BYTES: usize = 146;

/// One session, as the agent saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// The session.
    pub session: SessionId,
    /// What ties the session's keys to their evidence.
    pub binding: Binding,
    /// The landmarks with whom a handshake was made, by rising id, at most [`LANDMARKS_MAX`].
    pub landmarks: Vec<TranscriptEntry>,
}

/// What was answered to one landmark.
#[derive(Clone, PartialEq, Eq)]
pub struct TranscriptEntry {
    /// The landmark.
    pub landmark: LandmarkId,
    /// K_p, revealed.
    pub proof_key: [u8; 32],
    /// K_s.
    pub stamp_key: [u8; 32],
    /// How many challenges were answered, repeats counted once: the number of bits in `answered`.
    pub count: u16,
    /// Which sequences were answered: sequence `s` is bit `s % 8`, counted from the least significant, of byte `s / 8`.
    pub answered: Sequences,
    /// [`digest`] of what was answered.
    pub digest: [u8; 32],
}

/// SHA-256 over sequence (u32) and nonce (16 bytes) of each answered challenge, by rising sequence: a network that
/// turns challenges around cannot make an honest landmark look like a liar.
#[must_use]
pub fn digest(answered: impl IntoIterator<Item = (u16, Nonce)>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (sequence, nonce) in answered {
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&u32::from(sequence).to_be_bytes());
        bytes[4..].copy_from_slice(&nonce.0);
        hash.update(bytes);
    }
    hash.finalize().into()
}

impl Transcript {
    /// The bytes that are stored, sent and signed.
    #[must_use]
    pub fn signing_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD_BYTES + self.landmarks.len() * ENTRY_BYTES);
        out.extend_from_slice(LABEL);
        out.extend_from_slice(&self.session.0);
        out.extend_from_slice(&self.binding.0);
        out.extend_from_slice(&(self.landmarks.len() as u16).to_be_bytes());
        for entry in &self.landmarks {
            out.extend_from_slice(&entry.landmark.0);
            out.extend_from_slice(&entry.proof_key);
            out.extend_from_slice(&entry.stamp_key);
            out.extend_from_slice(&entry.count.to_be_bytes());
            out.extend_from_slice(&entry.answered.0);
            out.extend_from_slice(&entry.digest);
        }
        out
    }

    /// Reads what [`Self::signing_bytes`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`Malformed`] on any other bytes: landmarks out of order or there twice, a count that is not that of the
    /// bits, a byte too many.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::open(bytes, LABEL, "transcript")?;
        let session = SessionId(reader.array("session")?);
        let binding = Binding(reader.array("binding")?);
        let count = reader.count("landmarks", LANDMARKS_MAX, "a session has at most 64 landmarks")?;
        let mut landmarks: Vec<TranscriptEntry> =
            Vec::with_capacity(count.min(reader.rest().len() / ENTRY_BYTES));
        for index in 0..count {
            let entry = TranscriptEntry::read(&mut reader)?;
            if landmarks.last().is_some_and(|last| last.landmark >= entry.landmark) {
                return Err(Malformed::Order { field: "landmarks", index });
            }
            landmarks.push(entry);
        }
        reader.end()?;
        Ok(Self { session, binding, landmarks })
    }

    /// Signs the transcript with the session's Ed25519 key.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> (Vec<u8>, Signature) {
        let body = self.signing_bytes();
        let signature = ids::sign(&body, key);
        (body, signature)
    }

    /// Reads a transcript that the session's key signed, for this session and these keys.
    ///
    /// # Errors
    /// [`Disowned`] when it is malformed, not signed by that key, or about another session.
    pub fn open(
        bytes: &[u8],
        signature: &Signature,
        key: &VerifyingKey,
        session: SessionId,
        binding: Binding,
    ) -> Result<Self, Disowned> {
        let transcript = Self::read(bytes)?;
        if transcript.session != session || transcript.binding != binding {
            return Err(Disowned::Session);
        }
        if !ids::is_signed(bytes, signature, key) {
            return Err(Disowned::Signature);
        }
        Ok(transcript)
    }

    /// What was answered to a landmark.
    #[must_use]
    pub fn entry(&self, landmark: LandmarkId) -> Option<&TranscriptEntry> {
        let found = self.landmarks.binary_search_by(|entry| entry.landmark.cmp(&landmark));
        found.ok().and_then(|index| self.landmarks.get(index))
    }
}

/// A transcript that is not the one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disowned {
    /// Not a transcript.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Another session, or other keys.
    #[error("the transcript is about another session or other keys")]
    Session,
    /// Not signed by the session's key.
    #[error("the transcript is not signed by the session's key")]
    Signature,
}

impl TranscriptEntry {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let entry = Self {
            landmark: LandmarkId(reader.array("landmark")?),
            proof_key: reader.array("proof_key")?,
            stamp_key: reader.array("stamp_key")?,
            count: reader.u16("count")?,
            answered: Sequences(reader.array("answered")?),
            digest: reader.array("digest")?,
        };
        if u32::from(entry.count) != entry.answered.count() {
            let remedy = "it is the number of bits in `answered`";
            return Err(Malformed::Value { field: "count", value: entry.count.into(), remedy });
        }
        Ok(entry)
    }
}

impl fmt::Debug for TranscriptEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TranscriptEntry")
            .field("landmark", &self.landmark)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}
