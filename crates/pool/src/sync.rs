//! The synchronisation this crate uses, in one place so that loom can stand in for it.
//!
//! `Arc` stays std's: counting references is not what the models are about.

use std::cell::Cell;
use std::sync::PoisonError;

#[cfg(loom)]
pub(crate) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicU8, Ordering},
};
#[cfg(loom)]
pub(crate) use loom::thread;

#[cfg(not(loom))]
pub(crate) use std::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicU8, Ordering},
};
#[cfg(not(loom))]
pub(crate) use std::thread;

#[cfg(loom)]
loom::thread_local! {
    /// Whether this thread is inside a job: one that waits for rayon may be lent to another slot.
    pub(crate) static IN_JOB: Cell<bool> = Cell::new(false);
}
#[cfg(not(loom))]
std::thread_local! {
    /// Whether this thread is inside a job: one that waits for rayon may be lent to another slot.
    pub(crate) static IN_JOB: Cell<bool> = const { Cell::new(false) };
}

/// Locks, taking a poisoned lock as it is: no caller's code runs under our locks, so what they guard is whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
