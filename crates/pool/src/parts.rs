//! The parts that the loom models take on their own.

use std::task::{Poll, Waker};

use crate::handoff::Handoff;
use crate::lost::Lost;

/// The cell through which an answer is handed over.
#[derive(Debug)]
pub struct Cell<T>(Handoff<T>);

impl<T> Default for Cell<T> {
    fn default() -> Self {
        Self(Handoff::default())
    }
}

impl<T> Cell<T> {
    /// See the crate's hand-off.
    pub fn complete(&self, answer: Result<T, Lost>) {
        self.0.complete(answer);
    }

    /// See the crate's hand-off.
    pub fn poll(&self, waker: &Waker) -> Poll<Result<T, Lost>> {
        self.0.poll(waker)
    }

    /// See the crate's hand-off.
    pub fn close(&self) {
        self.0.close();
    }
}
