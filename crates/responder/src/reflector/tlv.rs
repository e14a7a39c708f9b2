//! TLVs as a reflector treats them (RFC 8972 section 4): flags are set, nothing else changes but the tag.

use core::ops::Range;

use crate::StampKey;
use crate::bytes::{put, u16_at};
use crate::keys::TAG_BYTES;

/// Flags, type and length.
const HEADER_BYTES: usize = 4;
const EXTRA_PADDING: u8 = 1;
const HMAC: u8 = 8;

/// Not understood.
const UNRECOGNIZED: u8 = 0x80;
/// Longer than the packet, or of a length that its type cannot have.
const MALFORMED: u8 = 0x40;
/// Its tag is wrong or missing.
const INTEGRITY: u8 = 0x20;

/// Sets the flags of TLVs without a key: a tag cannot be checked then, so that it is not understood.
pub(super) fn reflect(tlvs: &mut [u8]) {
    flag(tlvs, 0, |kind| kind == EXTRA_PADDING);
}

/// Sets the flags of TLVs and renews their tag, if it was good.
pub(super) fn reflect_authenticated(sequence: [u8; 4], tlvs: &mut [u8], key: &StampKey) {
    let good = integrity(sequence, tlvs, key);
    let failed = if good.is_some() { 0 } else { INTEGRITY };
    flag(tlvs, failed, |kind| kind == EXTRA_PADDING || kind == HMAC);
    if let Some(Some(tag)) = good {
        let renewed = key.tag(&[&sequence, &tlvs[..tag.start - HEADER_BYTES]]);
        put(tlvs, tag.start, renewed);
    }
}

/// The place of the good tag; no place where none is needed, since there is nothing but padding; nothing where the
/// tag is wrong, missing, or followed by more than padding.
fn integrity(sequence: [u8; 4], tlvs: &[u8], key: &StampKey) -> Option<Option<Range<usize>>> {
    let mut tag = None;
    for tlv in walk(tlvs) {
        match (tlv.kind, &tag) {
            (EXTRA_PADDING, _) => {}
            (HMAC, None) if !tlv.malformed => tag = Some(tlv.value),
            (_, None) if tlv.kind != HMAC => {}
            _ => return None,
        }
    }
    let Some(tag) = tag else {
        return walk(tlvs).all(|tlv| tlv.kind == EXTRA_PADDING).then_some(None);
    };
    let covered = &tlvs[..tag.start - HEADER_BYTES];
    key.verifies(&[&sequence, covered], &tlvs[tag.clone()]).then_some(Some(tag))
}

/// Writes the flags of each TLV.
fn flag(tlvs: &mut [u8], all: u8, understood: impl Fn(u8) -> bool) {
    let mut at = 0;
    while let Some(tlv) = tlv_at(tlvs, at) {
        let unrecognized = if understood(tlv.kind) { 0 } else { UNRECOGNIZED };
        let malformed = if tlv.malformed { MALFORMED } else { 0 };
        tlvs[at] = all | unrecognized | malformed;
        at = tlv.value.end;
    }
}

struct Tlv {
    kind: u8,
    value: Range<usize>,
    malformed: bool,
}

/// The TLV whose header is at `at`; one that says it is longer than the packet ends with it.
fn tlv_at(tlvs: &[u8], at: usize) -> Option<Tlv> {
    let begin = at + HEADER_BYTES;
    if tlvs.len() < begin {
        return None; // fewer bytes than a header: copied, and that is all
    }
    let kind = tlvs[at + 1];
    let length = usize::from(u16_at(tlvs, at + 2));
    let end = (begin + length).min(tlvs.len());
    let malformed = end - begin < length || (kind == HMAC && length != TAG_BYTES);
    Some(Tlv { kind, value: begin..end, malformed })
}

fn walk(tlvs: &[u8]) -> impl Iterator<Item = Tlv> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let tlv = tlv_at(tlvs, at)?;
        at = tlv.value.end;
        Some(tlv)
    })
}
