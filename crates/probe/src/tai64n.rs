//! TAI64N: the time label inside the handshake, by which an old HELLO is known.

/// Length of a label.
pub const TAI64N_BYTES: usize = 12;

/// 2^62 is 1970 TAI; TAI was 10 s ahead of UTC then. Leap seconds are left out: labels must rise, not be exact.
const UNIX_EPOCH: u64 = (1 << 62) + 10;
const SECOND_NS: i64 = 1_000_000_000;

/// A label: seconds since 2^62 s before 1970 TAI, then nanoseconds, big-endian, so that bytes compare like times.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Tai64n(pub [u8; TAI64N_BYTES]);

impl Tai64n {
    /// The label of a Unix time in nanoseconds.
    #[must_use]
    pub fn from_unix_ns(unix_ns: i64) -> Self {
        let seconds = UNIX_EPOCH.wrapping_add_signed(unix_ns.div_euclid(SECOND_NS));
        let nanos = unix_ns.rem_euclid(SECOND_NS) as u32;
        let mut label = [0; TAI64N_BYTES];
        label[..8].copy_from_slice(&seconds.to_be_bytes());
        label[8..].copy_from_slice(&nanos.to_be_bytes());
        Self(label)
    }
}
