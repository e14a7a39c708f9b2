//! One address of a landmark, and how often the agent speaks to it.

use std::net::SocketAddr;

use crate::control::Cookie;
use crate::limits::KEEP_NS;
use crate::now::Now;

/// First wait for an answer, in nanoseconds; doubled each time.
const WAIT_NS: i64 = 350_000_000;
/// Longest wait for an answer, in nanoseconds.
const WAIT_NS_MAX: i64 = 1_000_000_000;

pub(super) struct Door {
    pub(super) address: SocketAddr,
    pub(super) cookie: Cookie,
    /// The landmark sends challenges to where this door is reached from.
    is_open: bool,
    /// A HELLO or KEEP of this end's own is out that a RETRY may answer.
    is_awaited: bool,
    pub(super) speaks_at: i64,
    wait_ns: i64,
}

impl Door {
    pub(super) fn new(address: SocketAddr, now: Now) -> Self {
        let cookie = Cookie::NONE;
        Self { address, cookie, is_open: false, is_awaited: false, speaks_at: now.mono_ns, wait_ns: WAIT_NS }
    }

    /// Notes that a HELLO or KEEP goes out now.
    pub(super) fn speak(&mut self, now: Now) {
        self.is_awaited = true;
        self.speaks_at = now.mono_ns + if self.is_open { KEEP_NS } else { self.wait_ns };
        self.wait_ns = (self.wait_ns * 2).min(WAIT_NS_MAX);
    }

    /// Takes a cookie, once for each time that this end spoke: so nobody makes it speak more than it wants.
    pub(super) fn retry(&mut self, cookie: Cookie) -> bool {
        let is_awaited = self.is_awaited;
        if is_awaited {
            self.cookie = cookie;
        }
        self.is_awaited = false;
        is_awaited
    }

    /// The landmark answered here with what only it knows.
    pub(super) fn open(&mut self, now: Now) {
        self.is_open = true;
        self.wait_ns = WAIT_NS;
        self.speaks_at = now.mono_ns + KEEP_NS;
    }

    /// The handshake was made through another door: this one begins anew, with a KEEP.
    pub(super) fn begin_anew(&mut self, now: Now) {
        if !self.is_open {
            self.wait_ns = WAIT_NS;
            self.speaks_at = now.mono_ns;
        }
    }
}
