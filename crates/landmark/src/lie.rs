//! A landmark that lies about time, for tests of what the service makes of it. Compiled only with the feature
//! `attack`. A lie about place needs no code: it is told to the registry.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use lightcone_probe::report::Report;

/// The shortest round trip that a liar dares to claim, in nanoseconds.
const SHORTEST_NS: i64 = 1_000;

/// How much a landmark takes off its round trips. Shared: it may change while the landmark runs.
#[derive(Clone, Debug, Default)]
pub struct Lie {
    subtract_ns: Arc<AtomicI64>,
}

impl Lie {
    /// Takes so many nanoseconds off every round trip from now on; 0 is the truth.
    pub fn subtract(&self, ns: i64) {
        self.subtract_ns.store(ns, Ordering::Relaxed);
    }

    /// The report as it is told: later clocks set back alike, so that no two of them disagree.
    pub(crate) fn told(&self, mut report: Report) -> Report {
        let wanted = self.subtract_ns.load(Ordering::Relaxed);
        for answer in report.sent.iter_mut().filter_map(|sent| sent.answer.as_mut()) {
            let stamps = &mut answer.stamps;
            let flight = if answer.fallback { stamps.t3 - stamps.t0 } else { stamps.t4 - stamps.t1 };
            let off = wanted.min(flight - SHORTEST_NS).max(0);
            (stamps.t4, stamps.r3, stamps.t3) = (stamps.t4 - off, stamps.r3 - off, stamps.t3 - off);
        }
        report
    }
}
