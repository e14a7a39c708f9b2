//! The landmark's packet: a STAMP test packet in authenticated mode (RFC 8762 section 4.2.2) with a nonce.

use crate::bytes::{get, put, u16_at, u32_at, u64_at};
use crate::frame::{self, Kind, LAST, NUMBER, SEQUENCE};
use crate::{Nonce, NtpTime, Packet, Refused, SessionId, StampKey};

const TIMESTAMP: usize = 16;
const ERROR_ESTIMATE: usize = 24;
const SSID: usize = 26;

/// What a landmark asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Counts the packets of a session.
    pub sequence: u32,
    /// When it was sent, by the landmark's clock.
    pub timestamp: NtpTime,
    /// How good that clock is (RFC 4656 section 4.1.2).
    pub error_estimate: u16,
    /// STAMP session identifier (RFC 8972 section 3).
    pub ssid: u16,
    /// The session.
    pub session: SessionId,
    /// Counts the challenges of a session.
    pub index: u32,
    /// What makes it fresh.
    pub nonce: Nonce,
}

impl Challenge {
    /// Its bytes, with both tags; what must be zero is zero.
    #[must_use]
    pub fn seal(&self, key: &StampKey) -> Packet {
        let mut packet = frame::blank(Kind::Challenge, self.session);
        put(&mut packet, SEQUENCE, self.sequence.to_be_bytes());
        put(&mut packet, TIMESTAMP, self.timestamp.0.to_be_bytes());
        put(&mut packet, ERROR_ESTIMATE, self.error_estimate.to_be_bytes());
        put(&mut packet, SSID, self.ssid.to_be_bytes());
        put(&mut packet, NUMBER, self.index.to_be_bytes());
        put(&mut packet, LAST, self.nonce.0);
        frame::seal(&mut packet, key);
        packet
    }

    /// Reads a challenge whose tags are good; bytes that must be zero are ignored, as RFC 8762 asks.
    ///
    /// # Errors
    /// [`Refused`] for anything else.
    pub fn open(datagram: &[u8], key: &StampKey) -> Result<Self, Refused> {
        frame::open(Kind::Challenge, datagram, key).map(Self::read)
    }

    /// The fields of a packet that was opened.
    pub(crate) fn read(packet: &Packet) -> Self {
        Self {
            sequence: u32_at(packet, SEQUENCE),
            timestamp: NtpTime(u64_at(packet, TIMESTAMP)),
            error_estimate: u16_at(packet, ERROR_ESTIMATE),
            ssid: u16_at(packet, SSID),
            session: frame::session(packet),
            index: u32_at(packet, NUMBER),
            nonce: Nonce(get(packet, LAST)),
        }
    }
}
