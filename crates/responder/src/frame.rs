//! What challenge and reply have in common: the places of tags, TLVs, session and sequence.
//!
//! ```text
//!   0 STAMP packet 96 | 96 its tag 16
//! 112 TLV 252: flags 0, type, length 32 | 116 kind 4 | 120 session 8 | 128 number 4 | 132 nonce or proof 16
//! 148 TLV 8: flags 0, type, length 16 | 152 tag 16 over bytes 0..4 and 112..148
//! ```

use crate::bytes::{get, put};
use crate::{PACKET_BYTES, Packet, Refused, SessionId, StampKey};

pub(crate) const SEQUENCE: usize = 0;
/// Index of a challenge, flags of a reply.
pub(crate) const NUMBER: usize = 128;
/// Nonce of a challenge, proof of a reply.
pub(crate) const LAST: usize = 132;
/// Bytes of the STAMP packet that its tag covers.
pub(crate) const STAMP_BYTES: usize = 96;
/// Where the TLVs begin.
pub(crate) const TLVS: usize = 112;

const KIND: usize = 116;
const SESSION: usize = 120;
const HMAC_TLV: usize = 148;
const TLV_TAG: usize = 152;
/// Flags 0, type 252 (private use), length 32.
const PRIVATE_HEADER: [u8; 4] = [0, 252, 0, 32];
/// Flags 0, type 8 (HMAC), length 16. No tag covers it, so that it is compared byte for byte.
const HMAC_HEADER: [u8; 4] = [0, 8, 0, 16];

/// Which of the two packets.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Challenge,
    Reply,
}

impl Kind {
    const fn magic(self) -> [u8; 4] {
        match self {
            Self::Challenge => *b"LCC1",
            Self::Reply => *b"LCR1",
        }
    }
}

/// The session that a datagram of the right length says it is of, to find its keys by; nothing is checked yet.
#[must_use]
pub fn session_of(datagram: &[u8]) -> Option<SessionId> {
    (datagram.len() == PACKET_BYTES).then(|| SessionId(get(datagram, SESSION)))
}

/// A packet with everything in its place that is the same in all of its kind; the rest is zero.
pub(crate) fn blank(kind: Kind, session: SessionId) -> Packet {
    let mut packet = [0; PACKET_BYTES];
    put(&mut packet, TLVS, PRIVATE_HEADER);
    put(&mut packet, KIND, kind.magic());
    put(&mut packet, SESSION, session.0);
    put(&mut packet, HMAC_TLV, HMAC_HEADER);
    packet
}

/// Writes both tags.
pub(crate) fn seal(packet: &mut Packet, key: &StampKey) {
    let stamp = key.tag(&[&packet[..STAMP_BYTES]]);
    put(packet, STAMP_BYTES, stamp);
    let tlvs = key.tag(&tlv_parts(packet));
    put(packet, TLV_TAG, tlvs);
}

/// The packet, if it is of this kind and both tags are good. Costs no hash before its constants are right.
pub(crate) fn open<'a>(kind: Kind, datagram: &'a [u8], key: &StampKey) -> Result<&'a Packet, Refused> {
    let packet: &Packet = datagram.try_into().map_err(|_| Refused::Length)?;
    let holds = |at, bytes: [u8; 4]| get::<4>(packet, at) == bytes;
    if !holds(TLVS, PRIVATE_HEADER) || !holds(HMAC_TLV, HMAC_HEADER) {
        return Err(Refused::TlvHeader);
    }
    if !holds(KIND, kind.magic()) {
        return Err(Refused::Kind);
    }
    if !key.verifies(&[&packet[..STAMP_BYTES]], &packet[STAMP_BYTES..TLVS]) {
        return Err(Refused::StampHmac);
    }
    if !key.verifies(&tlv_parts(packet), &packet[TLV_TAG..]) {
        return Err(Refused::TlvHmac);
    }
    Ok(packet)
}

/// The session that an opened packet is of.
pub(crate) fn session(packet: &Packet) -> SessionId {
    SessionId(get(packet, SESSION))
}

fn tlv_parts(packet: &Packet) -> [&[u8]; 2] {
    [&packet[..4], &packet[TLVS..HMAC_TLV]]
}
