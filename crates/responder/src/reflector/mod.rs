//! A plain STAMP reflector (RFC 8762 section 4.3, RFC 8972), for senders that are not ours. It proves nothing: a
//! path sample at most. Stateless, and its reply is exactly as long as the request.

mod tlv;

use core::fmt;

use crate::bytes::{get, put};
use crate::frame::{STAMP_BYTES, TLVS};
use crate::reply::{
    ERROR_ESTIMATE, SENDER_ERROR_ESTIMATE, SENDER_SEQUENCE, SENDER_TIMESTAMP, SENDER_TTL, SSID, T2, T3,
};
use crate::{NtpTime, RESPONDER_ERROR_ESTIMATE, Seen, StampKey};

/// Bytes of an unauthenticated STAMP packet without TLVs.
pub const PLAIN_BYTES: usize = 44;
/// Bytes of an authenticated STAMP packet without TLVs.
pub const AUTHENTICATED_BYTES: usize = TLVS;
/// The longest request that is reflected: what fits a frame of 1,500 bytes beside the headers of IPv4 and UDP.
pub const REFLECTED_BYTES_MAX: usize = 1_472;

/// Why a request is met with silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreflected {
    /// Shorter than a STAMP packet of that mode.
    Short,
    /// Longer than [`REFLECTED_BYTES_MAX`], or than the room for the reply.
    Long,
    /// The tag over the STAMP packet is wrong.
    StampHmac,
}

impl fmt::Display for Unreflected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Short => "length is less than 44 bytes, 112 with authentication",
            Self::Long => "length is more than 1472 bytes, or than the room for the reply",
            Self::StampHmac => "tag over the STAMP packet is wrong",
        })
    }
}

impl core::error::Error for Unreflected {}

/// Reflects an unauthenticated request (RFC 8762 section 4.3.1) into `reply`; returns the reply's length, which is
/// the request's. TLVs come back unchanged, flagged U where they are not understood.
///
/// # Errors
/// [`Unreflected`], and nothing may be sent.
pub fn plain(
    request: &[u8],
    seen: Seen,
    t3: impl FnOnce() -> NtpTime,
    reply: &mut [u8],
) -> Result<usize, Unreflected> {
    let reply = room(request, PLAIN_BYTES, reply)?;
    reply[4..PLAIN_BYTES].fill(0);
    put(reply, 12, RESPONDER_ERROR_ESTIMATE.to_be_bytes());
    put(reply, 14, get::<2>(request, 14)); // SSID
    put(reply, 16, seen.t2.0.to_be_bytes());
    put(reply, 24, get::<14>(request, 0)); // the sender's sequence, timestamp and error estimate
    put(reply, 40, [seen.ttl]);
    tlv::reflect(&mut reply[PLAIN_BYTES..]);
    put(reply, 4, t3().0.to_be_bytes());
    Ok(request.len())
}

/// Reflects an authenticated request (RFC 8762 section 4.3.2) into `reply`; returns the reply's length, which is
/// the request's. TLVs come back as in [`plain`], and flagged I all of them where their tag is wrong or missing
/// (RFC 8972 section 4.8).
///
/// # Errors
/// [`Unreflected`], and nothing may be sent.
pub fn authenticated(
    request: &[u8],
    key: &StampKey,
    seen: Seen,
    t3: impl FnOnce() -> NtpTime,
    reply: &mut [u8],
) -> Result<usize, Unreflected> {
    let reply = room(request, AUTHENTICATED_BYTES, reply)?;
    if !key.verifies(&[&request[..STAMP_BYTES]], &request[STAMP_BYTES..AUTHENTICATED_BYTES]) {
        return Err(Unreflected::StampHmac);
    }
    reply[4..AUTHENTICATED_BYTES].fill(0);
    put(reply, ERROR_ESTIMATE, RESPONDER_ERROR_ESTIMATE.to_be_bytes());
    put(reply, SSID, get::<2>(request, SSID));
    put(reply, T2, seen.t2.0.to_be_bytes());
    put(reply, SENDER_SEQUENCE, get::<4>(request, 0));
    put(reply, SENDER_TIMESTAMP, get::<8>(request, 16));
    put(reply, SENDER_ERROR_ESTIMATE, get::<2>(request, 24));
    put(reply, SENDER_TTL, [seen.ttl]);
    tlv::reflect_authenticated(get(request, 0), &mut reply[AUTHENTICATED_BYTES..], key);
    put(reply, T3, t3().0.to_be_bytes());
    let tag = key.tag(&[&reply[..STAMP_BYTES]]);
    put(reply, STAMP_BYTES, tag);
    Ok(request.len())
}

/// A copy of the request in as much of `reply`.
fn room<'a>(request: &[u8], least: usize, reply: &'a mut [u8]) -> Result<&'a mut [u8], Unreflected> {
    if request.len() < least {
        return Err(Unreflected::Short);
    }
    if request.len() > REFLECTED_BYTES_MAX {
        return Err(Unreflected::Long);
    }
    let reply = reply.get_mut(..request.len()).ok_or(Unreflected::Long)?;
    reply.copy_from_slice(request);
    Ok(reply)
}
