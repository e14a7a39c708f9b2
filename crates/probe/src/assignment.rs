//! What the service tells a landmark before a session: whom to challenge, when and how often. A landmark without
//! one for a session is silent.

use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::bytes::{Malformed, Reader};
use crate::ids::{self, Binding, LandmarkId, SessionId, Signature};
use crate::plan::{NotOrdered, Window};

/// How an assignment begins; the signature covers it.
pub const LABEL: &[u8; 24] = b"lightcone/assignment/v1\0";
/// Bytes of an assignment.
pub const BYTES: usize = 134;

/// A session as one of its landmarks is told of it; what the landmark's report is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The session.
    pub session: SessionId,
    /// Who is to measure.
    pub landmark: LandmarkId,
    /// What ties the agent's keys to their evidence.
    pub binding: Binding,
    /// The agent's X25519 key.
    pub agent_x25519: [u8; 32],
    /// Which of the landmark's positions the service will reckon with.
    pub position_version: u32,
    /// When, and how much.
    pub window: Window,
}

impl Assignment {
    /// The bytes that are sent and signed.
    #[must_use]
    pub fn signing_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(BYTES);
        out.extend_from_slice(LABEL);
        out.extend_from_slice(&self.session.0);
        out.extend_from_slice(&self.landmark.0);
        out.extend_from_slice(&self.binding.0);
        out.extend_from_slice(&self.agent_x25519);
        out.extend_from_slice(&self.position_version.to_be_bytes());
        self.window.write(&mut out);
        out
    }

    /// Reads what [`Self::signing_bytes`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`Malformed`] on any other bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::open(bytes, LABEL, "assignment")?;
        let assignment = Self {
            session: SessionId(reader.array("session")?),
            landmark: LandmarkId(reader.array("landmark")?),
            binding: Binding(reader.array("binding")?),
            agent_x25519: reader.array("agent_x25519")?,
            position_version: reader.u32("position_version")?,
            window: Window::read(&mut reader)?,
        };
        reader.end()?;
        Ok(assignment)
    }

    /// Signs the assignment with the service's key.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> (Vec<u8>, Signature) {
        let body = self.signing_bytes();
        let signature = ids::sign(&body, key);
        (body, signature)
    }

    /// Reads an assignment that the service signed.
    ///
    /// # Errors
    /// [`NotOrdered`] when it is malformed or not signed by that key.
    pub fn open(bytes: &[u8], signature: &Signature, service: &VerifyingKey) -> Result<Self, NotOrdered> {
        if !ids::is_signed(bytes, signature, service) {
            return Err(NotOrdered::Signature);
        }
        Ok(Self::read(bytes)?)
    }
}
