//! What an agent has with one landmark in one session.

use std::net::SocketAddr;

use lightcone_responder::{NtpTime, Packet, Refused, Responder, Seen, SessionId};

use super::door::Door;
use super::{Action, Settings};
use crate::control::{Cookie, Hello, Keep, NOISE_BYTES};
use crate::datagram::Datagram;
use crate::handshake::Initiator;
use crate::ids::LandmarkId;
use crate::limits::Bucket;
use crate::now::Now;
use crate::transcript::TranscriptEntry;

/// Why a datagram is met with silence.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A tag or handshake that does not check.
    Forged,
    /// Something else.
    Silent,
}

pub(super) struct Line {
    landmark: LandmarkId,
    doors: Vec<Door>,
    hello: [u8; NOISE_BYTES],
    state: State,
    counter: u64,
    rate: Bucket,
    /// Said of every reply.
    flags: u32,
    /// When a challenge was answered last.
    pub(super) heard: i64,
    answered: [u8; 32],
}

enum State {
    Knocking(Initiator),
    Open { responder: Box<Responder>, welcome: [u8; NOISE_BYTES] },
}

impl Line {
    pub(super) fn new(
        landmark: LandmarkId,
        doors: Vec<Door>,
        (initiator, hello): (Initiator, [u8; NOISE_BYTES]),
        settings: &Settings,
        heard: i64,
    ) -> Self {
        Self {
            landmark,
            doors,
            hello,
            state: State::Knocking(initiator),
            counter: 0,
            rate: Bucket::new(settings.limits.answers_per_landmark),
            flags: settings.flags,
            heard,
            answered: [0; 32],
        }
    }

    pub(super) fn landmark(&self) -> LandmarkId {
        self.landmark
    }

    pub(super) fn is_at(&self, address: SocketAddr) -> bool {
        self.doors.iter().any(|door| door.address == address)
    }

    /// How many sequences were answered.
    pub(super) fn answered(&self) -> u16 {
        self.answered.iter().map(|byte| byte.count_ones() as u16).sum()
    }

    pub(super) fn speaks_at(&self) -> i64 {
        self.doors.iter().map(|door| door.speaks_at).min().unwrap_or(i64::MAX)
    }

    /// HELLOs and KEEPs that fall due.
    pub(super) fn turn(&mut self, session: SessionId, now: Now, actions: &mut Vec<Action>) {
        for door in self.doors.iter_mut().filter(|door| door.speaks_at <= now.mono_ns) {
            let datagram: Datagram = match &self.state {
                State::Knocking(_) => {
                    Hello { session, cookie: door.cookie, noise: self.hello }.to_bytes().into()
                }
                State::Open { responder, .. } => {
                    self.counter += 1;
                    Keep::seal(session, self.counter, responder.keys().stamp()).to_bytes().into()
                }
            };
            door.speak(now);
            actions.push(Action::Send { to: door.address, datagram });
        }
    }

    /// The HELLO that a cookie asks for.
    pub(super) fn retry(&mut self, from: SocketAddr, cookie: Cookie, session: SessionId) -> Option<Datagram> {
        let door = self.doors.iter_mut().find(|door| door.address == from)?;
        door.retry(cookie).then(|| Hello { session, cookie, noise: self.hello }.to_bytes().into())
    }

    /// Ends the handshake, or opens another door of the same landmark; whether it was the former.
    pub(super) fn welcome(
        &mut self,
        from: SocketAddr,
        noise: &[u8; NOISE_BYTES],
        session: SessionId,
        now: Now,
    ) -> Result<bool, Refusal> {
        let is_new = match &mut self.state {
            State::Open { welcome, .. } if welcome == noise => false,
            State::Open { .. } => return Err(Refusal::Forged),
            State::Knocking(initiator) => {
                let keys = initiator.finish(noise).map_err(|_| Refusal::Forged)?;
                let responder = Box::new(Responder::new(session, keys).saying(self.flags));
                self.state = State::Open { responder, welcome: *noise };
                true
            }
        };
        for door in &mut self.doors {
            if door.address == from { door.open(now) } else { door.begin_anew(now) }
        }
        self.heard = self.heard.max(now.mono_ns);
        Ok(is_new)
    }

    pub(super) fn challenge(
        &mut self,
        datagram: &[u8],
        seen: Seen,
        t3: impl FnOnce() -> NtpTime,
        now: Now,
    ) -> Result<Packet, Refusal> {
        let State::Open { responder, .. } = &mut self.state else { return Err(Refusal::Silent) };
        if !self.rate.has(now.mono_ns) {
            return Err(Refusal::Silent);
        }
        let reply = responder.respond(datagram, seen, t3).map_err(|why| match why {
            Refused::StampHmac | Refused::TlvHmac | Refused::TlvHeader => Refusal::Forged,
            _ => Refusal::Silent,
        })?;
        self.rate.take(now.mono_ns);
        self.heard = self.heard.max(now.mono_ns);
        // Big-endian, below 256: the responder answered it.
        let sequence = datagram[3];
        self.answered[usize::from(sequence / 8)] |= 1 << (sequence % 8);
        Ok(reply)
    }

    /// What was answered; nothing for a landmark that never let this agent in.
    pub(super) fn into_entry(self) -> Option<TranscriptEntry> {
        let State::Open { responder, .. } = self.state else { return None };
        let record = responder.answered();
        Some(TranscriptEntry {
            landmark: self.landmark,
            proof_key: *responder.keys().proof().as_bytes(),
            stamp_key: *responder.keys().stamp().as_bytes(),
            count: record.count as u16,
            answered: record.sequences,
            digest: record.digest,
        })
    }
}
