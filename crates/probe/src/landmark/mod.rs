//! The landmark's end of its sessions: it lets in whom it was assigned, challenges, and records.
//!
//! A [`Challenger`] is given datagrams, readings of clocks and chance, and says what to send. It never answers a
//! session that it was not assigned, computes nothing dear for an address that has not shown a cookie, and sends
//! no datagram longer than the one that asked for it. Challenges go only to addresses that have shown a cookie.

mod open;
mod session;
mod shots;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use lightcone_responder::{PACKET_BYTES, Packet, SessionId, session_of};
use thiserror::Error;

use crate::assignment::Assignment;
use crate::chance::Chance;
use crate::clock::{ClockSource, StampKind};
use crate::control::{Control, Hello, Keep, Retry};
use crate::cookie::Cookies;
use crate::datagram::Datagram;
use crate::guard::ReplayGuard;
use crate::handshake::StaticKey;
use crate::ids::LandmarkId;
use crate::limits::{Bucket, Limits, Sources};
use crate::now::Now;
use crate::report::Report;
use crate::schedule::Schedule;
use session::{Due, Session, Setting};

/// How a landmark works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Bounds on strangers.
    pub limits: Limits,
    /// When challenges go out.
    pub schedule: Schedule,
    /// What the reports say measured the long span.
    pub clock_source: ClockSource,
    /// What the reports say stamped the packets.
    pub stamp_kind: StampKind,
}

impl Default for Settings {
    /// The protocol's limits and schedule, the raw clock and the kernel's stamps.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            schedule: Schedule::default(),
            clock_source: ClockSource::Raw,
            stamp_kind: StampKind::Kernel,
        }
    }
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
    /// An agent proved its key; nothing to do.
    Established {
        /// The session.
        session: SessionId,
        /// Where it is reached.
        agent: SocketAddr,
    },
}

/// What falls due by itself.
#[derive(Debug)]
pub enum Turn {
    /// Send this challenge now, and tell [`Challenger::sent`] the readings before the send.
    Probe(Probe),
    /// A session is over; this is what was seen, for the landmark to sign. Nothing is kept of it.
    Done(Report),
}

/// A challenge, ready to go.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Which one it is.
    pub shot: Shot,
    /// Where to.
    pub to: SocketAddr,
    /// Its bytes.
    pub packet: Packet,
}

/// Names a challenge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shot {
    /// The session.
    pub session: SessionId,
    /// Its place in the session.
    pub sequence: u16,
}

/// The clocks when a datagram had been received, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// When the kernel received it, on `REALTIME`; none without a stamp.
    pub t4: Option<i64>,
    /// `REALTIME` after the receive.
    pub r3: i64,
    /// `MONOTONIC_RAW` after `r3`.
    pub t3: i64,
}

/// Why an assignment is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum NotAssigned {
    /// It names another landmark.
    #[error("assignment for landmark {0}, not this one")]
    OtherLandmark(LandmarkId),
    /// The session is here already, or was.
    #[error("session {0} was assigned before")]
    Twice(SessionId),
    /// The agent's key is in another session.
    #[error("agent is still in session {0}; one session at a time")]
    Busy(SessionId),
    /// Its window is over.
    #[error("session ended {0} ns ago")]
    Over(i64),
    /// As many sessions as there may be.
    #[error("{0} sessions are open, the most there may be")]
    TooMany(usize),
}

/// The landmark's end of all its sessions.
pub struct Challenger<C> {
    key: StaticKey,
    id: LandmarkId,
    settings: Settings,
    chance: C,
    cookies: Cookies,
    sources: Sources,
    hellos: Bucket,
    guard: ReplayGuard,
    sessions: BTreeMap<SessionId, Session>,
    /// Which session each live agent key is in.
    agents: BTreeMap<[u8; 32], SessionId>,
    /// When each session next wants a turn: one entry a session.
    agenda: BTreeSet<(i64, SessionId)>,
}

impl<C: Chance> Challenger<C> {
    /// A landmark without sessions.
    pub fn new(key: StaticKey, settings: Settings, mut chance: C) -> Self {
        Self {
            id: LandmarkId::of(&key.public()),
            key,
            cookies: Cookies::new(&chance.array()),
            chance,
            sources: Sources::new(settings.limits),
            hellos: Bucket::new(settings.limits.hellos),
            settings,
            guard: ReplayGuard::default(),
            sessions: BTreeMap::new(),
            agents: BTreeMap::new(),
            agenda: BTreeSet::new(),
        }
    }

    /// Its name.
    pub fn id(&self) -> LandmarkId {
        self.id
    }

    /// How many sessions it holds.
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// Takes an assignment. Whether the service gave it is for the caller to check.
    ///
    /// # Errors
    /// [`NotAssigned`] says why not.
    pub fn assign(&mut self, assignment: Assignment, now: Now) -> Result<(), NotAssigned> {
        let Assignment { session, agent_x25519, .. } = assignment;
        let late = now.unix_ns.saturating_sub(assignment.window.not_after_ns);
        if assignment.landmark != self.id {
            return Err(NotAssigned::OtherLandmark(assignment.landmark));
        }
        if self.sessions.contains_key(&session) {
            return Err(NotAssigned::Twice(session));
        }
        if let Some(other) = self.agents.get(&agent_x25519) {
            return Err(NotAssigned::Busy(*other));
        }
        if late >= 0 {
            return Err(NotAssigned::Over(late));
        }
        if self.sessions.len() >= self.settings.limits.sessions {
            return Err(NotAssigned::TooMany(self.sessions.len()));
        }
        let assigned = Session::new(assignment, now);
        self.agenda.insert((assigned.wakes, session));
        self.agents.insert(agent_x25519, session);
        self.sessions.insert(session, assigned);
        Ok(())
    }

    /// What to do about a datagram: adds to `actions`. Total on any bytes; silence is the answer to most.
    pub fn receive(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        arrival: &Arrival,
        now: Now,
        actions: &mut Vec<Action>,
    ) {
        if datagram.len() == PACKET_BYTES {
            return self.reply(datagram, from, arrival, now);
        }
        match Control::parse(datagram) {
            Ok(Control::Hello(hello)) => self.hello(&hello, from, now, actions),
            Ok(Control::Keep(keep)) => self.keep(&keep, from, now, actions),
            _ => {}
        }
    }

    /// What falls due, one thing at a time: call until there is none.
    pub fn turn(&mut self, now: Now) -> Option<Turn> {
        loop {
            let &(at, id) = self.agenda.first()?;
            if at > now.mono_ns {
                return None;
            }
            let session = self.sessions.get_mut(&id)?;
            match session.due(now, &self.settings, &mut self.chance) {
                Due::Probe(probe) => {
                    self.reschedule(id, at);
                    return Some(Turn::Probe(probe));
                }
                Due::Later => self.reschedule(id, at),
                Due::Over => return self.close(id, at).map(Turn::Done),
            }
        }
    }

    /// When [`Self::turn`] wants to be called again, by the monotonic clock.
    pub fn wakes_at(&self) -> Option<i64> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// The clocks before a challenge was sent: `t0` of `MONOTONIC_RAW`, then `r0` of `REALTIME`.
    pub fn sent(&mut self, shot: Shot, t0: i64, r0: i64) {
        if let Some(session) = self.sessions.get_mut(&shot.session) {
            session.sent(shot.sequence, t0, r0);
        }
    }

    /// When the kernel sent this packet, on `REALTIME`. Bytes that are no challenge of an open session are ignored.
    pub fn stamped(&mut self, packet: &Packet, t1: i64) {
        if let Some(session) = session_of(packet).and_then(|id| self.sessions.get_mut(&id)) {
            session.stamped(packet, t1);
        }
    }

    /// The steered clock stepped or is being steered beyond the rule: no sample of a session that is open now uses
    /// its stamps. Whether that is news to any.
    pub fn distrust(&mut self) -> bool {
        self.sessions.values_mut().fold(false, |is_news, session| session.distrust() | is_news)
    }

    fn hello(&mut self, hello: &Hello, from: SocketAddr, now: Now, actions: &mut Vec<Action>) {
        let Some(session) = self.sessions.get_mut(&hello.session).filter(|session| session.is_live(now))
        else {
            return;
        };
        let mono = now.mono_ns;
        let may = !self.sources.is_ignored(mono, from) && self.sources.hello(mono, from);
        if !may || !self.hellos.take(mono) {
            return;
        }
        if !self.cookies.is_good(mono, from, hello.session, hello.cookie) {
            let cookie = self.cookies.issue(mono, from, hello.session);
            let retry = Retry { session: hello.session, cookie };
            actions.push(Action::Send { to: from, datagram: retry.to_bytes().into() });
            return;
        }
        let before = session.wakes;
        let setting = Setting { key: &self.key, settings: &self.settings, now };
        match session.hello(hello, from, &setting, &mut self.guard, &mut self.chance) {
            Ok(entered) => actions.extend(entered),
            Err(_) => self.sources.bad(mono, from),
        }
        self.reschedule(hello.session, before);
    }

    fn keep(&mut self, keep: &Keep, from: SocketAddr, now: Now, actions: &mut Vec<Action>) {
        let Some(session) = self.sessions.get_mut(&keep.session).filter(|session| session.is_live(now))
        else {
            return;
        };
        let mono = now.mono_ns;
        if self.sources.is_ignored(mono, from) {
            return;
        }
        match session.keep(keep, from) {
            session::Kept::Forged => self.sources.bad(mono, from),
            session::Kept::Moves if self.sources.hello(mono, from) && self.hellos.take(mono) => {
                let cookie = self.cookies.issue(mono, from, keep.session);
                let retry = Retry { session: keep.session, cookie };
                actions.push(Action::Send { to: from, datagram: retry.to_bytes().into() });
            }
            session::Kept::Moves | session::Kept::Known => {}
        }
    }

    fn reply(&mut self, datagram: &[u8], from: SocketAddr, arrival: &Arrival, now: Now) {
        let Some((id, session)) =
            session_of(datagram).and_then(|id| self.sessions.get_mut(&id).map(|session| (id, session)))
        else {
            return;
        };
        if !session.is_reached_at(from) || self.sources.is_ignored(now.mono_ns, from) {
            return;
        }
        let before = session.wakes;
        if session.reply(datagram, arrival).is_err() {
            self.sources.bad(now.mono_ns, from);
        }
        self.reschedule(id, before);
    }

    fn reschedule(&mut self, id: SessionId, before: i64) {
        let Some(session) = self.sessions.get(&id) else { return };
        if session.wakes != before {
            self.agenda.remove(&(before, id));
            self.agenda.insert((session.wakes, id));
        }
    }

    fn close(&mut self, id: SessionId, at: i64) -> Option<Report> {
        self.agenda.remove(&(at, id));
        let session = self.sessions.remove(&id)?;
        self.agents.remove(&session.assignment.agent_x25519);
        Some(session.into_report(&self.settings))
    }
}
