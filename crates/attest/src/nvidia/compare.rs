//! A device's measurements against those that its maker published.

use super::opaque::{Field, Opaque};
use super::report::Report;
use crate::references::{Firmware, FirmwarePart};

/// What is measured of the video decoder: it counts only where the decoder is not off.
const NVDEC0_INDEX: u8 = 35;

/// How one part of a device's firmware compares with a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    /// Values that are as published.
    pub(super) same: usize,
    /// Indices, as the maker counts, of those that are not.
    pub(super) differing: Vec<u8>,
}

impl Comparison {
    /// How many of how many, for people.
    pub(super) fn told(&self) -> String {
        let of = format!("{} of {}", self.same, self.same + self.differing.len());
        match self.differing.as_slice() {
            [] => of,
            differing => format!("{of}; differing: {}", list(differing)),
        }
    }
}

fn list(indices: &[u8]) -> String {
    indices.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

/// The version of a part that a report names.
pub(super) fn version(opaque: &Opaque<'_>, part: FirmwarePart) -> Option<String> {
    match part {
        FirmwarePart::Driver => opaque.text(Field::Driver),
        FirmwarePart::Vbios => opaque.vbios(),
    }
}

/// Holds a report against what was published of this die and version; none where nothing is known. Where several
/// manifests are of that version, the nearest counts: each is the maker's.
pub(super) fn compare<'f>(
    report: &Report<'_>,
    die: &str,
    version: &str,
    known: impl Iterator<Item = &'f Firmware>,
) -> Option<Comparison> {
    let is_of = |firmware: &&Firmware| {
        firmware.version.eq_ignore_ascii_case(version) && firmware.model.as_ref().is_none_or(|of| of == die)
    };
    let all = known.filter(is_of).map(|firmware| with(report, firmware));
    let told = all.filter(|comparison| comparison.same + comparison.differing.len() > 0);
    told.min_by_key(|comparison| comparison.differing.len())
}

fn with(report: &Report<'_>, firmware: &Firmware) -> Comparison {
    let skips_decoder = report.opaque.is_on(Field::Nvdec0) == Some(false);
    let mut comparison = Comparison { same: 0, differing: Vec::new() };
    for (index, good) in &firmware.measurements {
        if *index == NVDEC0_INDEX && skips_decoder {
            continue;
        }
        // The maker counts from 0, the device from 1.
        let measured = index.checked_add(1).and_then(|block| report.blocks.get(&block)).map(hex::encode);
        if measured.is_some_and(|measured| good.contains(&measured)) {
            comparison.same += 1;
        } else {
            comparison.differing.push(*index);
        }
    }
    comparison
}
