//! Every bound on what strangers can make either end do.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

const SECOND_NS: i64 = 1_000_000_000;

/// How long a source is ignored that used up its budget of bad tags, in nanoseconds.
pub const IGNORED_NS: i64 = 10 * SECOND_NS;
/// Sources remembered at a time. Beyond it the one not heard for longest is forgotten, and with it its limits.
pub const SOURCES_MAX: usize = 1_024;
/// A round trip as long as this is no answer, in nanoseconds.
pub const ROUND_TRIP_NS_MAX: i64 = 1_500_000_000;
/// How often an agent says that it is still there, in nanoseconds (RFC 8085, section 3.5).
pub const KEEP_NS: i64 = 15 * SECOND_NS;

/// Rates a second and counts; the defaults are the protocol's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// HELLO and KEEP from new addresses that a landmark answers one source: an IPv4 address or an IPv6 /56.
    pub hellos_per_source: u32,
    /// HELLO that a landmark answers in all.
    pub hellos: u32,
    /// Challenges a landmark sends into one session.
    pub probes_per_session: u32,
    /// Sessions a landmark holds at a time.
    pub sessions: usize,
    /// Challenges an agent answers one landmark.
    pub answers_per_landmark: u32,
    /// Challenges an agent answers in all.
    pub answers: u32,
    /// Sessions an agent holds at a time.
    pub engagements: usize,
    /// Datagrams with a bad tag after which a source is ignored for [`IGNORED_NS`].
    pub bad_tags: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hellos_per_source: 5,
            hellos: 20_000,
            probes_per_session: 50,
            sessions: 100_000,
            answers_per_landmark: 50,
            answers: 500,
            engagements: 64,
            bad_tags: 100,
        }
    }
}

/// A rate, with a burst of one second's worth.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    interval_ns: i64,
    /// When it would be full again; beyond a second from now it is empty.
    full_at: i64,
}

impl Bucket {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { interval_ns: SECOND_NS / i64::from(per_second.max(1)), full_at: i64::MIN / 2 }
    }

    /// Whether one more may pass now.
    pub(crate) fn has(&self, now_ns: i64) -> bool {
        self.full_at.max(now_ns) + self.interval_ns - now_ns <= SECOND_NS
    }

    /// Lets one pass, if it may.
    pub(crate) fn take(&mut self, now_ns: i64) -> bool {
        let may = self.has(now_ns);
        if may {
            self.full_at = self.full_at.max(now_ns) + self.interval_ns;
        }
        may
    }

    /// When the next may pass, if none may now.
    pub(crate) fn next_ns(&self, now_ns: i64) -> i64 {
        now_ns.max(self.full_at + self.interval_ns - SECOND_NS)
    }
}

/// What is remembered of each source.
pub(crate) struct Sources {
    limits: Limits,
    known: BTreeMap<[u8; 16], Source>,
}

struct Source {
    hellos: Bucket,
    bad: Bucket,
    ignored_until: i64,
    heard: i64,
}

impl Sources {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, known: BTreeMap::new() }
    }

    /// Whether nothing is read from this source at present.
    pub(crate) fn is_ignored(&self, now_ns: i64, from: SocketAddr) -> bool {
        self.known.get(&prefix(from)).is_some_and(|source| source.ignored_until > now_ns)
    }

    /// Whether one more HELLO of this source is looked at.
    pub(crate) fn hello(&mut self, now_ns: i64, from: SocketAddr) -> bool {
        self.source(now_ns, from).hellos.take(now_ns)
    }

    /// Counts a datagram with a bad tag.
    pub(crate) fn bad(&mut self, now_ns: i64, from: SocketAddr) {
        let source = self.source(now_ns, from);
        if !source.bad.take(now_ns) {
            source.ignored_until = now_ns + IGNORED_NS;
        }
    }

    fn source(&mut self, now_ns: i64, from: SocketAddr) -> &mut Source {
        let prefix = prefix(from);
        if self.known.len() >= SOURCES_MAX && !self.known.contains_key(&prefix) {
            let eldest = self.known.iter().min_by_key(|(_, source)| source.heard).map(|(prefix, _)| *prefix);
            eldest.and_then(|eldest| self.known.remove(&eldest));
        }
        let limits = self.limits;
        let source = self.known.entry(prefix).or_insert_with(|| Source {
            hellos: Bucket::new(limits.hellos_per_source),
            bad: Bucket::new(limits.bad_tags),
            ignored_until: i64::MIN,
            heard: now_ns,
        });
        source.heard = now_ns;
        source
    }
}

/// An IPv4 address, or the /56 of an IPv6 address: what one customer has.
fn prefix(from: SocketAddr) -> [u8; 16] {
    match from.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => {
            let mut octets = ip.octets();
            octets[7..].fill(0);
            octets
        }
    }
}
