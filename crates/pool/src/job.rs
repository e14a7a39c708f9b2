//! A job with its types erased, as the queue holds it.

use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::handoff::Handoff;
use crate::lost::Lost;
use crate::observer::{Outcome, Scope};
use crate::token::Token;

/// A job as the queue holds it. Dropped before it was delivered, it answers [`Lost::ShutDown`].
pub(crate) trait Job: Send + fmt::Debug {
    /// Runs the work on this thread, containing its panic; the answer is kept until [`Job::deliver`].
    fn run(&mut self) -> Outcome;

    /// Hands the answer to whoever waits.
    fn deliver(self: Box<Self>);

    /// Answers that the job was lost.
    fn lose(self: Box<Self>, why: Lost);
}

/// Work that yields a `T`, and where the `T` goes.
pub(crate) struct Task<T, F> {
    work: Option<F>,
    scope: Option<Box<dyn Scope>>,
    token: Token,
    answer: Result<T, Lost>,
    /// `None` once answered.
    handoff: Option<Arc<Handoff<T>>>,
}

impl<T, F: FnOnce(&Token) -> T> Task<T, F> {
    pub(crate) fn new(
        work: F,
        scope: Option<Box<dyn Scope>>,
        token: Token,
        handoff: Arc<Handoff<T>>,
    ) -> Self {
        Self { work: Some(work), scope, token, answer: Err(Lost::ShutDown), handoff: Some(handoff) }
    }

    fn work(&mut self) {
        let Some(work) = self.work.take() else { return };
        let value = work(&self.token);
        self.answer = match self.token.told() {
            None => Ok(value),
            Some(why) => Err(why.into()),
        };
    }
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnOnce(&Token) -> T + Send,
{
    fn run(&mut self) -> Outcome {
        let scope = self.scope.take();
        let has_panicked = !contain(|| {
            if let Some(scope) = scope {
                scope.around(&mut || self.work());
            }
            self.work();
        });
        if has_panicked {
            self.answer = Err(Lost::Panicked);
        }
        match &self.answer {
            Ok(_) => Outcome::Finished,
            Err(why) => (*why).into(),
        }
    }

    fn deliver(mut self: Box<Self>) {
        let answer = mem::replace(&mut self.answer, Err(Lost::ShutDown));
        self.complete(answer);
    }

    fn lose(mut self: Box<Self>, why: Lost) {
        self.complete(Err(why));
    }
}

impl<T, F> Task<T, F> {
    fn complete(&mut self, answer: Result<T, Lost>) {
        if let Some(handoff) = self.handoff.take() {
            handoff.complete(answer);
        }
    }
}

impl<T, F> Drop for Task<T, F> {
    fn drop(&mut self) {
        self.complete(Err(Lost::ShutDown));
    }
}

impl<T, F> fmt::Debug for Task<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("token", &self.token).finish_non_exhaustive()
    }
}

/// Runs a caller's code, containing its panic; whether there was none.
pub(crate) fn contain(code: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(()) => true,
        Err(payload) => {
            // A payload may panic when it is dropped, and that panic's payload too: this one is leaked.
            if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                mem::forget(again);
            }
            false
        }
    }
}
