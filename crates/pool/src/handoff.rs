//! The cell through which a job's answer reaches whoever waits for it.

use std::mem;
use std::task::{Poll, Waker};

use crate::lost::Lost;
use crate::sync::{Mutex, lock};

/// One answer, handed from the worker to the waiter once.
///
/// Wakers and answers are the caller's code: they are woken and dropped outside the lock.
#[derive(Debug)]
pub(crate) struct Handoff<T>(Mutex<State<T>>);

#[derive(Debug)]
enum State<T> {
    /// No answer yet; who to wake when there is one.
    Waiting(Option<Waker>),
    /// The answer, not yet collected.
    Ready(Result<T, Lost>),
    /// Collected, or nobody waits.
    Closed,
}

impl<T> Default for Handoff<T> {
    fn default() -> Self {
        Self(Mutex::new(State::Waiting(None)))
    }
}

impl<T> Handoff<T> {
    /// Gives the answer; the first one counts.
    pub(crate) fn complete(&self, answer: Result<T, Lost>) {
        let mut state = lock(&self.0);
        if !matches!(*state, State::Waiting(_)) {
            drop(state);
            return; // the answer is dropped here, outside the lock
        }
        let before = mem::replace(&mut *state, State::Ready(answer));
        drop(state);
        if let State::Waiting(Some(waker)) = before {
            waker.wake();
        }
    }

    /// Collects the answer, or leaves `waker` to be woken when there is one.
    ///
    /// Once collected, every further poll answers [`Lost::Cancelled`].
    pub(crate) fn poll(&self, waker: &Waker) -> Poll<Result<T, Lost>> {
        let mut state = lock(&self.0);
        match &mut *state {
            State::Waiting(known) => {
                let stale = match known {
                    Some(known) if known.will_wake(waker) => None,
                    _ => known.replace(waker.clone()),
                };
                drop(state);
                drop(stale);
                Poll::Pending
            }
            State::Ready(_) | State::Closed => {
                let answer = mem::replace(&mut *state, State::Closed);
                drop(state);
                Poll::Ready(match answer {
                    State::Ready(answer) => answer,
                    State::Waiting(_) | State::Closed => Err(Lost::Cancelled),
                })
            }
        }
    }

    /// Nobody waits any more: drops the answer, now or when it comes.
    pub(crate) fn close(&self) {
        let before = mem::replace(&mut *lock(&self.0), State::Closed);
        drop(before);
    }
}
