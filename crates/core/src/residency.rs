//! How well the key that answers is tied to a chip.

use core::fmt;

/// Where the timed key lives, from an ordinary process to the accelerator itself. What is located is the holder
/// of that key; without this the verdict would claim too much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Residency {
    /// An ordinary process: whoever has the key. For development; verdicts are UNATTESTED.
    #[default]
    R0,
    /// A process on a measured operating system (TPM quote).
    R1,
    /// The memory of a confidential virtual machine.
    R2,
    /// A confidential virtual machine that holds the accelerator.
    R3,
    /// The accelerator itself.
    R4,
}

impl Residency {
    /// Its name in tables, files and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::R0 => "R0",
            Self::R1 => "R1",
            Self::R2 => "R2",
            Self::R3 => "R3",
            Self::R4 => "R4",
        }
    }

    /// The residency of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::R0, Self::R1, Self::R2, Self::R3, Self::R4]
            .into_iter()
            .find(|residency| residency.name() == name)
    }

    /// Whether hardware vouches for the key at all.
    #[must_use]
    pub const fn is_attested(self) -> bool {
        !matches!(self, Self::R0)
    }
}

impl fmt::Display for Residency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
