//! The digest of the firmware that a device's certificate is for (FWID of TCG's DICE). A layer below measured that
//! firmware before it ran, so that the report's own word can be held against it.

use der::asn1::ObjectIdentifier;
use der::{Decode as _, Header, Reader as _, SliceReader, Tag, TagNumber};

use crate::x509::Certificate;

/// The composite device identity: a version, a key, a FWID. Hopper and LS10 have it.
const COMPOSITE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.5.4.1");
/// DiceTcbInfo, where FWIDs are a list. Blackwell has it.
const TCB_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.5.4.1.1");
/// The list of FWIDs in a DiceTcbInfo.
const FWIDS: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(6) };
/// SHA-384, as it stands in DER without its head: 2.16.840.1.101.3.4.2.2.
const SHA384: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
/// A digest of SHA-384.
const DIGEST_BYTES: usize = 48;

/// The FWID of a certificate; none where it has no such extension or names another hash.
pub(super) fn fwid(leaf: &Certificate) -> Option<&[u8]> {
    match leaf.extension(TCB_INFO) {
        Some(info) => {
            let fwids = elements(sequence(info)?)?.into_iter().find(|(tag, _)| *tag == FWIDS)?.1;
            digest(elements(fwids)?.first()?)
        }
        None => digest(elements(sequence(leaf.extension(COMPOSITE)?)?)?.last()?),
    }
}

/// The digest of one FWID, a sequence of algorithm and digest.
fn digest<'a>((tag, fwid): &(Tag, &'a [u8])) -> Option<&'a [u8]> {
    match elements(fwid)?.as_slice() {
        [(Tag::ObjectIdentifier, algorithm), (Tag::OctetString, digest)]
            if *tag == Tag::Sequence && *algorithm == SHA384 && digest.len() == DIGEST_BYTES =>
        {
            Some(digest)
        }
        _ => None,
    }
}

/// What is in a sequence that is all there is.
fn sequence(der: &[u8]) -> Option<&[u8]> {
    match elements(der)?.as_slice() {
        [(Tag::Sequence, inside)] => Some(inside),
        _ => None,
    }
}

/// The elements of DER, each with its tag, to the last byte.
fn elements(der: &[u8]) -> Option<Vec<(Tag, &[u8])>> {
    let mut reader = SliceReader::new(der).ok()?;
    let mut all = Vec::new();
    while !reader.is_finished() {
        let header = Header::decode(&mut reader).ok()?;
        all.push((header.tag(), reader.read_slice(header.length()).ok()?));
    }
    Some(all)
}
