//! How many connections there may be: in all, of one address, and in the middle of a handshake.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{HANDSHAKES_MAX, HANDSHAKES_PER_ADDRESS_MAX};

/// What counts as one address: an IPv4 address, or the 64 bits of an IPv6 address that a network gives away whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Origin(IpAddr);

impl Origin {
    /// The address itself.
    pub(super) const fn address(self) -> IpAddr {
        self.0
    }

    pub(super) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            v4 => v4,
        })
    }
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// There are as many connections as there may be.
    Total,
    /// The address has as many as it may have.
    Address,
}

impl Full {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "connections",
            Self::Address => "connections_of_address",
        }
    }
}

/// Places for connections.
#[derive(Debug)]
pub(crate) struct Caps {
    max: usize,
    per_address_max: usize,
    held: Mutex<Held>,
    handshakes: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    of: HashMap<Origin, OfOne>,
}

/// What one address has.
#[derive(Debug)]
struct OfOne {
    connections: usize,
    handshakes: Arc<Semaphore>,
}

impl Caps {
    pub(crate) fn new(max: usize, per_address_max: usize) -> Self {
        let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
        Self { max, per_address_max, held: Mutex::default(), handshakes }
    }

    /// Takes a place.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let mut held = self.held();
        if held.all >= self.max {
            return Err(Full::Total);
        }
        let origin = Origin::of(address);
        let new =
            || OfOne { connections: 0, handshakes: Arc::new(Semaphore::new(HANDSHAKES_PER_ADDRESS_MAX)) };
        let of = held.of.entry(origin).or_insert_with(new);
        if of.connections >= self.per_address_max {
            return Err(Full::Address);
        }
        of.connections += 1;
        let handshakes = Arc::clone(&of.handshakes);
        held.all += 1;
        Ok(Place { caps: Arc::clone(self), origin, handshakes })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    caps: Arc<Caps>,
    origin: Origin,
    handshakes: Arc<Semaphore>,
}

/// A turn to shake hands, over when dropped.
#[derive(Debug)]
pub(super) struct Turn(#[expect(dead_code, reason = "held, not read")] [OwnedSemaphorePermit; 2]);

impl Place {
    /// Waits for a turn to shake hands. An address waits for its own turns first, so that one that is slow at it
    /// keeps nobody else waiting.
    pub(super) async fn turn(&self) -> Option<Turn> {
        let own = Arc::clone(&self.handshakes).acquire_owned().await.ok()?;
        let shared = Arc::clone(&self.caps.handshakes).acquire_owned().await.ok()?;
        Some(Turn([own, shared]))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.caps.held();
        held.all -= 1;
        if let Some(of) = held.of.get_mut(&self.origin) {
            of.connections -= 1;
            if of.connections == 0 {
                held.of.remove(&self.origin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn places_are_counted_in_all_and_for_each_address() {
        let caps = Arc::new(Caps::new(3, 2));
        let first = caps.enter(at("192.0.2.1")).unwrap();
        let _second = caps.enter(at("::ffff:192.0.2.1")).unwrap();
        assert_eq!(caps.enter(at("192.0.2.1")).unwrap_err(), Full::Address);
        let _third = caps.enter(at("192.0.2.2")).unwrap();
        assert_eq!(caps.enter(at("192.0.2.3")).unwrap_err(), Full::Total);
        drop(first);
        let _again = caps.enter(at("192.0.2.1")).unwrap();
    }

    #[test]
    fn a_network_of_64_bits_is_one_address() {
        let caps = Arc::new(Caps::new(10, 1));
        let first = caps.enter(at("2001:db8:0:1::1")).unwrap();
        assert_eq!(caps.enter(at("2001:db8:0:1:ffff::2")).unwrap_err(), Full::Address);
        let second = caps.enter(at("2001:db8:0:2::1")).unwrap();
        drop((first, second));
        assert_eq!(caps.held().of.len(), 0, "nothing is kept of those that left");
    }

    #[tokio::test]
    async fn one_address_cannot_take_all_handshakes() {
        let caps = Arc::new(Caps::new(10_000, 10_000));
        let slow = caps.enter(at("192.0.2.1")).unwrap();
        let mut turns = Vec::new();
        for _ in 0..HANDSHAKES_PER_ADDRESS_MAX {
            turns.push(slow.turn().await.unwrap());
        }
        let soon = std::time::Duration::from_millis(10);
        assert!(tokio::time::timeout(soon, slow.turn()).await.is_err());
        let other = caps.enter(at("192.0.2.2")).unwrap();
        assert!(tokio::time::timeout(soon, other.turn()).await.is_ok());
    }
}
