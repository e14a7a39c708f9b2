//! What a device says of itself beside its measurements: fields of type, length and value, all signed. NVIDIA names
//! the types in the sources of its attestation SDK; those that are not known are left alone.

use std::collections::{BTreeMap, BTreeSet};

use super::Pdi;
use super::reader::Reader;
use crate::rejection::Rejection;

/// A status that is on.
const ON: &[u8] = &[0xAA];
/// A status that is off.
const OFF: &[u8] = &[0x55];
/// What a GPU names where a link leads nowhere.
const NO_SWITCH: Pdi = [0; 8];

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Field {
    Driver = 3,
    Vbios = 6,
    Nvdec0 = 11,
    BoardId = 14,
    ChipSku = 15,
    ChipSkuMod = 16,
    Project = 17,
    ProjectSku = 18,
    ProjectSkuMod = 19,
    Fwid = 20,
    ProtectedPcie = 21,
    SwitchPdis = 22,
    FeatureFlag = 36,
}

/// The fields of one report.
#[derive(Debug)]
pub(super) struct Opaque<'a> {
    fields: BTreeMap<u16, &'a [u8]>,
}

impl<'a> Opaque<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let mut reader = Reader::new(bytes);
        let mut fields = BTreeMap::new();
        while !reader.is_empty() {
            let kind = reader.u16("the type of a field")?;
            let length = reader.u16("the length of a field")?;
            if fields.insert(kind, reader.take(length.into(), "a field")?).is_some() {
                return Err(Rejection::format(format!("field {kind} is there twice")));
            }
        }
        Ok(Self { fields })
    }

    /// The bytes of a field.
    pub(super) fn bytes(&self, field: Field) -> Option<&'a [u8]> {
        self.fields.get(&(field as u16)).copied()
    }

    /// A field that is a text, filled up with zeros; none where it is empty or cannot be printed.
    pub(super) fn text(&self, field: Field) -> Option<String> {
        let bytes = self.bytes(field)?;
        let end = bytes.iter().rposition(|byte| *byte != 0)? + 1;
        let text = std::str::from_utf8(bytes.get(..end)?).ok()?;
        text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()).then(|| text.to_owned())
    }

    /// A field that is a whole number of up to eight bytes, little-endian.
    pub(super) fn number(&self, field: Field) -> Option<u64> {
        let bytes = self.bytes(field)?;
        let mut all = [0; 8];
        all.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(u64::from_le_bytes(all))
    }

    /// A field that says on or off; none where it says something else.
    pub(super) fn is_on(&self, field: Field) -> Option<bool> {
        match self.bytes(field)? {
            ON => Some(true),
            OFF => Some(false),
            _ => None,
        }
    }

    /// The version of the firmware in flash, as NVIDIA writes it: five pairs of digits. Switches say it as text; GPUs as
    /// a number whose low half is the version and whose next byte is its edition.
    pub(super) fn vbios(&self) -> Option<String> {
        self.text(Field::Vbios).or_else(|| {
            let [a, b, c, d, edition, ..] = self.number(Field::Vbios)?.to_le_bytes();
            Some(format!("{d:02X}.{c:02X}.{b:02X}.{a:02X}.{edition:02X}"))
        })
    }

    /// The switches that a GPU is wired to, or a switch itself; empty where the field is missing or of another size.
    pub(super) fn pdis(&self) -> BTreeSet<Pdi> {
        let (pdis, rest) = self.bytes(Field::SwitchPdis).unwrap_or_default().as_chunks();
        let all = pdis.iter().copied().filter(|pdi| *pdi != NO_SWITCH);
        if rest.is_empty() { all.collect() } else { BTreeSet::new() }
    }
}
