//! A session's life, watched by one task: announced, attested, closed, judged; or missed.

use std::sync::Arc;

use lightcone_store::{SessionState, SubjectKind};

use super::clock::{now_ns, sleep_until};
use super::desk::{Open, name_of};
use super::{Measuring, Trouble};

/// How long a task waits before it asks a store again that had no answer.
const RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// What a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Something to happen, until a time.
    Wait(i64),
    /// To be judged: everything that can come has come.
    Judge,
    /// To be counted as missed.
    Miss,
    /// Nothing: it is over.
    Nothing,
}

/// What a session waits for at a time. `grace_ns` after its end nothing more is waited for.
fn next(state: SessionState, not_after: i64, has_all: bool, grace_ns: i64, now: i64) -> Next {
    let last = not_after.saturating_add(grace_ns);
    match state {
        SessionState::Summoned if now <= not_after => Next::Wait(not_after.saturating_add(1)),
        SessionState::Summoned => Next::Miss,
        SessionState::Attested if now < last => Next::Wait(last),
        SessionState::Attested => Next::Miss,
        SessionState::Closed if has_all || now >= last => Next::Judge,
        SessionState::Closed => Next::Wait(last),
        SessionState::Judged | SessionState::Missed => Next::Nothing,
    }
}

impl Measuring {
    /// Watches over a session until it is over or the server drains. A session that is cut short is taken up by
    /// the next start.
    pub(super) fn keep(self: &Arc<Self>, open: &Arc<Open>) {
        let (measuring, open) = (Arc::clone(self), Arc::clone(open));
        tokio::spawn(async move {
            let mut draining = measuring.draining();
            tokio::select! {
                () = measuring.watch_over(&open) => {}
                _ = draining.wait_for(|draining| *draining) => {}
            }
        });
    }

    async fn watch_over(self: &Arc<Self>, open: &Arc<Open>) {
        loop {
            let changed = open.changed.notified();
            tokio::pin!(changed);
            // From here on nothing is missed, whatever changes while the view is looked at.
            changed.as_mut().enable();
            let view = open.view();
            let (state, not_after) = (view.record.state, view.record.not_after);
            let done = match next(state, not_after, open.has_all(), self.rules.grace_ns, now_ns()) {
                Next::Nothing => {
                    self.desk.finish(open);
                    return;
                }
                Next::Wait(until) => {
                    tokio::select! {
                        () = changed => {}
                        () = sleep_until(until) => {}
                    }
                    continue;
                }
                Next::Judge => self.settle(open).await,
                Next::Miss => self.miss(open).await,
            };
            if let Err(trouble) = done {
                tracing::error!(session = open.name(), %trouble, "a session waits for its end");
                tokio::time::sleep(RETRY).await;
            }
        }
    }

    /// Counts a session as missed, unless it was attested or closed just now.
    async fn miss(self: &Arc<Self>, open: &Arc<Open>) -> Result<(), Trouble> {
        let _turn = open.turn.lock().await;
        let (view, now) = (open.view(), now_ns());
        let state = view.record.state;
        if next(state, view.record.not_after, open.has_all(), self.rules.grace_ns, now) != Next::Miss {
            return Ok(());
        }
        let record = self.store.record_missed(&open.id, now).await?;
        let name = name_of(&record);
        let is_agent = record.subject_kind == SubjectKind::Agent;
        open.set(record);
        if is_agent {
            self.silent(&view.record.subject, &name, state == SessionState::Attested).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(state: SessionState, has_all: bool, now: i64, expected: Next) {
        assert_eq!(next(state, 100, has_all, 20, now), expected);
    }

    #[test]
    fn who_does_not_attest_in_time_misses() {
        check(SessionState::Summoned, false, 100, Next::Wait(101));
        check(SessionState::Summoned, false, 101, Next::Miss);
    }

    #[test]
    fn who_attests_has_until_the_end_of_grace_to_close() {
        check(SessionState::Attested, true, 119, Next::Wait(120));
        check(SessionState::Attested, true, 120, Next::Miss);
    }

    #[test]
    fn a_closed_session_is_judged_when_all_is_in_or_no_more_is_waited_for() {
        check(SessionState::Closed, false, 50, Next::Wait(120));
        check(SessionState::Closed, true, 50, Next::Judge);
        check(SessionState::Closed, false, 120, Next::Judge);
        check(SessionState::Judged, true, 120, Next::Nothing);
    }
}
