//! Bytes read from the front, never past their end.

use crate::rejection::Rejection;

/// What is left of some bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `count` bytes; `what` names them where they are missing.
    pub(super) fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8], Rejection> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            let left = self.rest.len();
            return Err(Rejection::format(format!("{what} has {count} bytes, and {left} are left")));
        };
        self.rest = rest;
        Ok(taken)
    }

    /// The next `SIZE` bytes.
    pub(super) fn array<const SIZE: usize>(&mut self, what: &str) -> Result<[u8; SIZE], Rejection> {
        let mut array = [0; SIZE];
        array.copy_from_slice(self.take(SIZE, what)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self, what: &str) -> Result<u8, Rejection> {
        Ok(u8::from_le_bytes(self.array(what)?))
    }

    pub(super) fn u16(&mut self, what: &str) -> Result<u16, Rejection> {
        Ok(u16::from_le_bytes(self.array(what)?))
    }

    /// A number of three bytes.
    pub(super) fn u24(&mut self, what: &str) -> Result<usize, Rejection> {
        let [low, middle, high] = self.array(what)?;
        Ok(usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16)
    }

    /// Refuses whatever is left.
    pub(super) fn end(&self, what: &str) -> Result<(), Rejection> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(Rejection::format(format!("{left} bytes too many behind {what}"))),
        }
    }
}
