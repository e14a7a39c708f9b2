//! When a connection has to go.

use std::time::{Duration, Instant};

use super::activity::Activity;
use crate::limits::{AGE_SPREAD_PART, GOODBYE_MAX};

/// How long a connection may do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// Until the head of its first request is there, the handshake among it.
    pub(crate) first_request: Duration,
    /// Without an open call.
    pub(crate) idle: Duration,
    /// In all, before it is asked to go.
    pub(crate) age: Duration,
    /// After that, for calls that are open.
    pub(crate) grace: Duration,
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The other end left, or broke the protocol.
    Closed,
    /// It shook no hands.
    NoHandshake,
    /// No request came in time.
    Silent,
    /// No call was open for too long.
    Idle,
    /// It was old.
    Old,
    /// The server goes down.
    Drained,
}

impl End {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::NoHandshake => "no_handshake",
            Self::Silent => "silent",
            Self::Idle => "idle",
            Self::Old => "old",
            Self::Drained => "drained",
        }
    }
}

/// What is to be done about a connection now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing before then.
    Wait(Instant),
    /// Ask it to go, for this reason.
    Ask(End),
    /// Close it, for this reason.
    Cut(End),
}

/// The moments of one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vigil {
    times: Times,
    first_request: Instant,
    old: Instant,
    /// When it was asked to go, and why.
    asked: Option<(Instant, End)>,
}

impl Vigil {
    /// A vigil over a connection that came then. `chance`, 0 to 1, spreads the ages of many that came at once, so
    /// that they do not all come again at once.
    pub(super) fn new(times: Times, came: Instant, chance: f64) -> Self {
        let spread = times.age.mul_f64(chance.clamp(0.0, 1.0) / f64::from(AGE_SPREAD_PART));
        let (first_request, old) = (came + times.first_request, came + times.age - spread);
        Self { times, first_request, old, asked: None }
    }

    /// Until when the head of its first request must be there.
    pub(super) fn first_request(&self) -> Instant {
        self.first_request
    }

    /// Notes that the connection was asked to go.
    pub(super) fn asked(&mut self, now: Instant, why: End) {
        self.asked.get_or_insert((now, why));
    }

    /// What is to be done now.
    pub(super) fn step(&self, now: Instant, activity: &Activity) -> Step {
        if !activity.had_call() && now >= self.first_request {
            return Step::Cut(End::Silent);
        }
        let quiet_from = activity.quiet_from();
        if let Some((asked, why)) = self.asked {
            // Calls may end; without one, a peer that does not hang up is not waited for.
            let patience = if quiet_from.is_some() { GOODBYE_MAX } else { self.times.grace };
            let quiet = quiet_from.map_or(asked, |quiet_from| quiet_from.max(asked));
            let (cut, last) = (quiet + patience, asked + self.times.grace);
            return match cut.min(last) {
                cut if now >= cut => Step::Cut(why),
                cut => Step::Wait(cut.min(now + GOODBYE_MAX)),
            };
        }
        if now >= self.old {
            return Step::Ask(End::Old);
        }
        let idle = quiet_from.unwrap_or(now) + self.times.idle;
        match idle {
            idle if now >= idle => Step::Ask(End::Idle),
            _ if !activity.had_call() => Step::Wait(self.first_request.min(idle).min(self.old)),
            idle => Step::Wait(idle.min(self.old)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const TIMES: Times = Times {
        first_request: Duration::from_secs(5),
        idle: Duration::from_secs(300),
        age: Duration::from_secs(1_000),
        grace: Duration::from_secs(100),
    };

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_connection_that_never_asks_is_cut() {
        let came = Instant::now();
        let (vigil, activity) = (Vigil::new(TIMES, came, 0.0), Activity::new(came));
        assert_eq!(vigil.step(came, &activity), Step::Wait(came + s(5)));
        assert_eq!(vigil.step(came + s(5), &activity), Step::Cut(End::Silent));
    }

    #[test]
    fn one_without_calls_is_asked_to_go_and_then_cut() {
        let came = Instant::now();
        let (mut vigil, activity) = (Vigil::new(TIMES, came, 0.0), Arc::new(Activity::new(came)));
        drop(activity.begin());
        let quiet = activity.quiet_from().unwrap();
        assert_eq!(vigil.step(came + s(10), &activity), Step::Wait(quiet + s(300)));
        assert_eq!(vigil.step(quiet + s(300), &activity), Step::Ask(End::Idle));
        vigil.asked(came + s(301), End::Idle);
        assert!(matches!(vigil.step(came + s(302), &activity), Step::Wait(_)));
        assert_eq!(vigil.step(came + s(301) + GOODBYE_MAX, &activity), Step::Cut(End::Idle));
    }

    #[test]
    fn one_with_an_open_call_is_never_idle_but_grows_old() {
        let came = Instant::now();
        let (mut vigil, activity) = (Vigil::new(TIMES, came, 1.0), Arc::new(Activity::new(came)));
        let call = activity.begin();
        assert_eq!(vigil.step(came + s(800), &activity), Step::Wait(came + s(900)), "a tenth is chance");
        assert_eq!(vigil.step(came + s(900), &activity), Step::Ask(End::Old));
        vigil.asked(came + s(900), End::Old);
        assert!(matches!(vigil.step(came + s(950), &activity), Step::Wait(_)), "the call may end");
        assert_eq!(vigil.step(came + s(1_000), &activity), Step::Cut(End::Old));
        drop(call);
    }
}
