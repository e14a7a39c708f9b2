//! The four control datagrams, told apart by length: HELLO 192, RETRY 48, WELCOME 96, KEEP 64.
//!
//! Integers are big-endian. Unused bytes are zero when sent and ignored when read.

use lightcone_responder::SessionId;
use lightcone_responder::keys::StampKey;
use thiserror::Error;

/// Length of a HELLO: long, so that every answer to it is shorter.
pub const HELLO_BYTES: usize = 192;
/// Length of a RETRY, a quarter of the HELLO that asked for it.
pub const RETRY_BYTES: usize = 48;
/// Length of a WELCOME, half of the HELLO that asked for it.
pub const WELCOME_BYTES: usize = 96;
/// Length of a KEEP.
pub const KEEP_BYTES: usize = 64;
/// Length of each of the two Noise messages.
pub const NOISE_BYTES: usize = 60;

const MAGIC: [u8; 4] = *b"LCH1";
const VERSION: u8 = 1;
const KEEP_SIGNED: usize = 48;

/// Proof that its bearer receives datagrams at the address that it was made for. Zero: none yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cookie(pub [u8; 16]);

impl Cookie {
    /// What a HELLO carries before the landmark gave a cookie.
    pub const NONE: Self = Self([0; 16]);
}

/// Agent to landmark: the first Noise message, and the cookie once there is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hello {
    /// The session as the verifier assigned it.
    pub session: SessionId,
    /// [`Cookie::NONE`], or what a RETRY brought.
    pub cookie: Cookie,
    /// Noise message 1.
    pub noise: [u8; NOISE_BYTES],
}

/// Landmark to agent: come again with this cookie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retry {
    /// The session of the HELLO or KEEP that is answered.
    pub session: SessionId,
    /// Bound to the address it is sent to.
    pub cookie: Cookie,
}

/// Landmark to agent: the second Noise message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Welcome {
    /// The session of the HELLO that is answered.
    pub session: SessionId,
    /// Noise message 2.
    pub noise: [u8; NOISE_BYTES],
}

/// Agent to landmark: still here. Holds NAT mappings open, and tells of a new address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keep {
    /// The session.
    pub session: SessionId,
    /// Higher than in any KEEP before it.
    pub counter: u64,
    signed: [u8; KEEP_SIGNED],
    tag: [u8; 16],
}

/// A control datagram as it was read. A KEEP is not yet verified: see [`Keep::is_sealed_by`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Control {
    /// 192 bytes.
    Hello(Hello),
    /// 48 bytes.
    Retry(Retry),
    /// 96 bytes.
    Welcome(Welcome),
    /// 64 bytes.
    Keep(Keep),
}

/// Why bytes are no control datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Unreadable {
    /// None of the four lengths.
    #[error("control datagram of {0} bytes, not 192, 48, 96 or 64")]
    Length(usize),
    /// The first four bytes are not `LCH1`.
    #[error("control datagram does not begin with `LCH1`")]
    Magic,
    /// A version other than 1.
    #[error("control datagram of version {0}, not 1")]
    Version(u8),
    /// A type that does not go with the length.
    #[error("control datagram of type {found}, its length says {expected}")]
    Type {
        /// What byte 5 says.
        found: u8,
        /// What the length says.
        expected: u8,
    },
}

impl Control {
    /// Reads a datagram. Total on any bytes.
    ///
    /// # Errors
    /// [`Unreadable`] says which of length, magic, version and type does not fit.
    pub fn parse(datagram: &[u8]) -> Result<Self, Unreadable> {
        let expected = match datagram.len() {
            HELLO_BYTES => 1,
            RETRY_BYTES => 2,
            WELCOME_BYTES => 3,
            KEEP_BYTES => 4,
            other => return Err(Unreadable::Length(other)),
        };
        if datagram[..4] != MAGIC {
            return Err(Unreadable::Magic);
        }
        if datagram[4] != VERSION {
            return Err(Unreadable::Version(datagram[4]));
        }
        if datagram[5] != expected {
            return Err(Unreadable::Type { found: datagram[5], expected });
        }
        Ok(Self::of(expected, datagram))
    }

    /// Which session a datagram speaks of.
    #[must_use]
    pub fn session(&self) -> SessionId {
        match self {
            Self::Hello(hello) => hello.session,
            Self::Retry(retry) => retry.session,
            Self::Welcome(welcome) => welcome.session,
            Self::Keep(keep) => keep.session,
        }
    }

    fn of(kind: u8, datagram: &[u8]) -> Self {
        let session = SessionId(field(datagram, 8));
        match kind {
            1 => {
                let cookie = Cookie(field(datagram, 16));
                Self::Hello(Hello { session, cookie, noise: field(datagram, 32) })
            }
            2 => Self::Retry(Retry { session, cookie: Cookie(field(datagram, 16)) }),
            3 => Self::Welcome(Welcome { session, noise: field(datagram, 16) }),
            _ => Self::Keep(Keep {
                session,
                counter: u64::from_be_bytes(field(datagram, 16)),
                signed: field(datagram, 0),
                tag: field(datagram, KEEP_SIGNED),
            }),
        }
    }
}

impl Hello {
    /// The bytes to send.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HELLO_BYTES] {
        let mut bytes = headed(1, self.session);
        bytes[16..32].copy_from_slice(&self.cookie.0);
        bytes[32..92].copy_from_slice(&self.noise);
        bytes
    }
}

impl Retry {
    /// The bytes to send.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; RETRY_BYTES] {
        let mut bytes = headed(2, self.session);
        bytes[16..32].copy_from_slice(&self.cookie.0);
        bytes
    }
}

impl Welcome {
    /// The bytes to send.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; WELCOME_BYTES] {
        let mut bytes = headed(3, self.session);
        bytes[16..76].copy_from_slice(&self.noise);
        bytes
    }
}

impl Keep {
    /// A KEEP sealed with the session's stamp key.
    #[must_use]
    pub fn seal(session: SessionId, counter: u64, key: &StampKey) -> Self {
        let mut signed: [u8; KEEP_SIGNED] = headed(4, session);
        signed[16..24].copy_from_slice(&counter.to_be_bytes());
        Self { session, counter, signed, tag: key.tag(&[&signed]) }
    }

    /// Whether it was sealed with `key`; compared in constant time.
    #[must_use]
    pub fn is_sealed_by(&self, key: &StampKey) -> bool {
        key.verifies(&[&self.signed], &self.tag)
    }

    /// The bytes to send.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; KEEP_BYTES] {
        let mut bytes = [0; KEEP_BYTES];
        bytes[..KEEP_SIGNED].copy_from_slice(&self.signed);
        bytes[KEEP_SIGNED..].copy_from_slice(&self.tag);
        bytes
    }
}

fn headed<const N: usize>(kind: u8, session: SessionId) -> [u8; N] {
    let mut bytes = [0; N];
    bytes[..4].copy_from_slice(&MAGIC);
    bytes[4] = VERSION;
    bytes[5] = kind;
    bytes[8..16].copy_from_slice(&session.0);
    bytes
}

/// `N` bytes from `at`; the length was checked before.
fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut field = [0; N];
    field.copy_from_slice(&bytes[at..at + N]);
    field
}
