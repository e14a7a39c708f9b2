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
