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

#[cfg(test)]
mod tests {
    use lightcone_probe::clock::{ClockSource, StampKind, Stamps};
    use lightcone_probe::report::{Answer, Sent};
    use lightcone_probe::{Binding, LandmarkId, Nonce, NtpTime, Proof, SessionId};

    use super::*;

    fn report(fallback: bool) -> Report {
        let stamps = Stamps { t0: 0, r0: 1_000, t1: 3_000, t4: 50_003_000, r3: 50_005_000, t3: 50_004_500 };
        let (t2, t3) = (NtpTime(0), NtpTime(0));
        let answer = Answer { stamps, fallback, t2, t3, ttl: 64, flags: 0, proof: Proof([0; 16]) };
        Report {
            session: SessionId([0; 8]),
            landmark: LandmarkId([0; 16]),
            subject: Binding([0; 32]),
            position_version: 1,
            clock_source: ClockSource::Raw,
            stamp_kind: StampKind::Kernel,
            ssid: 0,
            stamp_key: [0; 32],
            sent: vec![Sent {
                sequence: 0,
                timestamp: NtpTime(0),
                error_estimate: 0,
                nonce: Nonce([0; 16]),
                answer: Some(answer),
            }],
        }
    }

    fn round_trip(report: &Report) -> i64 {
        let Stamps { t0, r0, t1, t4, r3, t3 } = report.sent[0].answer.unwrap().stamps;
        (t3 - t0) - (t1 - r0) - (r3 - t4)
    }

    #[test]
    fn a_lie_shortens_by_what_it_says_but_not_beyond_belief() {
        let lie = Lie::default();
        let truth = round_trip(&report(false));
        assert_eq!(round_trip(&lie.told(report(false))), truth);
        lie.subtract(20_000_000);
        assert_eq!(round_trip(&lie.told(report(false))), truth - 20_000_000);
        lie.subtract(i64::MAX);
        for fallback in [false, true] {
            let stamps = lie.told(report(fallback)).sent[0].answer.unwrap().stamps;
            assert!(stamps.t3 > stamps.t0 && stamps.r3 - stamps.t4 == 2_000);
        }
    }
}
