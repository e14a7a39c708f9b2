//! Reads the structures of a TPM: big-endian numbers, and buffers that begin with their size in two bytes.

use crate::rejection::Rejection;

/// What is left of some bytes. Total: whatever they are, it gives a value or says what is missing.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    /// All of `bytes`, which errors call `what`.
    pub(super) const fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Rejection> {
        let (head, rest) = self.rest.split_first_chunk().ok_or_else(|| self.ends())?;
        self.rest = rest;
        Ok(*head)
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<u8, Rejection> {
        self.array().map(u8::from_be_bytes)
    }

    /// The next number of two bytes.
    pub(super) fn u16(&mut self) -> Result<u16, Rejection> {
        self.array().map(u16::from_be_bytes)
    }

    /// The next number of four bytes.
    pub(super) fn u32(&mut self) -> Result<u32, Rejection> {
        self.array().map(u32::from_be_bytes)
    }

    /// The next number of eight bytes.
    pub(super) fn u64(&mut self) -> Result<u64, Rejection> {
        self.array().map(u64::from_be_bytes)
    }

    /// The next `size` bytes.
    pub(super) fn bytes(&mut self, size: usize) -> Result<&'a [u8], Rejection> {
        let (head, rest) = self.rest.split_at_checked(size).ok_or_else(|| self.ends())?;
        self.rest = rest;
        Ok(head)
    }

    /// The next buffer: its size, then that many bytes.
    pub(super) fn sized(&mut self) -> Result<&'a [u8], Rejection> {
        let size = self.u16()?;
        self.bytes(usize::from(size))
    }

    /// Says so when bytes are left.
    pub(super) fn end(self) -> Result<(), Rejection> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Rejection::format(format!("`{}` has {} bytes behind its end", self.what, self.rest.len())))
    }

    fn ends(&self) -> Rejection {
        Rejection::format(format!("`{}` ends in the middle of a value", self.what))
    }
}
