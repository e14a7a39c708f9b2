//! What a bridge has done so far.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::carry::End;

/// What an outlet has done since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Connections whose TLS handshake was done.
    pub carried: u64,
    /// Connections refused because all seats, or those of their source, were taken.
    pub refused: u64,
    /// Connections that did no TLS handshake in time.
    pub unshaken: u64,
    /// Connections ended because they sent a length that the protocol has not.
    pub garbage: u64,
    /// Connections ended because nothing came, or what was sent was not taken.
    pub idle: u64,
    /// Datagrams handed to the landmark.
    pub to_landmark: u64,
    /// Datagrams handed to agents.
    pub to_agents: u64,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) carried: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) unshaken: AtomicU64,
    garbage: AtomicU64,
    idle: AtomicU64,
    /// Taken out of the stream.
    pub(crate) taken: AtomicU64,
    /// Put into the stream.
    pub(crate) put: AtomicU64,
}

impl Counts {
    pub(crate) fn ended(&self, end: &End) {
        match end {
            End::Garbage(_) => add(&self.garbage),
            End::Idle | End::Stuck => add(&self.idle),
            End::Closed | End::Broken(_) => {}
        }
    }

    pub(crate) fn so_far(&self) -> Counted {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counted {
            carried: read(&self.carried),
            refused: read(&self.refused),
            unshaken: read(&self.unshaken),
            garbage: read(&self.garbage),
            idle: read(&self.idle),
            to_landmark: read(&self.taken),
            to_agents: read(&self.put),
        }
    }
}

pub(crate) fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}
