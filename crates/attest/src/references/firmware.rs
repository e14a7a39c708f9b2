//! What a maker published of its devices' firmware (a reference integrity manifest).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which part of a device's firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirmwarePart {
    /// What the driver loads.
    Driver,
    /// What is in the device's flash.
    Vbios,
}

/// The measurements of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firmware {
    /// The format whose devices it is of.
    pub kind: String,
    /// Which part.
    pub part: FirmwarePart,
    /// The maker's identifier of the manifest.
    pub id: String,
    /// The version, as the device reports it.
    pub version: String,
    /// The chip that it is of, for example `GH100`; where it is left out, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Index as the maker counts, then the values that are good, lower-case hexadecimal. Where a device measures
    /// something else at one of these, it differs.
    pub measurements: BTreeMap<u8, Vec<String>>,
    /// How the maker's signature was checked before this was signed, for people.
    pub checked_by: String,
}
