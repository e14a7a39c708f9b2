//! Bytes as people read them.

use core::fmt;

/// Two lower-case digits a byte.
pub(crate) fn write(formatter: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
}

/// `Name(0123…)`.
pub(crate) fn tuple(formatter: &mut fmt::Formatter<'_>, name: &str, bytes: &[u8]) -> fmt::Result {
    write!(formatter, "{name}(")?;
    write(formatter, bytes)?;
    formatter.write_str(")")
}
