//! The chip's packet: a STAMP reflector's packet in authenticated mode (RFC 8762 section 4.3.2) with a proof.

use crate::bytes::{get, put, u16_at, u32_at, u64_at};
use crate::frame::{self, Kind, LAST, NUMBER, SEQUENCE};
use crate::{NtpTime, Packet, Proof, Refused, SessionId, StampKey};

pub(crate) const T3: usize = 16;
pub(crate) const ERROR_ESTIMATE: usize = 24;
pub(crate) const SSID: usize = 26;
pub(crate) const T2: usize = 32;
pub(crate) const SENDER_SEQUENCE: usize = 48;
pub(crate) const SENDER_TIMESTAMP: usize = 64;
pub(crate) const SENDER_ERROR_ESTIMATE: usize = 72;
pub(crate) const SENDER_TTL: usize = 80;

/// What a chip answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The challenge's sequence.
    pub sequence: u32,
    /// When it was made, by the chip's clock: told, never trusted.
    pub t3: NtpTime,
    /// How good that clock is (RFC 4656 section 4.1.2).
    pub error_estimate: u16,
    /// The challenge's STAMP session identifier.
    pub ssid: u16,
    /// When the challenge arrived, by the chip's clock: told, never trusted.
    pub t2: NtpTime,
    /// The challenge's sequence, again.
    pub sender_sequence: u32,
    /// The challenge's timestamp.
    pub sender_timestamp: NtpTime,
    /// The challenge's error estimate.
    pub sender_error_estimate: u16,
    /// The hop limit with which the challenge arrived.
    pub sender_ttl: u8,
    /// The session.
    pub session: SessionId,
    /// What the chip's side says of its replies: [`flags`](crate::flags).
    pub flags: u32,
    /// What only the holder of the proof key can say to this challenge.
    pub proof: Proof,
}

impl Reply {
    /// Its bytes, with both tags; what must be zero is zero.
    #[must_use]
    pub fn seal(&self, key: &StampKey) -> Packet {
        let mut packet = frame::blank(Kind::Reply, self.session);
        put(&mut packet, SEQUENCE, self.sequence.to_be_bytes());
        put(&mut packet, T3, self.t3.0.to_be_bytes());
        put(&mut packet, ERROR_ESTIMATE, self.error_estimate.to_be_bytes());
        put(&mut packet, SSID, self.ssid.to_be_bytes());
        put(&mut packet, T2, self.t2.0.to_be_bytes());
        put(&mut packet, SENDER_SEQUENCE, self.sender_sequence.to_be_bytes());
        put(&mut packet, SENDER_TIMESTAMP, self.sender_timestamp.0.to_be_bytes());
        put(&mut packet, SENDER_ERROR_ESTIMATE, self.sender_error_estimate.to_be_bytes());
        put(&mut packet, SENDER_TTL, [self.sender_ttl]);
        put(&mut packet, NUMBER, self.flags.to_be_bytes());
        put(&mut packet, LAST, self.proof.0);
        frame::seal(&mut packet, key);
        packet
    }

    /// Reads a reply whose tags are good; bytes that must be zero are ignored, as RFC 8762 asks. Its proof is
    /// still to be checked with [`proves`](crate::proves) against the challenge that was sent.
    ///
    /// # Errors
    /// [`Refused`] for anything else.
    pub fn open(datagram: &[u8], key: &StampKey) -> Result<Self, Refused> {
        let packet = frame::open(Kind::Reply, datagram, key)?;
        Ok(Self {
            sequence: u32_at(packet, SEQUENCE),
            t3: NtpTime(u64_at(packet, T3)),
            error_estimate: u16_at(packet, ERROR_ESTIMATE),
            ssid: u16_at(packet, SSID),
            t2: NtpTime(u64_at(packet, T2)),
            sender_sequence: u32_at(packet, SENDER_SEQUENCE),
            sender_timestamp: NtpTime(u64_at(packet, SENDER_TIMESTAMP)),
            sender_error_estimate: u16_at(packet, SENDER_ERROR_ESTIMATE),
            sender_ttl: packet[SENDER_TTL],
            session: frame::session(packet),
            flags: u32_at(packet, NUMBER),
            proof: Proof(get(packet, LAST)),
        })
    }
}
