//! Who a stranger is: an address, and the loopback address by which the landmark tells it from others.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// 127.64.0.0/10: all of 127.0.0.0/8 is the host itself, and services keep to its beginning.
const POOL: u32 = 0x7f40_0000;
const POOL_BITS: u32 = 22;

/// What one customer has: an IPv4 address, or the /56 of an IPv6 address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Source([u8; 16]);

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.to_ipv6_mapped().octets()),
            IpAddr::V6(address) => {
                let mut octets = address.octets();
                octets[7..].fill(0);
                Self(octets)
            }
        }
    }
}

/// Gives out loopback addresses. Both ends of the protocol bound what one address may do; without this, all that come
/// through a bridge would share one address, and one of them could use up what is meant for all. Two that are given the
/// same address by chance share its bounds; nobody can bring that about, as the hash is keyed anew each time.
#[derive(Default)]
pub(crate) struct Loopbacks(RandomState);

impl Loopbacks {
    pub(crate) fn of(&self, whom: impl Hash) -> Ipv4Addr {
        let low = self.0.hash_one(whom) as u32 & ((1 << POOL_BITS) - 1);
        Ipv4Addr::from(POOL | low)
    }
}

/// How a socket of this host is reached from this host.
pub(crate) fn reached(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(std::net::Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn a_source_is_what_one_customer_has() {
        assert_eq!(source("2001:db8:0:1ff::1"), source("2001:db8:0:100::2"));
        assert_ne!(source("2001:db8:0:200::1"), source("2001:db8:0:100::2"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        assert_ne!(source("192.0.2.2"), source("192.0.2.1"));
    }

    #[test]
    fn sources_keep_their_own_loopback_address() {
        let loopbacks = Loopbacks::default();
        let mut given: Vec<Ipv4Addr> =
            (0..200_u8).map(|last| loopbacks.of(Source::from(IpAddr::from([192, 0, 2, last])))).collect();
        assert_eq!(given[7], loopbacks.of(source("192.0.2.7")));
        assert!(given.iter().all(|ip| ip.is_loopback() && (64..128).contains(&ip.octets()[1])));
        given.sort_unstable();
        given.dedup();
        // Of 200 in four million, two pairs meet about once in a hundred thousand times.
        assert!(given.len() >= 198, "{}", given.len());
    }
}
