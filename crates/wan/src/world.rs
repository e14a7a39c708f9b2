//! What the relay and the handle share. Either lock is held for a look or a count, never over a system call.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::rules::Rules;
use crate::stats::Stats;

pub(crate) struct World {
    rules: Mutex<Rules>,
    stats: Mutex<Stats>,
    is_ending: AtomicBool,
}

impl World {
    pub(crate) fn new(rules: Rules) -> Self {
        let (rules, stats) = (Mutex::new(rules), Mutex::new(Stats::new()));
        Self { rules, stats, is_ending: AtomicBool::new(false) }
    }

    // Nothing under either lock is left half changed by a panic.

    pub(crate) fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stats(&self) -> MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn end(&self) {
        self.is_ending.store(true, Ordering::Release);
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Acquire)
    }
}
