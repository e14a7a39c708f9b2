//! A socket for each family.

use std::io;
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};

use super::socket::{Socket, Stamping};

/// Where sockets are bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bound {
    /// The IPv4 socket.
    pub v4: Option<SocketAddrV4>,
    /// The IPv6 socket.
    pub v6: Option<SocketAddrV6>,
}

/// One socket a family, at least one.
pub struct Sockets {
    pub(super) v4: Option<Socket>,
    pub(super) v6: Option<Socket>,
}

impl Sockets {
    /// Binds the sockets that are asked for; port 0 takes any. A landmark wants [`Stamping::Kernel`], an agent has no
    /// use for stamps.
    ///
    /// # Errors
    /// What the system says; neither address was given.
    pub fn bind(at: Bound, stamping: Stamping) -> io::Result<Self> {
        if at == Bound::default() {
            let message = "no address to bind to; give one for IPv4 or for IPv6";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let v4 = at.v4.map(|at| Socket::bind(SocketAddr::V4(at), stamping)).transpose()?;
        let v6 = at.v6.map(|at| Socket::bind(SocketAddr::V6(at), stamping)).transpose()?;
        Ok(Self { v4, v6 })
    }

    /// Where they are bound, ports included.
    ///
    /// # Errors
    /// What the system says.
    pub fn bound(&self) -> io::Result<Bound> {
        let mut bound = Bound::default();
        for socket in self.v4.iter().chain(&self.v6) {
            match socket.local()? {
                SocketAddr::V4(at) => bound.v4 = Some(at),
                SocketAddr::V6(at) => bound.v6 = Some(at),
            }
        }
        Ok(bound)
    }

    /// The socket for an address, if there is one of its family.
    pub(super) fn to(&self, address: SocketAddr) -> Option<&Socket> {
        if address.is_ipv4() { self.v4.as_ref() } else { self.v6.as_ref() }
    }
}
