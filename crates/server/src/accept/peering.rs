//! Who is at the other end of a connection, as far as the connection itself says.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lightcone_identity::Peer;

use super::caps::Origin;

/// What a connection says of its other end; in the extensions of every request that comes over it.
#[derive(Clone, Debug)]
pub(crate) struct Peering {
    /// Where it is.
    pub(crate) address: SocketAddr,
    /// Who it is by its certificate; none: it showed none.
    pub(crate) peer: Option<Arc<Peer>>,
    /// For which roots that was looked at.
    pub(crate) vouched: Vouched,
    /// Whether what it says is hidden from others.
    pub(crate) is_tls: bool,
}

impl Peering {
    /// What counts as its address: of IPv6 the part that a network gives away whole.
    pub(crate) fn origin(&self) -> IpAddr {
        Origin::of(self.address.ip()).address()
    }
}

/// The change of the roots since which a connection's certificate is known to be good; at first, none. All calls of a
/// connection share it.
#[derive(Clone, Debug)]
pub(crate) struct Vouched(Arc<AtomicU64>);

impl Vouched {
    const NEVER: u64 = u64::MAX;

    /// Whether it was looked at after that change.
    pub(crate) fn holds(&self, change: u64) -> bool {
        self.0.load(Ordering::Acquire) == change
    }

    /// It was, and is good.
    pub(crate) fn set(&self, change: u64) {
        self.0.store(change, Ordering::Release);
    }
}

impl Default for Vouched {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(Self::NEVER)))
    }
}
