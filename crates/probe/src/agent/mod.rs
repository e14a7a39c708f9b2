//! The agent's end of its sessions: it asks for the handshake, keeps its address open, and answers challenges.
//!
//! An [`Answerer`] speaks first and only to the landmarks of a plan. What it sends in answer to strangers' bytes is
//! a reply as long as its challenge, to a challenge with good tags, and one HELLO for each that its own timer sent.
//! When a session is over it gives the transcript and forgets the keys.

mod door;
mod engaged;
mod line;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use lightcone_responder::{NtpTime, PACKET_BYTES, Packet, Seen, SessionId, session_of};
use thiserror::Error;

use crate::chance::Chance;
use crate::control::Control;
use crate::datagram::Datagram;
use crate::handshake::StaticKey;
use crate::ids::LandmarkId;
use crate::limits::{Bucket, Limits, Sources};
use crate::now::Now;
use crate::plan::Plan;
use crate::tai64n::Tai64n;
use crate::transcript::Transcript;
use engaged::Engaged;
use line::Refusal;

/// How an agent works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Bounds on strangers.
    pub limits: Limits,
    /// A session is over when no landmark has been heard for this long, in nanoseconds. Longer than the time within
    /// which landmarks send all their challenges, or a transcript may come too early.
    pub quiet_ns: i64,
    /// Whether there is a socket for IPv4.
    pub has_v4: bool,
    /// Whether there is a socket for IPv6.
    pub has_v6: bool,
    /// What is said of every reply: [`flags`](lightcone_responder::flags).
    pub flags: u32,
}

impl Default for Settings {
    /// The protocol's limits, over after 6.5 s of quiet, both families, nothing to say of replies.
    fn default() -> Self {
        Self { limits: Limits::default(), quiet_ns: 6_500_000_000, has_v4: true, has_v6: true, flags: 0 }
    }
}

/// A session to take part in: the plan and the private key that its binding names.
#[derive(Debug)]
pub struct Engagement {
    /// What the service said, checked by the caller.
    pub plan: Plan,
    /// The session's X25519 key.
    pub key: StaticKey,
}

/// What is to be done.
#[derive(Debug)]
pub enum Action {
    /// Send a datagram.
    Send {
        /// Where to.
        to: SocketAddr,
        /// Its bytes.
        datagram: Datagram,
    },
    /// A landmark proved its key; nothing to do.
    Established {
        /// The session.
        session: SessionId,
        /// The landmark.
        landmark: LandmarkId,
    },
    /// A session is over: what was answered, for the agent to sign. Nothing is kept of it.
    Done(Transcript),
}

/// Why a plan is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum NotEngaged {
    /// The session is here already.
    #[error("session {0} is being answered already")]
    Twice(SessionId),
    /// Its window is over.
    #[error("session ended {0} ns ago")]
    Over(i64),
    /// No landmark of it can be reached over the families that there are sockets for.
    #[error("no landmark of session {0} has an address that can be reached from here")]
    Unreachable(SessionId),
    /// As many sessions as there may be.
    #[error("{0} sessions are being answered, the most there may be")]
    TooMany(usize),
}

/// The agent's end of all its sessions.
pub struct Answerer<C> {
    settings: Settings,
    chance: C,
    rate: Bucket,
    sources: Sources,
    engaged: BTreeMap<SessionId, Engaged>,
    last_stamp_ns: i64,
}

impl<C: Chance> Answerer<C> {
    /// An agent without sessions.
    pub fn new(settings: Settings, chance: C) -> Self {
        Self {
            rate: Bucket::new(settings.limits.answers),
            sources: Sources::new(settings.limits),
            settings,
            chance,
            engaged: BTreeMap::new(),
            last_stamp_ns: i64::MIN,
        }
    }

    /// How many sessions it takes part in.
    pub fn sessions(&self) -> usize {
        self.engaged.len()
    }

    /// Takes part in a session. Its first HELLOs are due at once.
    ///
    /// # Errors
    /// [`NotEngaged`] says why not.
    pub fn engage(&mut self, engagement: &Engagement, now: Now) -> Result<(), NotEngaged> {
        let session = engagement.plan.session;
        let late = now.unix_ns.saturating_sub(engagement.plan.window.not_after_ns);
        if self.engaged.contains_key(&session) {
            return Err(NotEngaged::Twice(session));
        }
        if late >= 0 {
            return Err(NotEngaged::Over(late));
        }
        if self.engaged.len() >= self.settings.limits.engagements {
            return Err(NotEngaged::TooMany(self.engaged.len()));
        }
        // Labels of one key must rise at each landmark, even when the clock stands still.
        self.last_stamp_ns = now.unix_ns.max(self.last_stamp_ns.saturating_add(1));
        let stamp = Tai64n::from_unix_ns(self.last_stamp_ns);
        let engaged = Engaged::new(engagement, &self.settings, stamp, now, &mut self.chance);
        if engaged.is_empty() {
            return Err(NotEngaged::Unreachable(session));
        }
        self.engaged.insert(session, engaged);
        Ok(())
    }

    /// What to do about a datagram. A packet that is returned is the reply to a challenge and goes back at once;
    /// `t3` is asked as late as the packet allows. Total on any bytes; silence is the answer to most.
    pub fn receive(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        seen: Seen,
        t3: impl FnOnce() -> NtpTime,
        now: Now,
        actions: &mut Vec<Action>,
    ) -> Option<Packet> {
        if datagram.len() == PACKET_BYTES {
            return self.challenge(datagram, from, seen, t3, now);
        }
        let control = Control::parse(datagram).ok()?;
        let session = control.session();
        let line = self.engaged.get_mut(&session).and_then(|engaged| engaged.line(from))?;
        if self.sources.is_ignored(now.mono_ns, from) {
            return None;
        }
        match control {
            Control::Retry(retry) => {
                let hello = line.retry(from, retry.cookie, session);
                actions.extend(hello.map(|datagram| Action::Send { to: from, datagram }));
            }
            Control::Welcome(welcome) => match line.welcome(from, &welcome.noise, session, now) {
                Ok(true) => actions.push(Action::Established { session, landmark: line.landmark() }),
                Ok(false) => {}
                Err(_) => self.sources.bad(now.mono_ns, from),
            },
            Control::Hello(_) | Control::Keep(_) => {}
        }
        None
    }

    /// What falls due by itself: adds to `actions`.
    pub fn turn(&mut self, now: Now, actions: &mut Vec<Action>) {
        self.engaged.values_mut().for_each(|engaged| engaged.turn(now, actions));
        let over = self.engaged.extract_if(.., |_, engaged| engaged.is_over(now));
        actions.extend(over.map(|(_, engaged)| Action::Done(engaged.into_transcript())));
    }

    /// When [`Self::turn`] wants to be called again, by the monotonic clock.
    pub fn wakes_at(&self) -> Option<i64> {
        self.engaged.values().map(Engaged::wakes_at).min()
    }

    fn challenge(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        seen: Seen,
        t3: impl FnOnce() -> NtpTime,
        now: Now,
    ) -> Option<Packet> {
        let session = session_of(datagram)?;
        let line = self.engaged.get_mut(&session).and_then(|engaged| engaged.line(from))?;
        if !self.rate.has(now.mono_ns) || self.sources.is_ignored(now.mono_ns, from) {
            return None;
        }
        match line.challenge(datagram, seen, t3, now) {
            Ok(reply) => {
                self.rate.take(now.mono_ns);
                Some(reply)
            }
            Err(Refusal::Forged) => {
                self.sources.bad(now.mono_ns, from);
                None
            }
            Err(Refusal::Silent) => None,
        }
    }
}
