//! One session: awaited, then open, then over.

use std::net::SocketAddr;

use lightcone_responder::Packet;

use super::open::{Forged, Open};
use super::{Action, Arrival, Probe, Settings};
use crate::assignment::Assignment;
use crate::chance::Chance;
use crate::control::{Hello, Keep};
use crate::guard::ReplayGuard;
use crate::handshake::{StaticKey, Tie, welcome};
use crate::now::Now;
use crate::report::Report;
use crate::tai64n::Tai64n;

/// What a handshake needs of the landmark.
pub(super) struct Setting<'a> {
    pub(super) key: &'a StaticKey,
    pub(super) settings: &'a Settings,
    pub(super) now: Now,
}

/// What falls due.
#[expect(clippy::large_enum_variant, reason = "never kept, and a heap has no place on the timed path")]
pub(super) enum Due {
    Probe(Probe),
    Later,
    Over,
}

/// What a KEEP says.
pub(super) enum Kept {
    /// Its tag is wrong, or there are no keys yet.
    Forged,
    /// It comes from where the agent is known to be, or is old.
    Known,
    /// The agent has a new address, if it shows a cookie.
    Moves,
}

pub(super) struct Session {
    pub(super) assignment: Assignment,
    /// When it next wants a turn, by the monotonic clock.
    pub(super) wakes: i64,
    begins: i64,
    ends: i64,
    open: Option<Box<Open>>,
    is_distrusted: bool,
}

impl Session {
    pub(super) fn new(assignment: Assignment, now: Now) -> Self {
        let ends = now.mono_of(assignment.window.not_after_ns);
        let begins = now.mono_of(assignment.window.not_before_ns);
        Self { assignment, wakes: ends, begins, ends, open: None, is_distrusted: false }
    }

    pub(super) fn is_live(&self, now: Now) -> bool {
        now.mono_ns < self.ends
    }

    pub(super) fn is_reached_at(&self, from: SocketAddr) -> bool {
        self.open.as_ref().is_some_and(|open| open.is_reached_at(from))
    }

    /// Only a session that has begun to measure has something to distrust.
    pub(super) fn distrust(&mut self) -> bool {
        let has_begun = self.open.as_ref().is_some_and(|open| open.shots.len() > 0);
        has_begun && !std::mem::replace(&mut self.is_distrusted, true)
    }

    /// Lets the agent in, moves it, or repeats the WELCOME to where it is known. Its cookie is good.
    pub(super) fn hello(
        &mut self,
        hello: &Hello,
        from: SocketAddr,
        setting: &Setting<'_>,
        guard: &mut ReplayGuard,
        chance: &mut impl Chance,
    ) -> Result<Vec<Action>, Forged> {
        if let Some(open) = &mut self.open {
            let again = open.again(hello, from).map(|datagram| Action::Send { to: from, datagram });
            return Ok(again.into_iter().collect());
        }
        let Assignment { session, binding, landmark, agent_x25519, window, .. } = self.assignment;
        let tie = Tie { binding, landmark, session };
        let stamp = Tai64n::from_unix_ns(setting.now.unix_ns);
        let welcomed = welcome(setting.key, &agent_x25519, &tie, &hello.noise, chance.array(), stamp);
        let welcomed = welcomed.map_err(|_| Forged)?;
        if !guard.admit(&agent_x25519, welcomed.stamp) {
            return Ok(Vec::new());
        }
        let from_ns = self.begins.max(setting.now.mono_ns);
        let schedule = setting.settings.schedule.before(self.ends - from_ns);
        let times = schedule.draw(window.probes, from_ns, chance);
        let rate = setting.settings.limits.probes_per_session;
        let open = Box::new(Open::new(session, hello, &welcomed.message, welcomed.keys, from, times, rate));
        let datagram = open.welcome();
        self.wakes = open.wakes().min(self.ends);
        self.open = Some(open);
        Ok(vec![Action::Send { to: from, datagram }, Action::Established { session, agent: from }])
    }

    pub(super) fn keep(&mut self, keep: &Keep, from: SocketAddr) -> Kept {
        self.open.as_mut().map_or(Kept::Forged, |open| open.keep(keep, from))
    }

    pub(super) fn reply(&mut self, datagram: &[u8], arrival: &Arrival) -> Result<(), Forged> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let answered = open.reply(datagram, arrival);
        self.wakes = open.wakes().min(self.ends);
        answered
    }

    pub(super) fn due(&mut self, now: Now, settings: &Settings, chance: &mut impl Chance) -> Due {
        // The window is the service's, by REALTIME, which may have been steered since it was assigned.
        let window = self.assignment.window;
        let is_over = now.mono_ns >= self.ends || now.unix_ns >= window.not_after_ns;
        let Some(open) = self.open.as_mut().filter(|_| !is_over) else {
            return Due::Over;
        };
        if now.unix_ns < window.not_before_ns {
            self.wakes = now.mono_of(window.not_before_ns).max(now.mono_ns + 1).min(self.ends);
            return Due::Later;
        }
        let due = open.due(now, settings, chance);
        self.wakes = open.wakes().min(self.ends);
        due
    }

    pub(super) fn sent(&mut self, sequence: u16, t0: i64, r0: i64) {
        if let Some(open) = &mut self.open {
            open.shots.sent(sequence, t0, r0);
        }
    }

    pub(super) fn stamped(&mut self, packet: &Packet, t1: i64) {
        if let Some(open) = &mut self.open {
            open.stamped(packet, t1);
        }
    }

    pub(super) fn into_report(self, settings: &Settings) -> Report {
        let open = self.open.as_ref();
        Report {
            session: self.assignment.session,
            landmark: self.assignment.landmark,
            subject: self.assignment.binding,
            position_version: self.assignment.position_version,
            clock_source: settings.clock_source,
            stamp_kind: settings.stamp_kind,
            ssid: open.map_or(0, |open| open.ssid),
            stamp_key: open.map_or([0; 32], |open| *open.stamp_key()),
            sent: open.map_or_else(Vec::new, |open| open.shots.to_sent(self.is_distrusted)),
        }
    }
}
