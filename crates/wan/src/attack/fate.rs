//! What is to become of one datagram.

use super::early::Forgery;
use super::repeat::Session;
use crate::host::HostId;
use crate::paths::Paths;

/// One datagram on its way, as far as the network sees it.
pub(crate) struct Crossing<'a> {
    pub(crate) from: HostId,
    pub(crate) to: HostId,
    /// Its length in bytes.
    pub(crate) bytes: usize,
    pub(crate) paths: &'a Paths,
}

/// What is to become of it: first as the path alone says, then as attacks bend it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Fate {
    /// How long the way takes, in nanoseconds.
    pub(crate) way_ns: u64,
    /// What attackers add, in nanoseconds.
    pub(crate) added_ns: u64,
    /// Whether it never arrives, and by whose doing.
    pub(crate) end: Option<End>,
    /// Bits to flip.
    pub(crate) flips: u32,
    /// Copies that arrive with it.
    pub(crate) copies: u8,
    /// A copy so many nanoseconds after it.
    pub(crate) again: Option<(u64, Session)>,
    /// An answer to its sender so many nanoseconds from now, whatever becomes of it.
    pub(crate) answer: Option<(u64, Forgery)>,
}

impl Fate {
    /// From arrival at the relay to delivery, in nanoseconds.
    pub(crate) fn late_ns(&self) -> u64 {
        self.way_ns + self.added_ns
    }
}

/// Why a datagram never arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Lost,
    Attacked,
}
