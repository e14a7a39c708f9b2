//! One session with all its landmarks.

use std::net::SocketAddr;

use super::door::Door;
use super::line::Line;
use super::{Action, Engagement, Settings};
use crate::chance::Chance;
use crate::handshake::{Initiator, Tie};
use crate::ids::{Binding, SessionId};
use crate::now::Now;
use crate::plan::PlannedLandmark;
use crate::tai64n::Tai64n;
use crate::transcript::Transcript;

pub(super) struct Engaged {
    session: SessionId,
    binding: Binding,
    probes: u16,
    begins: i64,
    ends: i64,
    quiet_ns: i64,
    lines: Vec<Line>,
}

impl Engaged {
    /// Begins a handshake with each landmark that can be reached.
    pub(super) fn new(
        engagement: &Engagement,
        settings: &Settings,
        stamp: Tai64n,
        now: Now,
        chance: &mut impl Chance,
    ) -> Self {
        let plan = &engagement.plan;
        let begins = now.mono_of(plan.window.not_before_ns);
        let mut lines = Vec::with_capacity(plan.landmarks.len());
        for landmark in &plan.landmarks {
            let doors = doors(landmark, settings, now);
            let tie = Tie { binding: plan.binding, landmark: landmark.id, session: plan.session };
            let start = Initiator::start(&engagement.key, &landmark.x25519, &tie, chance.array(), stamp);
            if let (false, Ok(start)) = (doors.is_empty(), start) {
                lines.push(Line::new(landmark.id, doors, start, settings, begins.max(now.mono_ns)));
            }
        }
        Self {
            session: plan.session,
            binding: plan.binding,
            probes: plan.window.probes,
            begins,
            ends: now.mono_of(plan.window.not_after_ns),
            quiet_ns: settings.quiet_ns,
            lines,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn line(&mut self, from: SocketAddr) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.is_at(from))
    }

    pub(super) fn turn(&mut self, now: Now, actions: &mut Vec<Action>) {
        self.lines.iter_mut().for_each(|line| line.turn(self.session, now, actions));
    }

    /// Whether every landmark has asked all it may, or has been quiet for long, or the window is over.
    pub(super) fn is_over(&self, now: Now) -> bool {
        now.mono_ns >= self.over_at()
    }

    pub(super) fn wakes_at(&self) -> i64 {
        let speaks = self.lines.iter().map(Line::speaks_at).min().unwrap_or(i64::MAX);
        speaks.min(self.over_at())
    }

    pub(super) fn into_transcript(self) -> Transcript {
        let mut landmarks: Vec<_> = self.lines.into_iter().filter_map(Line::into_entry).collect();
        landmarks.sort_unstable_by_key(|entry| entry.landmark);
        Transcript { session: self.session, binding: self.binding, landmarks }
    }

    fn over_at(&self) -> i64 {
        let over = self.lines.iter().map(|line| {
            let is_full = line.answered() >= self.probes;
            if is_full { self.begins } else { line.heard.saturating_add(self.quiet_ns) }
        });
        over.max().unwrap_or(self.begins).min(self.ends)
    }
}

/// The landmark's addresses that there is a socket for.
fn doors(landmark: &PlannedLandmark, settings: &Settings, now: Now) -> Vec<Door> {
    let v4 = landmark.v4.filter(|_| settings.has_v4).map(SocketAddr::V4);
    let v6 = landmark.v6.filter(|_| settings.has_v6).map(SocketAddr::V6);
    v6.into_iter().chain(v4).map(|address| Door::new(address, now)).collect()
}
