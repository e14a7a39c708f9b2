//! Who is where: places, hosts, and the addresses by which the relay knows them.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use lightcone_core::Point;

/// A named point on the Earth. The name decides which path two places get from chance, so that hosts of one place
/// share their luck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    name: String,
    point: Point,
}

impl Place {
    /// A place with a name of its own.
    #[must_use]
    pub fn new(name: impl Into<String>, point: Point) -> Self {
        Self { name: name.into(), point }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    #[must_use]
    pub fn point(&self) -> Point {
        self.point
    }
}

impl From<Point> for Place {
    /// A place that is named after its coordinates.
    fn from(point: Point) -> Self {
        Self::new(point.to_string(), point)
    }
}

/// A machine: a name, a place, the addresses that it sends from, and what it serves.
#[derive(Clone, Debug)]
pub struct Host {
    name: String,
    place: Place,
    sources: Vec<Source>,
    services: Vec<Service>,
}

impl Host {
    /// A host that neither sends nor serves yet. Left so, it is a place for relays and nothing else.
    #[must_use]
    pub fn new(name: impl Into<String>, place: impl Into<Place>) -> Self {
        Self { name: name.into(), place: place.into(), sources: Vec::new(), services: Vec::new() }
    }

    /// What comes from this address to any front is from this host.
    #[must_use]
    pub fn sends_from(mut self, source: impl Into<Source>) -> Self {
        self.sources.push(source.into());
        self
    }

    /// What arrives at `front` is for the socket at `real`, and what that socket sends to other fronts is from this
    /// host. `real` is an address, not the wildcard, by which no sender could be told. Port 0 lets the kernel choose
    /// the front's port; [`crate::Wan::fronts`] tells it.
    #[must_use]
    pub fn serves(mut self, front: SocketAddr, real: SocketAddr) -> Self {
        self.services.push(Service { front, real });
        self.sends_from(real)
    }

    /// The name, one of a kind in its WAN.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is when the WAN starts.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The addresses that it sends from.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What it serves.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }
}

/// An address that a host sends from. A socket's counts before a machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Any port of an address: the usual case, each host with an address of 127.0.0.0/8 to itself.
    Address(IpAddr),
    /// One port of an address: for hosts that must share one, as on `::1`.
    Socket(SocketAddr),
    /// Every address that is of no other host: for a relay in front of somebody's landmark.
    Anyone,
}

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        Self::Address(address)
    }
}

impl From<SocketAddr> for Source {
    fn from(socket: SocketAddr) -> Self {
        Self::Socket(socket)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Socket(socket) => socket.fmt(f),
            Self::Anyone => f.write_str("anyone"),
        }
    }
}

/// A socket that others reach through the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The address that others are told.
    pub front: SocketAddr,
    /// The address that the host's socket is bound to.
    pub real: SocketAddr,
}

/// A host of one WAN, by its position in the list that the WAN was started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostId(usize);

impl HostId {
    /// The host at this position of the list, from 0. Whether there is one is checked where the id is used.
    #[must_use]
    pub const fn nth(position: usize) -> Self {
        Self(position)
    }

    /// The position in the list.
    #[must_use]
    pub const fn position(self) -> usize {
        self.0
    }
}

impl fmt::Display for HostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
