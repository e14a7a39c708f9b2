//! The small words of the protocol: each a fixed number of bytes, shown in hexadecimal.

use core::fmt;

use crate::hex;

/// Names one session, at every landmark that takes part in it; drawn by the service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub [u8; 8]);

/// What makes a challenge fresh: 128 bits that nobody could know before it was sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce(pub [u8; 16]);

/// What only the holder of the session's proof key can make of a challenge: HMAC-SHA-256 over its 168 bytes, cut
/// to 16. Compare with [`proves`](crate::proves), which takes the same time for every answer; `==` does not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proof(pub [u8; 16]);

/// A moment as NTP writes it: 32 bits of seconds since 1900, 32 bits of their fraction (RFC 8762 section 4.2.1).
/// Only ever told, never trusted: no proof rests on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NtpTime(pub u64);

impl fmt::Debug for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::tuple(formatter, "SessionId", &self.0)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(formatter, &self.0)
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::tuple(formatter, "Nonce", &self.0)
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::tuple(formatter, "Proof", &self.0)
    }
}
