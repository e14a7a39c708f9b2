//! A datagram to send, without a heap.

use std::fmt;
use std::ops::Deref;

use crate::control::HELLO_BYTES;

/// Up to 192 bytes, the longest that either end ever sends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Datagram {
    bytes: [u8; HELLO_BYTES],
    length: u8,
}

impl<const N: usize> From<[u8; N]> for Datagram {
    fn from(from: [u8; N]) -> Self {
        const { assert!(N <= HELLO_BYTES) };
        let mut bytes = [0; HELLO_BYTES];
        bytes[..N].copy_from_slice(&from);
        Self { bytes, length: N as u8 }
    }
}

impl Deref for Datagram {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl fmt::Debug for Datagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Datagram({} bytes)", self.length)
    }
}
