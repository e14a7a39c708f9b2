//! One UDP socket, with readings of the clocks in the order that the rule asks for.

use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use lightcone_responder::{PACKET_BYTES, Packet};
use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType, SockaddrStorage, TimestampingFlag,
    bind, recvmsg, setsockopt, socket, sockopt,
};
use nix::sys::time::TimeSpec;

use super::clocks::{raw_ns, real_ns};
use crate::landmark::Arrival;

/// Longer than anything that is read; what is cut off here is not read either.
const BUFFER_BYTES: usize = 256;
/// Room for a stamp, the hop limit and an extended error, of either family.
const CONTROL_BYTES: usize = 256;

/// Whether the kernel stamps what is sent and received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamping {
    /// In software: as the driver takes it, as it leaves the driver.
    Kernel,
    /// Not at all.
    Off,
}

/// A socket of one family. It never blocks.
pub struct Socket {
    inner: UdpSocket,
    buffer: [u8; BUFFER_BYTES],
    control: [u8; CONTROL_BYTES],
}

/// The clocks before a send, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Departure {
    /// `MONOTONIC_RAW`.
    pub t0: i64,
    /// `REALTIME`, read after `t0`.
    pub r0: i64,
}

/// A datagram, and all that was seen of it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where it came from.
    pub from: SocketAddr,
    /// The hop limit that it came with; 0 where the kernel does not say.
    pub ttl: u8,
    /// The clocks.
    pub arrival: Arrival,
}

impl Socket {
    /// Binds a socket: DF set, IPv6 apart from IPv4.
    ///
    /// # Errors
    /// What the system says. Where it cannot stamp, the socket works without stamps.
    pub fn bind(address: SocketAddr, stamping: Stamping) -> io::Result<Self> {
        let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let descriptor = socket(family, SockType::Datagram, flags, None)?;
        if address.is_ipv4() {
            setsockopt(&descriptor, sockopt::Ipv4RecvTtl, &true)?;
        } else {
            setsockopt(&descriptor, sockopt::Ipv6V6Only, &true)?;
            setsockopt(&descriptor, sockopt::Ipv6RecvHopLimit, &true)?;
        }
        forbid_fragments(descriptor.as_fd(), address.is_ipv4())?;
        bind(descriptor.as_raw_fd(), &SockaddrStorage::from(address))?;
        if stamping == Stamping::Kernel {
            let wanted = TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE
                | TimestampingFlag::SOF_TIMESTAMPING_TX_SOFTWARE
                | TimestampingFlag::SOF_TIMESTAMPING_RX_SOFTWARE;
            // A kernel without them leaves every sample to the raw clock alone, which is sound.
            let _ = setsockopt(&descriptor, sockopt::Timestamping, &wanted);
        }
        let inner = UdpSocket::from(descriptor);
        Ok(Self { inner, buffer: [0; BUFFER_BYTES], control: [0; CONTROL_BYTES] })
    }

    /// Where it is bound.
    ///
    /// # Errors
    /// What the system says.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// Sends without looking at clocks.
    ///
    /// # Errors
    /// What the system says.
    pub fn send(&self, bytes: &[u8], to: SocketAddr) -> io::Result<()> {
        self.inner.send_to(bytes, to).map(|_| ())
    }

    /// Reads `t0`, then `r0`, then sends: the order is part of the proof.
    ///
    /// # Errors
    /// What the system says.
    pub fn send_timed(&self, bytes: &[u8], to: SocketAddr) -> io::Result<Departure> {
        let t0 = raw_ns();
        let r0 = real_ns();
        self.send(bytes, to)?;
        Ok(Departure { t0, r0 })
    }

    /// Takes the next datagram, then reads `r3`, then `t3`: the order is part of the proof. None: nothing is there.
    ///
    /// # Errors
    /// What the system says.
    pub fn receive(&mut self) -> io::Result<Option<Received<'_>>> {
        let mut parts = [IoSliceMut::new(&mut self.buffer)];
        let descriptor = self.inner.as_raw_fd();
        let got =
            recvmsg::<SockaddrStorage>(descriptor, &mut parts, Some(&mut self.control), MsgFlags::empty());
        let r3 = real_ns();
        let t3 = raw_ns();
        let got = match got {
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(None),
            other => other?,
        };
        let (mut ttl, mut t4) = (0, None);
        for message in got.cmsgs().into_iter().flatten() {
            match message {
                ControlMessageOwned::ScmTimestampsns(stamps) => t4 = stamp(stamps.system),
                ControlMessageOwned::Ipv4Ttl(hops) | ControlMessageOwned::Ipv6HopLimit(hops) => {
                    ttl = u8::try_from(hops).unwrap_or_default();
                }
                _ => {}
            }
        }
        let from = got.address.as_ref().and_then(address);
        let from = from.ok_or_else(|| io::Error::other("a datagram came without an address"))?;
        let length = got.bytes.min(BUFFER_BYTES);
        Ok(Some(Received { bytes: &self.buffer[..length], from, ttl, arrival: Arrival { t4, r3, t3 } }))
    }

    /// Takes the next stamp of a send: the challenge that was sent, and when. The kernel gives back the whole frame,
    /// so that a stamp can never be taken for that of another challenge, whatever was lost or refused between.
    ///
    /// # Errors
    /// What the system says.
    pub fn departed(&mut self) -> io::Result<Option<(Packet, i64)>> {
        loop {
            let mut parts = [IoSliceMut::new(&mut self.buffer)];
            let flags = MsgFlags::MSG_ERRQUEUE;
            let descriptor = self.inner.as_raw_fd();
            let got = recvmsg::<SockaddrStorage>(descriptor, &mut parts, Some(&mut self.control), flags);
            let got = match got {
                Err(Errno::EAGAIN | Errno::EINTR) => return Ok(None),
                other => other?,
            };
            let sent = got.cmsgs().into_iter().flatten().find_map(|message| match message {
                ControlMessageOwned::ScmTimestampsns(stamps) => stamp(stamps.system),
                _ => None,
            });
            let length = got.bytes.min(BUFFER_BYTES);
            let packet = self.buffer[..length].last_chunk::<PACKET_BYTES>();
            if let (Some(at), Some(packet)) = (sent, packet) {
                return Ok(Some((*packet, at)));
            }
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.as_fd()
    }
}

/// A kernel stamp in nanoseconds; zero is none.
fn stamp(time: TimeSpec) -> Option<i64> {
    let ns = time.tv_sec() * 1_000_000_000 + time.tv_nsec();
    (ns != 0).then_some(ns)
}

fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = storage.as_sockaddr_in() {
        return Some(SocketAddrV4::from(*v4).into());
    }
    let v6 = SocketAddrV6::from(*storage.as_sockaddr_in6()?);
    Some(SocketAddrV6::new(*v6.ip(), v6.port(), 0, v6.scope_id()).into())
}

#[expect(unsafe_code, reason = "no library knows this option for both families")]
fn forbid_fragments(socket: BorrowedFd<'_>, is_v4: bool) -> io::Result<()> {
    let (level, option) = if is_v4 {
        (libc::IPPROTO_IP, libc::IP_MTU_DISCOVER)
    } else {
        (libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER)
    };
    // Sets DF and does not let ICMP lower the size: our datagrams are below every MTU.
    let value = if is_v4 { libc::IP_PMTUDISC_PROBE } else { libc::IPV6_PMTUDISC_PROBE };
    let length = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the value is an int that outlives the call, and the length is its own.
    let done =
        unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const value).cast(), length) };
    Ok(Errno::result(done).map(drop)?)
}
