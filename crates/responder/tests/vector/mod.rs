//! The session that all tests here share, from `probe_v1.json`.

use lightcone_responder::{
    Challenge, Nonce, NtpTime, Packet, ProofKey, Responder, Seen, SessionId, SessionKeys, StampKey,
};
use serde_json::Value;

/// What the replies of the vector were made with.
pub(crate) const SEEN: Seen = Seen { t2: NtpTime(0xee3a_0c00_0001_0000), ttl: 57 };
pub(crate) const T3: NtpTime = NtpTime(0xee3a_0c00_0002_0000);

/// One field of the vector.
pub(crate) fn field<const N: usize>(name: &str) -> [u8; N] {
    let vector: Value = serde_json::from_str(include_str!("probe_v1.json")).unwrap();
    let digits = vector[name].as_str().unwrap();
    let bytes = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
    bytes.collect::<Vec<u8>>().try_into().unwrap()
}

pub(crate) fn session() -> SessionId {
    SessionId(field("session_id"))
}

pub(crate) fn stamp_key() -> StampKey {
    StampKey::from_bytes(field("k_stamp"))
}

pub(crate) fn proof_key() -> ProofKey {
    ProofKey::from_bytes(field("k_proof"))
}

pub(crate) fn responder() -> Responder {
    Responder::new(session(), SessionKeys::new(stamp_key(), proof_key()))
}

pub(crate) fn challenge() -> Packet {
    field("challenge")
}

pub(crate) fn reply() -> Packet {
    field("reply")
}

/// The vector's challenge in words, with another sequence and nonce.
pub(crate) fn numbered(number: u32, nonce: u8) -> Challenge {
    Challenge {
        sequence: number,
        timestamp: NtpTime(0xee3a_0c00_0000_0000),
        error_estimate: 0x8001,
        ssid: 0x1001,
        session: session(),
        index: number,
        nonce: Nonce([nonce; 16]),
    }
}

/// Every packet that differs from this one in one bit.
pub(crate) fn flips(packet: Packet) -> impl Iterator<Item = (usize, Packet)> {
    (0..packet.len() * 8).map(move |bit| {
        let mut flipped = packet;
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit, flipped)
    })
}
