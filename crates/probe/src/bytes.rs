//! Reading and writing fixed layouts: big-endian, exact, nothing left over.

/// Bytes that are not the one way to write a document down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Another kind of document, or another version of it.
    #[error("the bytes do not begin with the label of a {document}")]
    Label {
        /// What was expected.
        document: &'static str,
    },
    /// The bytes end too early.
    #[error("the bytes end {missing} before the end of `{field}`")]
    Short {
        /// Where they ended.
        field: &'static str,
        /// How many bytes are missing.
        missing: usize,
    },
    /// Bytes after the end.
    #[error("{count} bytes follow the end of the document")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// A value that the field cannot hold.
    #[error("`{field}` is {value}; {remedy}")]
    Value {
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
        /// What it may be.
        remedy: &'static str,
    },
    /// Entries out of their order, which is the only one allowed.
    #[error("entry {index} of `{field}` is out of order")]
    Order {
        /// The list.
        field: &'static str,
        /// Position in the list.
        index: usize,
    },
}

/// What is left to read.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads past the document's label.
    pub(crate) fn open(bytes: &'a [u8], label: &[u8], document: &'static str) -> Result<Self, Malformed> {
        bytes.strip_prefix(label).map(Reader).ok_or(Malformed::Label { document })
    }

    pub(crate) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Malformed> {
        let missing = N.saturating_sub(self.0.len());
        let (head, rest) = self.0.split_first_chunk().ok_or(Malformed::Short { field, missing })?;
        self.0 = rest;
        Ok(*head)
    }

    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, Malformed> {
        self.array::<1>(field).map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, Malformed> {
        self.array(field).map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, Malformed> {
        self.array(field).map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self, field: &'static str) -> Result<u64, Malformed> {
        self.array(field).map(u64::from_be_bytes)
    }

    pub(crate) fn i64(&mut self, field: &'static str) -> Result<i64, Malformed> {
        self.array(field).map(i64::from_be_bytes)
    }

    /// Two bytes that must be zero.
    pub(crate) fn zero_u16(&mut self, field: &'static str) -> Result<(), Malformed> {
        match self.u16(field)? {
            0 => Ok(()),
            value => Err(Malformed::Value { field, value: value.into(), remedy: "it must be zero" }),
        }
    }

    /// How many entries follow, at most `max`.
    pub(crate) fn count(
        &mut self,
        field: &'static str,
        max: usize,
        remedy: &'static str,
    ) -> Result<usize, Malformed> {
        let value = self.u16(field)?;
        if usize::from(value) > max {
            return Err(Malformed::Value { field, value: value.into(), remedy });
        }
        Ok(value.into())
    }

    /// The bytes not read so far.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Ends the document.
    pub(crate) fn end(self) -> Result<(), Malformed> {
        match self.0.len() {
            0 => Ok(()),
            count => Err(Malformed::Trailing { count }),
        }
    }
}
