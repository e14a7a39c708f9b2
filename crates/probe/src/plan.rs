//! What the service tells an agent before a session: which landmarks will challenge it, when and from where.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::bytes::{Malformed, Reader};
use crate::ids::{self, Binding, LandmarkId, SessionId, Signature};
use crate::report::CHALLENGES_MAX;
use crate::transcript::LANDMARKS_MAX;

/// How a plan begins; the signature covers it.
pub const LABEL: &[u8; 18] = b"lightcone/plan/v1\0";
/// Bytes before the first landmark.
pub const HEAD_BYTES: usize = 78;
/// Bytes of one landmark.
pub const LANDMARK_BYTES: usize = 72;
/// The longest a session may be open, in nanoseconds.
pub const WINDOW_NS_MAX: i64 = 600_000_000_000;

/// A session as its agent is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The session.
    pub session: SessionId,
    /// What ties the agent's keys to their evidence.
    pub binding: Binding,
    /// When, and how much.
    pub window: Window,
    /// Who will challenge, by rising id, at most [`LANDMARKS_MAX`].
    pub landmarks: Vec<PlannedLandmark>,
}

/// When a session is open, and how many challenges it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The most challenges of one landmark, 1 to [`CHALLENGES_MAX`].
    pub probes: u16,
    /// Not before this, in nanoseconds since 1970.
    pub not_before_ns: i64,
    /// Not after this, in nanoseconds since 1970; later than `not_before_ns` by at most [`WINDOW_NS_MAX`].
    pub not_after_ns: i64,
}

/// A landmark of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedLandmark {
    /// Its name, which [`LandmarkId::of`] makes of its key.
    pub id: LandmarkId,
    /// Its X25519 key.
    pub x25519: [u8; 32],
    /// Where it listens on IPv4.
    pub v4: Option<SocketAddrV4>,
    /// Where it listens on IPv6.
    pub v6: Option<SocketAddrV6>,
}

/// A plan or assignment that the service did not give, or not like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOrdered {
    /// Not one.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Not signed by the service.
    #[error("the document is not signed by the service's key")]
    Signature,
}

impl Plan {
    /// The bytes that are sent and signed.
    #[must_use]
    pub fn signing_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD_BYTES + self.landmarks.len() * LANDMARK_BYTES);
        out.extend_from_slice(LABEL);
        out.extend_from_slice(&self.session.0);
        out.extend_from_slice(&self.binding.0);
        self.window.write(&mut out);
        out.extend_from_slice(&(self.landmarks.len() as u16).to_be_bytes());
        for landmark in &self.landmarks {
            landmark.write(&mut out);
        }
        out
    }

    /// Reads what [`Self::signing_bytes`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`Malformed`] on any other bytes: landmarks out of order, a name that is not its key's, no address, a window
    /// that is empty or too long.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::open(bytes, LABEL, "plan")?;
        let session = SessionId(reader.array("session")?);
        let binding = Binding(reader.array("binding")?);
        let window = Window::read(&mut reader)?;
        let count = reader.count("landmarks", LANDMARKS_MAX, "a session has at most 64 landmarks")?;
        let mut landmarks: Vec<PlannedLandmark> = Vec::new();
        for index in 0..count {
            let landmark = PlannedLandmark::read(&mut reader)?;
            if landmarks.last().is_some_and(|last| last.id >= landmark.id) {
                return Err(Malformed::Order { field: "landmarks", index });
            }
            landmarks.push(landmark);
        }
        reader.end()?;
        Ok(Self { session, binding, window, landmarks })
    }

    /// Signs the plan with the service's key.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> (Vec<u8>, Signature) {
        let body = self.signing_bytes();
        let signature = ids::sign(&body, key);
        (body, signature)
    }

    /// Reads a plan that the service signed.
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

impl Window {
    /// Whether a moment, in nanoseconds since 1970, is in the window.
    #[must_use]
    pub const fn has(&self, at_ns: i64) -> bool {
        self.not_before_ns <= at_ns && at_ns <= self.not_after_ns
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.probes.to_be_bytes());
        out.extend_from_slice(&self.not_before_ns.to_be_bytes());
        out.extend_from_slice(&self.not_after_ns.to_be_bytes());
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let probes = reader.u16("probes")?;
        if probes == 0 || usize::from(probes) > CHALLENGES_MAX {
            let remedy = "it is 1 to 256";
            return Err(Malformed::Value { field: "probes", value: probes.into(), remedy });
        }
        let window = Self {
            probes,
            not_before_ns: reader.i64("not_before_ns")?,
            not_after_ns: reader.i64("not_after_ns")?,
        };
        match window.not_after_ns.checked_sub(window.not_before_ns) {
            Some(1..=WINDOW_NS_MAX) if window.not_before_ns >= 0 => Ok(window),
            _ => {
                let (field, remedy) = ("not_after_ns", "it is later than not_before_ns by at most 600 s");
                Err(Malformed::Value { field, value: window.not_after_ns.cast_unsigned(), remedy })
            }
        }
    }
}

impl PlannedLandmark {
    fn write(&self, out: &mut Vec<u8>) {
        let v4 = self.v4.unwrap_or(NO_V4);
        let v6 = self.v6.unwrap_or(NO_V6);
        out.extend_from_slice(&self.id.0);
        out.extend_from_slice(&self.x25519);
        out.extend_from_slice(&v4.ip().octets());
        out.extend_from_slice(&v4.port().to_be_bytes());
        out.extend_from_slice(&v6.ip().octets());
        out.extend_from_slice(&v6.port().to_be_bytes());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let id = LandmarkId(reader.array("landmark")?);
        let x25519 = reader.array("x25519")?;
        if LandmarkId::of(&x25519) != id {
            let remedy = "a landmark's name is the hash of its key";
            return Err(Malformed::Value { field: "landmark", value: u64::from(id.0[0]), remedy });
        }
        let v4 = SocketAddrV4::new(Ipv4Addr::from(reader.array::<4>("v4")?), reader.u16("v4 port")?);
        let v6 = SocketAddrV6::new(Ipv6Addr::from(reader.array::<16>("v6")?), reader.u16("v6 port")?, 0, 0);
        let is_half = |port: u16, is_none: bool| port == 0 && !is_none;
        if is_half(v4.port(), v4 == NO_V4) || is_half(v6.port(), v6 == NO_V6) || (v4, v6) == (NO_V4, NO_V6) {
            let remedy = "each landmark has an address with a port; an absent one is all zero";
            return Err(Malformed::Value { field: "port", value: 0, remedy });
        }
        Ok(Self { id, x25519, v4: (v4 != NO_V4).then_some(v4), v6: (v6 != NO_V6).then_some(v6) })
    }
}

const NO_V4: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
const NO_V6: SocketAddrV6 = SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0);
