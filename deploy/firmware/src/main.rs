//! The responder as a firmware image, under an emulator: **R4-SIMULATED**. Shows that the chip's half of the timed
//! protocol needs no operating system, heap or clock; shows nothing about where a key is kept.
//!
//! Knows frames on a serial line and the responder. Frames are a length (2 bytes, big-endian) and so many bytes:
//!
//! ```text
//! out  the banner
//! in   session 8 | handshake hash 32 | k1 32 | k2 32        out  one byte 0
//! in   T2 8 | hop limit 1 | T3 8 | datagram                 out  the reply, or one byte: the refusal's number
//! in   nothing                                              out  count 4 | digest 32, and the machine ends
//! ```
//!
//! The stamps come with the datagram, as a network card would give them: there is no clock in here.

#![no_std]
#![no_main]

mod frames;
mod machine;

use lightcone_responder::{NtpTime, Responder, Seen, SessionId, SessionKeys};
use zeroize::Zeroize;

use crate::frames::Line;

/// What the image says of itself before anything else.
const BANNER: &[u8] = b"lightcone firmware, R4-SIMULATED: an emulator keeps no key";
/// The answer to a frame that is neither of those above.
const MALFORMED: u8 = 0xff;
/// The answer to a session's keys.
const READY: u8 = 0;
/// Session, handshake hash and both keys.
const SESSION_BYTES: usize = 8 + 3 * 32;
/// T2, hop limit and T3.
const STAMPS_BYTES: usize = 8 + 1 + 8;

/// Serves one session, from its keys to its summary.
fn serve(line: &mut Line) {
    line.send(BANNER);
    let mut responder = session(line);
    line.send(&[READY]);
    loop {
        match line.receive() {
            Some([]) => break,
            Some(frame) if frame.len() >= STAMPS_BYTES => {
                let (stamps, datagram) = frame.split_at(STAMPS_BYTES);
                let seen = Seen { t2: time(stamps, 0), ttl: stamps[8] };
                let answer = responder.respond(datagram, seen, || time(stamps, 9));
                match answer {
                    Ok(reply) => line.send(&reply),
                    Err(refused) => line.send(&[refused as u8]),
                }
            }
            _ => line.send(&[MALFORMED]),
        }
    }
    let answered = responder.answered();
    let mut summary = [0; 36];
    summary[..4].copy_from_slice(&answered.count.to_be_bytes());
    summary[4..].copy_from_slice(&answered.digest);
    line.send(&summary);
}

/// Waits for a session's keys; no image holds any.
fn session(line: &mut Line) -> Responder {
    loop {
        let Some(frame) = line.receive().filter(|frame| frame.len() == SESSION_BYTES) else {
            line.send(&[MALFORMED]);
            continue;
        };
        let keys = SessionKeys::schedule(&part(frame, 8), &part(frame, 40), &part(frame, 72));
        let responder = Responder::new(SessionId(part(frame, 0)), keys);
        frame.zeroize();
        return responder;
    }
}

fn time(stamps: &[u8], at: usize) -> NtpTime {
    NtpTime(u64::from_be_bytes(part(stamps, at)))
}

fn part<const N: usize>(frame: &[u8], at: usize) -> [u8; N] {
    let mut field = [0; N];
    field.copy_from_slice(&frame[at..at + N]);
    field
}
