//! Addresses on loopback: every landmark, front and agent has one of 127.0.0.0/8 to itself.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use crate::error::RehearsalError;

/// The port of landmarks and their fronts.
const PORT: u16 = 7444;
/// Networks that are tried: the second byte of their addresses.
const NETWORKS: std::ops::RangeInclusive<u8> = 64..=126;
/// Hosts a part of the address tells apart.
const HOSTS: usize = 250;

/// One network of loopback addresses, `127.n.0.0/16`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Net(u8);

impl Net {
    /// One that no other rehearsal uses.
    pub(super) fn find() -> Result<Self, RehearsalError> {
        let first = fastrand::u8(NETWORKS);
        let tried = (first..=*NETWORKS.end()).chain(*NETWORKS.start()..first).map(Self);
        tried
            .into_iter()
            .find(|net| UdpSocket::bind(net.front(0)).is_ok() && UdpSocket::bind(net.landmark(0)).is_ok())
            .ok_or_else(|| RehearsalError::machine("no loopback network is free", "all are in use"))
    }

    /// Where a landmark's socket is.
    pub(super) fn landmark(self, index: usize) -> SocketAddr {
        SocketAddr::new(self.address(1, index), PORT)
    }

    /// Where others reach it.
    pub(super) fn front(self, index: usize) -> SocketAddr {
        SocketAddr::new(self.address(2, index), PORT)
    }

    /// Where an agent sends from.
    pub(super) fn agent(self, index: usize) -> IpAddr {
        self.address(16, index)
    }

    fn address(self, kind: u8, index: usize) -> IpAddr {
        let (block, host) = (index / HOSTS, index % HOSTS);
        IpAddr::V4(Ipv4Addr::new(127, self.0, kind.saturating_add(block as u8), host as u8 + 1))
    }
}
