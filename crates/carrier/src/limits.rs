//! Every bound on what strangers can make an outlet do.

use std::time::Duration;

/// Counts, rates and times; the defaults suit a landmark that most agents reach over UDP.
///
/// A datagram is at most 192 bytes, so that the rate of datagrams is also one of bytes: 200 a second are at most
/// 38.8 kB. Whoever sends faster is read slower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time. Each takes two file descriptors.
    pub connections: usize,
    /// Connections at a time from one source, which is an IPv4 address or an IPv6 /56. A hall behind a proxy is one.
    pub connections_per_source: usize,
    /// A connection takes its seat for this long at least, so that the limits above also bound handshakes a second.
    pub seat_min: Duration,
    /// From the connection to the end of the TLS handshake.
    pub handshake: Duration,
    /// A connection ends when no whole datagram has come for this long. Agents say every 15 s that they are there.
    pub idle: Duration,
    /// A connection ends when it does not take one datagram within this.
    pub write: Duration,
    /// Datagrams from one connection; a burst of one second's worth.
    pub datagrams_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            connections_per_source: 256,
            seat_min: Duration::from_secs(1),
            handshake: Duration::from_secs(10),
            idle: Duration::from_secs(45),
            write: Duration::from_secs(5),
            datagrams_per_second: 200,
        }
    }
}
