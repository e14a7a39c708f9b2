//! Why nothing is answered.

use core::fmt;

/// Why a packet is met with silence. The numbers are part of the interface: firmware reports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Refused {
    /// Not [`PACKET_BYTES`](crate::PACKET_BYTES) long.
    Length = 1,
    /// The TLVs are not the two of this protocol: type 252 of 32 bytes, then type 8 of 16, without a flag
    /// (RFC 8972 section 4).
    TlvHeader = 2,
    /// Not of the expected kind: a reply where a challenge is due, the other way round, or a stranger's TLV 252.
    Kind = 3,
    /// The tag over the STAMP packet is wrong (RFC 8762 section 4.4).
    StampHmac = 4,
    /// The tag over the TLVs is wrong (RFC 8972 section 4.8).
    TlvHmac = 5,
    /// Authentic, and of another session.
    Session = 6,
    /// Sequence or index is not below [`CHALLENGES_MAX`](crate::CHALLENGES_MAX).
    Sequence = 7,
    /// The sequence was answered with another nonce before.
    SequenceReused = 8,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Length => "length is not 168 bytes",
            Self::TlvHeader => "TLV headers are not those of this protocol",
            Self::Kind => "TLV 252 is of another kind of packet",
            Self::StampHmac => "tag over the STAMP packet is wrong",
            Self::TlvHmac => "tag over the TLVs is wrong",
            Self::Session => "session is another one",
            Self::Sequence => "sequence or index is not below 256",
            Self::SequenceReused => "sequence was answered with another nonce before",
        })
    }
}

impl core::error::Error for Refused {}
