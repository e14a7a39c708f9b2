//! Who is at the other end of a connection, as far as the connection itself says.

use std::net::SocketAddr;
use std::sync::Arc;

use lightcone_identity::Peer;

/// What a connection says of its other end; in the extensions of every request that comes over it.
#[derive(Clone, Debug)]
pub(crate) struct Peering {
    /// Where it is.
    pub(crate) address: SocketAddr,
    /// Who it is by its certificate; none: it showed none.
    pub(crate) peer: Option<Arc<Peer>>,
    /// Whether what it says is hidden from others.
    pub(crate) is_tls: bool,
}
