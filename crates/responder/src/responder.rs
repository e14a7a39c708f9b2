//! One session at one landmark, from the chip's side.

use core::fmt;

use crate::answered::Record;
use crate::{
    Answered, CHALLENGES_MAX, Challenge, NtpTime, Packet, Refused, Reply, SessionId, SessionKeys, frame,
    prove,
};

/// How good the chip says its clock is: not synchronised, in NTP's format, an error of 2⁻³² s at least
/// (RFC 4656 section 4.1.2; a multiplier of zero is forbidden). Nobody relies on that clock.
pub const RESPONDER_ERROR_ESTIMATE: u16 = 0x0001;

/// What was seen of a datagram beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it arrived, by the chip's clock.
    pub t2: NtpTime,
    /// The hop limit that it arrived with; 0 where it cannot be seen.
    pub ttl: u8,
}

/// The chip's whole state for one session at one landmark: less than 4.6 kB, none of it on a heap.
pub struct Responder {
    session: SessionId,
    keys: SessionKeys,
    record: Record,
    flags: u32,
}

impl Responder {
    /// A session that has answered nothing yet.
    #[must_use]
    pub fn new(session: SessionId, keys: SessionKeys) -> Self {
        Self { session, keys, record: Record::new(), flags: 0 }
    }

    /// The same session, with something to say of all its replies: [`flags`](crate::flags).
    #[must_use]
    pub const fn saying(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    /// The reply to a challenge, or the reason for silence. Total on any bytes; as long as what it answers; never
    /// given to a challenge that is not authentic. A challenge that comes again is answered again and counted
    /// once. `t3` is asked as late as the packet allows.
    ///
    /// # Errors
    /// [`Refused`], and nothing may be sent.
    pub fn respond(
        &mut self,
        datagram: &[u8],
        seen: Seen,
        t3: impl FnOnce() -> NtpTime,
    ) -> Result<Packet, Refused> {
        let answer = self.answer(datagram, seen, t3);
        if answer.is_err() {
            self.record.refuse();
        }
        answer
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Its keys: the agent reveals the proof key when the session is over.
    #[must_use]
    pub const fn keys(&self) -> &SessionKeys {
        &self.keys
    }

    /// What was answered so far.
    #[must_use]
    pub fn answered(&self) -> Answered {
        self.record.so_far()
    }

    fn answer(
        &mut self,
        datagram: &[u8],
        seen: Seen,
        t3: impl FnOnce() -> NtpTime,
    ) -> Result<Packet, Refused> {
        let packet = frame::open(frame::Kind::Challenge, datagram, self.keys.stamp())?;
        let challenge = Challenge::read(packet);
        self.permit(&challenge)?;
        let proof = prove(packet, self.keys.proof());
        let reply = Reply {
            sequence: challenge.sequence,
            t3: t3(),
            error_estimate: RESPONDER_ERROR_ESTIMATE,
            ssid: challenge.ssid,
            t2: seen.t2,
            sender_sequence: challenge.sequence,
            sender_timestamp: challenge.timestamp,
            sender_error_estimate: challenge.error_estimate,
            sender_ttl: seen.ttl,
            session: self.session,
            flags: self.flags,
            proof,
        };
        let sealed = reply.seal(self.keys.stamp());
        self.record.answer(challenge.sequence, challenge.nonce);
        Ok(sealed)
    }

    /// Whether an authentic challenge may be answered in this session.
    fn permit(&self, challenge: &Challenge) -> Result<(), Refused> {
        if challenge.session != self.session {
            Err(Refused::Session)
        } else if challenge.sequence >= CHALLENGES_MAX || challenge.index >= CHALLENGES_MAX {
            Err(Refused::Sequence)
        } else if self.record.contradicts(challenge.sequence, challenge.nonce) {
            Err(Refused::SequenceReused)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Responder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Responder").field("session", &self.session).finish_non_exhaustive()
    }
}
