//! The rule that turns raw clock readings into a round trip that is never too short.
//!
//! ```text
//! t0 = MONOTONIC_RAW; r0 = REALTIME; send; ... receive; r3 = REALTIME; t3 = MONOTONIC_RAW     (this order)
//! RTT = (t3 - t0) - (T1 - r0) - (r3 - T4)          T1, T4: when the kernel sent and received, on REALTIME
//! ```
//!
//! The long span is measured by the clock that nobody steers, the steered one measures only what the host's own
//! stack took. Whenever the steered clock looks wrong, the figure is `t3 - t0`, which holds always.

/// A reading of all clocks around one challenge and its answer, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamps {
    /// `MONOTONIC_RAW` before everything else.
    pub t0: i64,
    /// `REALTIME` after `t0`, before the send.
    pub r0: i64,
    /// When the kernel sent, on `REALTIME`; anything when there is no stamp.
    pub t1: i64,
    /// When the kernel received, on `REALTIME`; anything when there is no stamp.
    pub t4: i64,
    /// `REALTIME` after the receive.
    pub r3: i64,
    /// `MONOTONIC_RAW` after everything else.
    pub t3: i64,
}

/// Which clock measured the long span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockSource {
    /// A crystal that nobody steers: `MONOTONIC_RAW`, or a counter of the processor.
    Raw,
    /// A clock that never steps but may be steered, for want of a raw one.
    Steered,
}

/// Who stamped the packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StampKind {
    /// Nobody: only the program's own readings.
    Program,
    /// The kernel, in software.
    Kernel,
    /// The network interface, at the frame's start; carries how long one frame of 168 bytes occupies the wire.
    Interface {
        /// Nanoseconds.
        frame_ns: u32,
    },
}

/// The most that the host's own stack may have taken on one side, in nanoseconds: beyond it the stamps are not
/// believed.
pub const OVERHEAD_NS_MAX: i64 = 5_000_000;
/// How far both clocks may disagree whatever the span, in nanoseconds.
pub const SKEW_NS: i64 = 2_000;
/// How far both clocks may disagree for each million nanoseconds of span: what NTP steers without its tick.
pub const SKEW_PPM: i64 = 500;
/// How wrong a crystal that nobody calibrated may run, in millionths.
pub const CRYSTAL_PPM: i64 = 100;
/// How late a driver may stamp after it rang the interface's doorbell, in nanoseconds.
pub const DOORBELL_NS: i64 = 2_000;
/// A steered clock runs at nine tenths of its rate at least (adjtimex reaches 100,000 ppm), so that the true span
/// is longer by a ninth at most.
const STEERED_DIVISOR: i64 = 9;
const MILLION: i64 = 1_000_000;

/// What the landmark knows against its kernel stamps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Distrust {
    /// At least one of both stamps did not come.
    pub unstamped: bool,
    /// `REALTIME` was set during the burst.
    pub stepped: bool,
    /// The tick of `REALTIME` is not nominal: it is being steered fast.
    pub tick: bool,
}

impl Distrust {
    /// Whether anything is known against them.
    #[must_use]
    pub const fn any(self) -> bool {
        self.unstamped || self.stepped || self.tick
    }
}

/// Why a round trip is `t3 - t0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fallback {
    /// The landmark distrusted its stamps.
    Distrusted,
    /// The stamps are not in the order send, stamp, stamp, receive.
    Order,
    /// The stack took longer than [`OVERHEAD_NS_MAX`] on one side.
    Overhead,
    /// Both clocks disagree about the span.
    Skew,
}

/// A round trip by the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTrip {
    /// The time of flight and of the other end, in nanoseconds, never negative.
    pub rtt_ns: i64,
    /// `t3 - t0`, in nanoseconds.
    pub span_ns: i64,
    /// By how much `REALTIME` saw a longer span than `MONOTONIC_RAW`; 0 on fallback. What steering added to the
    /// measured overheads, and so took from the round trip, is no more, unless the clock was slowed and hurried
    /// within the one span.
    pub ahead_ns: i64,
    /// Why it is `t3 - t0`, if it is.
    pub fallback: Option<Fallback>,
}

/// `t3` is before `t0`, or they are centuries apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the raw clock ran backwards: t0 is {t0} ns, t3 is {t3} ns")]
pub struct Backwards {
    /// The first reading.
    pub t0: i64,
    /// The last reading.
    pub t3: i64,
}

/// The rule. `distrusted`: the landmark knows something against its stamps ([`Distrust::any`]).
///
/// # Errors
/// [`Backwards`] when even the raw clock makes no sense.
pub fn round_trip(stamps: &Stamps, distrusted: bool) -> Result<RoundTrip, Backwards> {
    let Stamps { t0, t3, .. } = *stamps;
    let span_ns = t3.checked_sub(t0).filter(|span| *span >= 0).ok_or(Backwards { t0, t3 })?;
    let by_kernel = if distrusted { Err(Fallback::Distrusted) } else { believed(stamps, span_ns) };
    Ok(match by_kernel {
        Ok((rtt_ns, ahead_ns)) => RoundTrip { rtt_ns, span_ns, ahead_ns, fallback: None },
        Err(why) => RoundTrip { rtt_ns: span_ns, span_ns, ahead_ns: 0, fallback: Some(why) },
    })
}

/// Round trip and `ahead_ns` by the kernel's stamps, where they can be believed.
fn believed(stamps: &Stamps, span_ns: i64) -> Result<(i64, i64), Fallback> {
    if !is_ordered(stamps) {
        return Err(Fallback::Order);
    }
    let Stamps { r0, t1, t4, r3, .. } = *stamps;
    let seen_ns = r3.checked_sub(r0).ok_or(Fallback::Skew)?;
    // Ordered within a span that fits: no difference below can overflow.
    let (before_ns, after_ns) = (t1 - r0, r3 - t4);
    if before_ns > OVERHEAD_NS_MAX || after_ns > OVERHEAD_NS_MAX {
        return Err(Fallback::Overhead);
    }
    let ahead_ns = seen_ns.saturating_sub(span_ns);
    let allowed_ns = SKEW_NS + parts(span_ns, SKEW_PPM);
    if ahead_ns.saturating_abs() > allowed_ns {
        return Err(Fallback::Skew);
    }
    Ok(((span_ns - before_ns - after_ns).max(0), ahead_ns))
}

/// Whether `REALTIME` stamps are in the order in which they were made.
#[must_use]
pub const fn is_ordered(stamps: &Stamps) -> bool {
    let Stamps { r0, t1, t4, r3, .. } = *stamps;
    r0 <= t1 && t1 <= t4 && t4 <= r3
}

impl RoundTrip {
    /// What must be added to the round trip so that the true one is not longer, in nanoseconds: what the crystal
    /// may be wrong over the span, both fixed terms, frames on the wire, and what steering can have added to the
    /// overheads. The last is `ahead_ns` for a clock that runs fast or slow at any rate, and [`SKEW_PPM`] of the
    /// overheads for one that does both in turn within that rate.
    #[must_use]
    pub fn eps_ns(&self, source: ClockSource, stamp: StampKind) -> i64 {
        let clock_ns = match source {
            ClockSource::Raw => parts(self.span_ns, CRYSTAL_PPM),
            ClockSource::Steered => self.span_ns / STEERED_DIVISOR,
        };
        let wire_ns = match stamp {
            StampKind::Program | StampKind::Kernel => 0,
            StampKind::Interface { frame_ns } => 2 * i64::from(frame_ns),
        };
        let steered_ns = parts(self.span_ns - self.rtt_ns, SKEW_PPM) + self.ahead_ns.max(0);
        // One more for each division, as they round down.
        clock_ns.saturating_add(2 + SKEW_NS + DOORBELL_NS + wire_ns + steered_ns)
    }

    /// What the true round trip is not longer than, in nanoseconds.
    #[must_use]
    pub fn bound_ns(&self, source: ClockSource, stamp: StampKind) -> i64 {
        self.rtt_ns.saturating_add(self.eps_ns(source, stamp))
    }
}

/// So many millionths of a span, without overflow.
fn parts(span_ns: i64, ppm: i64) -> i64 {
    (span_ns / MILLION) * ppm + (span_ns % MILLION) * ppm / MILLION
}
