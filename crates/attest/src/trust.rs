//! Trustworthiness in the words of AR4SI (draft-ietf-rats-ar4si): what relying parties of other systems read.

use serde::de::Error as _;
use serde::{Deserialize, Serialize};

/// How far one aspect can be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Nothing is claimed.
    #[default]
    None,
    /// Good.
    Affirming,
    /// Not as it should be.
    Warning,
    /// Known to be bad.
    Contraindicated,
}

impl Tier {
    /// All of them, the best first.
    pub const ALL: [Self; 4] = [Self::None, Self::Affirming, Self::Warning, Self::Contraindicated];

    /// Its number: 0, 2, 32 or 96.
    #[must_use]
    pub const fn value(self) -> i8 {
        match self {
            Self::None => 0,
            Self::Affirming => 2,
            Self::Warning => 32,
            Self::Contraindicated => 96,
        }
    }

    /// Its name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Affirming => "affirming",
            Self::Warning => "warning",
            Self::Contraindicated => "contraindicated",
        }
    }

    /// The tier of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }
}

impl Serialize for Tier {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i8(self.value())
    }
}

impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = i8::deserialize(deserializer)?;
        let known = Self::ALL.into_iter().find(|tier| tier.value() == value);
        known.ok_or_else(|| D::Error::custom("no tier of AR4SI: 0, 2, 32 or 96"))
    }
}

/// All aspects of one device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TrustVector {
    /// The identity is a known one.
    pub instance_identity: Tier,
    /// Debugging is off, secure boot is on.
    pub configuration: Tier,
    /// The code is known.
    pub executables: Tier,
    /// Files are known.
    pub file_system: Tier,
    /// The hardware is genuine.
    pub hardware: Tier,
    /// Memory is closed to the host.
    pub runtime_opaque: Tier,
    /// Keys are closed to the host.
    pub storage_opaque: Tier,
    /// Data from elsewhere, such as health as the host asserts it.
    pub sourced_data: Tier,
}

impl TrustVector {
    /// The worst of all aspects; none where nothing is claimed.
    #[must_use]
    pub fn status(&self) -> Tier {
        let all = [
            self.instance_identity,
            self.configuration,
            self.executables,
            self.file_system,
            self.hardware,
            self.runtime_opaque,
            self.storage_opaque,
            self.sourced_data,
        ];
        all.into_iter().max().unwrap_or_default()
    }
}
