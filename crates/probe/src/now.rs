//! A moment by two clocks: one that measures, one that people set.

/// What time it is. Spans are taken from `mono_ns` only; `unix_ns` says what to write into packets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now {
    /// Nanoseconds of the raw monotonic clock, the clock of `t0` and `t3`.
    pub mono_ns: i64,
    /// Nanoseconds since 1970.
    pub unix_ns: i64,
}

impl Now {
    /// When a Unix time will be, by the monotonic clock, if nobody sets the other one until then.
    #[must_use]
    pub const fn mono_of(&self, unix_ns: i64) -> i64 {
        self.mono_ns.saturating_add(unix_ns.saturating_sub(self.unix_ns))
    }
}
