//! The answer of an admitted job, to wait for.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::arena::Key;
use crate::handoff::Handoff;
use crate::lane::Lane;
use crate::lost::Lost;
use crate::slot::Shared;
use crate::sync::thread;
use crate::token::Token;

/// The answer of an admitted job, to wait for; dropping it cancels the job.
///
/// A future for any executor. Polled again after it was ready, it answers [`Lost::Cancelled`].
#[must_use = "dropping a pending answer cancels its job"]
pub struct Pending<T> {
    handoff: Arc<Handoff<T>>,
    /// What dropping this cancels; `None` once answered or detached.
    hold: Option<Hold>,
}

struct Hold {
    shared: Arc<Shared>,
    token: Token,
    lane: Lane,
    key: Key,
}

impl<T> Pending<T> {
    pub(crate) fn new(
        handoff: Arc<Handoff<T>>,
        shared: Arc<Shared>,
        token: Token,
        lane: Lane,
        key: Key,
    ) -> Self {
        Self { handoff, hold: Some(Hold { shared, token, lane, key }) }
    }

    /// Blocks this thread until the job is over.
    ///
    /// Not for async code, and not inside a job: there it would hold a slot while waiting for one.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn wait(self) -> Result<T, Lost> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut this = pin!(self);
        loop {
            if let Poll::Ready(answer) = this.as_mut().poll(&mut context) {
                return answer;
            }
            thread::park();
        }
    }

    /// Cancels the job and goes on waiting: the answer is [`Lost::Cancelled`], or the value of a job that was
    /// past asking.
    pub fn cancel(&self) {
        if let Some(hold) = &self.hold {
            hold.cancel();
        }
    }

    /// Lets the job run though nobody waits for it, as work that writes state should.
    pub fn detach(mut self) {
        self.hold = None;
    }

    /// The job's token, to cancel it from elsewhere; `None` once answered.
    pub fn token(&self) -> Option<Token> {
        self.hold.as_ref().map(|hold| hold.token.clone())
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, Lost>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = self.handoff.poll(context.waker());
        if answer.is_ready() {
            self.hold = None;
        }
        answer
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        self.handoff.close();
        if let Some(hold) = &self.hold {
            hold.cancel();
        }
    }
}

impl Hold {
    /// Stops a running job, and takes a queued one out: a client that dies gives all its places back.
    fn cancel(&self) {
        self.token.cancel();
        self.shared.withdraw(self.lane, self.key);
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("is_held", &self.hold.is_some()).finish_non_exhaustive()
    }
}

/// Wakes a thread that is parked in [`Pending::wait`].
struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
